import { afterAll, beforeAll, expect, test } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { makePartitions } from "../../src/domains/usage/index.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const partitions = async () => {
  const { rows } = await api.database.pool.query<{ name: string; isolated: boolean; policies: number }>(
    `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS isolated,
            (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'usage_events'::regclass AND c.relkind = 'r' ORDER BY 1`,
  );
  return rows;
};
const placeOf = async (id: string | undefined) => {
  const { rows } = await api.database.pool.query(
    "SELECT tableoid::regclass::text AS name FROM usage_events WHERE id = $1",
    [id],
  );
  return rows[0]?.name;
};

test("there is a partition for each month around today, and one for the rest, all of them isolated", async () => {
  const found = await partitions();
  expect(found.map(({ name }) => name)).toContain("usage_events_other");
  expect(found.length).toBeGreaterThanOrEqual(8);
  expect(found.filter(({ isolated, policies }) => !isolated || policies !== 2)).toEqual([]);
});

test("a new partition takes the events of its month along, and is made once", async () => {
  const [customerId = ""] = await insert(api, "Customer", [{}]);
  const [meterId = ""] = await insert(api, "Meter", [{ aggregation: "SUM" }]);
  const instants = ["2031-04-30T23:59:59.999Z", "2031-05-01T00:00:00Z", "2031-05-31T23:59:59.999Z"];
  const ids = await insert(
    api,
    "UsageEvent",
    instants.map((instant, index) => ({
      customerId,
      meterId,
      timestamp: new Date(instant),
      idempotencyKey: `key-${index}`,
    })),
  );
  const read = async () =>
    (
      await api.query(
        `query ($id: ID!) { customer(id: $id) {
          usage(from: "2031-01-01T00:00:00Z", to: "2032-01-01T00:00:00Z") { total lastEventAt }
          usageEvents(filter: { idempotencyKey: "key-1" }) { nodes { id timestamp } } } }`,
        { id: customerId },
      )
    ).data;
  const before = await read();
  expect(await placeOf(ids[1])).toBe("usage_events_other");
  const now = new Date("2031-08-15T00:00:00Z");
  expect(await makePartitions(reader(api.database, platform), now)).toBe(7);
  expect(await makePartitions(reader(api.database, platform), now)).toBe(0);
  expect(await Promise.all(ids.map(placeOf))).toEqual([
    "usage_events_other",
    "usage_events_2031_05",
    "usage_events_2031_05",
  ]);
  expect(await read()).toEqual(before);
  expect((await partitions()).every(({ isolated }) => isolated)).toBe(true);
});
