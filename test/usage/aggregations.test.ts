import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MeterAggregation } from "../../src/db/generated/prisma/enums.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { type Shop, call, days, newShop } from "./support.ts";

let api: TestApi;
let shop: Shop;
beforeAll(async () => {
  api = await startApi();
  shop = await newShop(api);
});
afterAll(() => api.close());

/** Makes a meter that carries over, and measures 8 before the span, and 3, 5 and 3 in it, at hours that are whole in it and at its ends. */
async function measure(aggregation: MeterAggregation): Promise<string> {
  const eventName = aggregation.toLowerCase();
  const unique = aggregation === "COUNT_UNIQUE" ? "user" : null;
  const meter = { name: eventName, eventName, aggregation, uniqueKey: unique, carryForward: true };
  const [meterId = ""] = await insert(api, "Meter", [meter], shop.environmentId);
  const sent = [
    [-9, "8"],
    [-5.001, "3"],
    [-3, "5"],
    [-1.001, "3"],
  ] as const;
  const { ingested } = await shop.ingest(
    sent.map(([day, quantity]) =>
      call(shop, {
        name: eventName,
        quantity,
        timestamp: days(day),
        properties: { user: `user-${quantity}` },
      }),
    ),
  );
  expect(ingested).toBe(4);
  return meterId;
}

const document = `query ($id: ID!, $from: DateTime!, $to: DateTime!, $meters: [ID!]) {
  customer(id: $id) { usage(from: $from, to: $to, meterIds: $meters) { total eventCount firstEventAt lastEventAt } } }`;

async function ask(meters: readonly string[], span: { from: string; to: string }) {
  api.statements.length = 0;
  const { customer } = await shop.read(document, { id: shop.customerId, meters, ...span });
  return { usage: customer.usage, text: api.statements.map(({ text }) => text).join() };
}

describe("usage of a meter that is known from before", () => {
  const span = { from: days(-6), to: days(-1) };
  const known = new Map<string, string>();

  test.each([
    ["COUNT", "3"],
    ["SUM", "11"],
    ["MAX", "5"],
    ["MIN", "3"],
    ["AVG", "3.666666666667"],
    ["COUNT_UNIQUE", "2"],
    ["LAST", "3"],
    ["WEIGHTED_SUM", null],
  ] as const)("is the same by %s, by a shorter statement", async (aggregation, total) => {
    const meterId = await measure(aggregation);
    known.set(aggregation, meterId);
    const first = await ask([meterId], span);
    const second = await ask([meterId], span);
    expect(second.usage).toEqual(first.usage);
    expect(second.usage).toMatchObject([{ eventCount: 3, ...(total && { total }) }]);
    expect(second.text.length).toBeLessThan(first.text.length);
  });

  test.each(["SUM", "COUNT", "COUNT_UNIQUE", "AVG"])(
    "is the same with conditions, and by groups, by %s",
    async (name) => {
      const asked = `query ($id: ID!, $from: DateTime!, $to: DateTime!, $meters: [ID!]) { customer(id: $id) {
      some: usage(from: $from, to: $to, meterIds: $meters, filters: [{ property: "user", operator: EQ, values: ["user-3"] }]) { total eventCount }
      groups: usage(from: $from, to: $to, meterIds: $meters, groupBy: "user") { group total eventCount } } }`;
      const { customer } = await shop.read(asked, {
        id: shop.customerId,
        meters: [known.get(name)],
        ...span,
      });
      const three = { SUM: "6", COUNT: "2", COUNT_UNIQUE: "1", AVG: "3" }[name];
      const five = { SUM: "5", COUNT: "1", COUNT_UNIQUE: "1", AVG: "5" }[name];
      expect(customer.some).toEqual([{ total: three, eventCount: 2 }]);
      expect(customer.groups).toEqual([
        { group: "user-3", total: three, eventCount: 2 },
        { group: "user-5", total: five, eventCount: 1 },
      ]);
    },
  );

  test("is the same among others, and none of a span without events but what is carried over", async () => {
    const meterIds = [...known.values()];
    const apart = await Promise.all(meterIds.map(async (id) => (await ask([id], span)).usage[0]));
    const { usage } = await ask(meterIds, span);
    expect(usage).toHaveLength(8);
    expect(usage).toEqual(expect.arrayContaining(apart));
    const later = await ask(meterIds, { from: days(-0.5), to: days(0) });
    // By name: avg, count, count_unique, last, max, min, sum, weighted_sum
    const carried = [null, "0", "0", "3", null, null, "0", "19"];
    expect(later.usage.map(({ total }: { total: string | null }) => total)).toEqual(carried);
  });
});
