import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reader } from "../../src/db/reader.ts";
import { TooMuchUsage, type UsageQuery } from "../../src/domains/usage/figures/query.ts";
import { readUsage } from "../../src/domains/usage/figures/read.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert } from "../reads/fixtures.ts";

let api: TestApi;
let customerId: string;
let meterIds: readonly string[];

/** More meters than are read together, and 300 groups in one of them. */
beforeAll(async () => {
  api = await startApi();
  [customerId = ""] = await insert(api, "Customer", [{}]);
  meterIds = await insert(
    api,
    "Meter",
    Array.from({ length: 101 }, (_, place) => ({ name: `Meter ${place}` })),
  );
  const events = Array.from({ length: 300 }, (_, place) => ({
    customerId,
    meterId: meterIds[0]!,
    timestamp: at(place * 60),
    quantity: "1" as never,
    properties: { group: `g${place}` } as never,
    idempotencyKey: newId(),
  }));
  await insert(api, "UsageEvent", events);
});
afterAll(() => api.close());

describe("usage that is priced by its windows and groups", () => {
  const day = `from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z"`;
  const series = (alias: string, args: string) =>
    `${alias}: usageSeries(meterId: "${meterIds[0]}", ${day}, ${args}) { group points { total } }`;
  const ask = (fields: string) =>
    api.graphql(`query ($id: ID!) { customer(id: $id) { ${fields} } }`, { id: customerId });

  test("of groups in minutes of a day is refused before a statement is run", async () => {
    api.statements.length = 0;
    const { data, errors } = await ask(series("a", `window: MINUTE, groupBy: "group"`));
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_REQUEST", limit: { name: "cost" } });
    // The key itself may have to be looked up.
    expect(api.statements.filter(({ text }) => !text.includes("api_keys"))).toEqual([]);
  });

  test("in minutes of a day without groups is given, and costs what it is", async () => {
    const { data, extensions } = await ask(series("a", "window: MINUTE"));
    expect(data.customer.a[0].points).toHaveLength(1_440);
    expect(extensions.cost.requested).toBe(1 + 1_441 * 2);
  });

  test("many times under aliases is refused", async () => {
    const fields = Array.from({ length: 49 }, (_, index) => series(`a${index}`, "window: MINUTE")).join(" ");
    expect((await ask(fields)).errors?.[0]?.extensions).toMatchObject({ limit: { name: "cost" } });
  });
});

describe("usage of an environment with more than 100 meters", () => {
  const ask = (field: string) =>
    api.graphql(`query ($id: ID!) { customer(id: $id) { field: ${field} } }`, { id: customerId });

  test.each(["usage { total }", "meters { current }"])(
    "as %s is refused unless meters are named",
    async (field) => {
      const { data, errors } = await ask(field);
      expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_REQUEST" });
      expect(errors?.[0]?.message).toContain("meterIds");
      expect(data.customer).toEqual({ field: null });
      const named = await ask(field.replace(" {", `(meterIds: ${JSON.stringify(meterIds.slice(0, 100))}) {`));
      expect(named.errors).toBeUndefined();
      expect(named.data.customer.field).toHaveLength(100);
      expect(named.extensions.cost.requested).toBe(1 + 100);
    },
  );
});

describe("a query of usage", () => {
  const query = {
    spans: [{ start: at(0), end: at(86_400) }],
    parts: ["total"],
  } as const satisfies Partial<UsageQuery>;

  test.each([
    ["meters", {}],
    ["groups", { groupBy: "group" }],
  ])("takes one row more from the database than it may give of %s, and no further one", async (_what, by) => {
    const { query: run, confined } = reader(api.database, api.environmentId);
    let read = 0;
    const counting = {
      confined,
      query: async (statement: never) => {
        const rows = await run(statement);
        read = rows.length;
        return rows as never[];
      },
    };
    const usage = { ...query, ...by, parents: [{ customerId }], most: 7 };
    await expect(readUsage(counting, api.environmentId, usage)).rejects.toThrow(TooMuchUsage);
    expect(read).toBe(8);
  });
});
