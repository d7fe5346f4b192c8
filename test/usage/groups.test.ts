import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert } from "../reads/fixtures.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let customerId: string;
let meterIds: Record<"calls" | "users", string>;

/** 250 events on two days, of 240 regions and none: nine regions have two events each. */
beforeAll(async () => {
  api = await startApi();
  [customerId = ""] = await insert(api, "Customer", [{}]);
  const [calls = "", users = ""] = await insert(api, "Meter", [
    { name: "Calls", aggregation: "SUM", uniqueKey: null },
    { name: "Users", aggregation: "COUNT_UNIQUE", uniqueKey: "user" },
  ]);
  meterIds = { calls, users };
  const events = [calls, users].flatMap((meterId) =>
    Array.from({ length: 250 }, (_, place) => ({
      customerId,
      meterId,
      timestamp: at(place < 130 ? 0 : 30 * 3_600),
      quantity: String(place + 1) as never,
      properties: (place === 249 ? {} : { region: `r${place % 240}`, user: `u${place % 7}` }) as never,
      idempotencyKey: newId(),
    })),
  );
  await insert(api, "UsageEvent", events);
});
afterAll(() => api.close());

async function ask(field: string): Promise<any[]> {
  const document = `query ($id: ID!) { customer(id: $id) { field: ${field} } }`;
  return (await api.query(document, { id: customerId })).data.customer.field;
}

const span = `from: "2026-01-01T00:00:00Z", to: "2026-01-04T00:00:00Z"`;
const series = (meter: keyof typeof meterIds, groupBy = "") =>
  ask(
    `usageSeries(meterId: "${meterIds[meter]}", ${span}, window: DAY ${groupBy}) { group otherGroups points { total eventCount } }`,
  );
const byRegion = `, groupBy: "region"`;
const sum = (values: readonly unknown[]): number =>
  values.reduce((total: number, one) => total + Number(one), 0);

test("of more than 100 groups those with the most events are told apart, and all others are one", async () => {
  const groups = await series("calls", byRegion);
  expect(groups).toHaveLength(101);
  expect(groups.slice(0, 9).map(({ group }) => group)).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => `r${n}`),
  );
  expect(new Set(groups.slice(0, 100).map(({ otherGroups }) => otherGroups))).toEqual(new Set([0]));
  expect(groups[100]).toMatchObject({ group: null, otherGroups: 141 });
});

test("nothing is lost: groups that add up come to what there is without groups", async () => {
  const groups = await series("calls", byRegion);
  const [whole] = await series("calls");
  for (const window of [0, 1, 2]) {
    const { total, eventCount } = whole.points[window];
    expect(sum(groups.map(({ points }) => points[window].total))).toBe(Number(total));
    expect(sum(groups.map(({ points }) => points[window].eventCount))).toBe(eventCount);
  }
});

test("figures of other groups are exact where groups do not add up", async () => {
  const [, others] = [...(await series("users", byRegion))]
    .toSorted((a, b) => a.otherGroups - b.otherGroups)
    .slice(-2);
  expect(others).toMatchObject({
    otherGroups: 141,
    points: [{ total: "7" }, { total: "7" }, { total: "0" }],
  });
});

test("summaries do the same, and say nothing of others where there are none", async () => {
  const usage = (groupBy: string) =>
    ask(
      `usage(${span}, meterIds: ["${meterIds.calls}"], groupBy: "${groupBy}") { group otherGroups eventCount }`,
    );
  const regions = await usage("region");
  expect(regions).toHaveLength(101);
  expect(regions[100]).toMatchObject({ group: null, otherGroups: 141 });
  expect(sum(regions.map(({ eventCount }) => eventCount))).toBe(250);
  expect((await usage("user")).map(({ group, otherGroups }) => [group, otherGroups])).toEqual([
    [null, 0],
    ...[0, 1, 2, 3, 4, 5, 6].map((n) => [`u${n}`, 0]),
  ]);
});
