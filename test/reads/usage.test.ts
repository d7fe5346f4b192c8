import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { monthOf, spanOf } from "../../src/domains/usage/period.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert } from "./fixtures.ts";
import { observe } from "./statements.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const kinds = ["COUNT", "COUNT_UNIQUE", "LAST", "MAX", "SUM", "AVG", "MIN"] as const;

/** An environment with a meter of each aggregation, named after it, and one customer. */
async function newShop() {
  const environment = await api.newEnvironment();
  const { environmentId, key } = environment;
  const [customerId = ""] = await insert(api, "Customer", [{}], environmentId);
  const meterIds = await insert(
    api,
    "Meter",
    kinds.map((aggregation) => ({
      name: aggregation,
      aggregation,
      uniqueKey: aggregation === "COUNT_UNIQUE" ? "user" : null,
    })),
    environmentId,
  );
  return { environmentId, key, customerId, meterIds };
}

type Event = readonly [quantity: string, second: number, user?: unknown];

/** Sends the same events to every meter. */
async function send(
  shop: Awaited<ReturnType<typeof newShop>>,
  events: readonly Event[],
  customerId?: string,
) {
  const rows = shop.meterIds.flatMap((meterId) =>
    events.map(([quantity, second, user]) => ({
      customerId: customerId ?? shop.customerId,
      meterId,
      quantity: quantity as never,
      timestamp: at(second),
      idempotencyKey: newId(),
      properties: user === undefined ? {} : { user },
    })),
  );
  await insert(api, "UsageEvent", rows as never, shop.environmentId);
}

interface Summary {
  readonly meter: { readonly name: string };
  readonly total: string | null;
  readonly eventCount: number;
  readonly firstEventAt: string | null;
  readonly lastEventAt: string | null;
}

async function read(shop: Awaited<ReturnType<typeof newShop>>, args: string): Promise<Summary[]> {
  const { data } = await api.query(
    `query ($id: ID!) { customer(id: $id) { usage${args} {
      meter { name } total eventCount firstEventAt lastEventAt
    } } }`,
    { id: shop.customerId },
    shop.key,
  );
  return data.customer.usage;
}

const totals = (summaries: readonly Summary[]) =>
  Object.fromEntries(summaries.map(({ meter, total }) => [meter.name, total]));

const january = `(from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z")`;

describe("the total", () => {
  test("is what the meter's aggregation says", async () => {
    const shop = await newShop();
    await send(shop, [
      ["0.1", 1, "ada"],
      ["7.000000000001", 3, "grace"],
      ["0.2", 2, "ada"],
      ["4", 5],
      ["3", 4, 12],
    ]);
    const summaries = await read(shop, january);
    expect(totals(summaries)).toEqual({
      AVG: "2.86",
      COUNT: "5",
      COUNT_UNIQUE: "3",
      LAST: "4",
      MAX: "7.000000000001",
      MIN: "0.1",
      SUM: "14.300000000001",
    });
    for (const { eventCount, firstEventAt, lastEventAt } of summaries) {
      expect({ eventCount, firstEventAt, lastEventAt }).toEqual({
        eventCount: 5,
        firstEventAt: at(1).toISOString(),
        lastEventAt: at(5).toISOString(),
      });
    }
  });

  test("without events is 0 for COUNT, COUNT_UNIQUE and SUM, and null for the others", async () => {
    const summaries = await read(await newShop(), january);
    expect(totals(summaries)).toEqual({
      AVG: null,
      COUNT: "0",
      COUNT_UNIQUE: "0",
      LAST: null,
      MAX: null,
      MIN: null,
      SUM: "0",
    });
    for (const { eventCount, firstEventAt, lastEventAt } of summaries) {
      expect([eventCount, firstEventAt, lastEventAt]).toEqual([0, null, null]);
    }
  });

  test("of LAST is the one with the largest id among events of the same instant", async () => {
    const shop = await newShop();
    await send(shop, [
      ["3", 1],
      ["1", 1],
      ["2", 1],
    ]);
    expect(totals(await read(shop, january))["LAST"]).toBe("2");
  });

  test("is the same whether or not the count is asked for", async () => {
    const shop = await newShop();
    await send(shop, [["2", 1, "ada"]]);
    const { data } = await api.query(
      `query ($id: ID!) { customer(id: $id) { usage${january} { total meter { name } } } }`,
      { id: shop.customerId },
      shop.key,
    );
    expect(totals(data.customer.usage)).toEqual({
      COUNT: "1",
      COUNT_UNIQUE: "1",
      LAST: "2",
      AVG: "2",
      MAX: "2",
      MIN: "2",
      SUM: "2",
    });
  });

  test("has no events of other customers", async () => {
    const shop = await newShop();
    const [other = ""] = await insert(api, "Customer", [{}], shop.environmentId);
    await send(shop, [["1", 1, "ada"]]);
    await send(shop, [["5", 2, "eve"]], other);
    expect(totals(await read(shop, january))).toEqual({
      COUNT: "1",
      COUNT_UNIQUE: "1",
      LAST: "1",
      AVG: "1",
      MAX: "1",
      MIN: "1",
      SUM: "1",
    });
  });
});

describe("the span of time", () => {
  test("holds its start and not its end", async () => {
    const shop = await newShop();
    await send(shop, [
      ["1", 9.999],
      ["10", 10],
      ["100", 19.999],
      ["1000", 20],
    ]);
    const args = `(from: "2026-01-01T01:00:10+01:00", to: "2026-01-01T00:00:20Z")`;
    expect(totals(await read(shop, args))).toEqual({
      COUNT: "2",
      COUNT_UNIQUE: "0",
      LAST: "100",
      AVG: "55",
      MAX: "100",
      MIN: "10",
      SUM: "110",
    });
  });

  test("is the current calendar month in UTC unless said", async () => {
    const shop = await newShop();
    const { start, end } = monthOf(new Date());
    const seconds = (instant: Date) => (instant.getTime() - at(0).getTime()) / 1000;
    await send(shop, [
      ["1", seconds(start) - 0.001],
      ["10", seconds(start)],
      ["100", seconds(end) - 0.001],
      ["1000", seconds(end)],
    ]);
    expect(totals(await read(shop, ""))["SUM"]).toBe("110");
    const { data } = await api.query(
      "query ($id: ID!) { customer(id: $id) { usage { period { start end } } } }",
      { id: shop.customerId },
      shop.key,
    );
    const period = { start: start.toISOString(), end: end.toISOString() };
    expect(data.customer.usage).toEqual(kinds.map(() => ({ period })));
  });

  test.each([
    [`(from: "2026-02-01T00:00:00Z", to: "2026-02-01T00:00:00Z")`],
    [`(from: "2026-02-02T00:00:00Z", to: "2026-02-01T00:00:00Z")`],
    [`(from: "yesterday")`],
  ])("%s is refused", async (args) => {
    const { customerId, key } = await newShop();
    const document = `query ($id: ID!) { customer(id: $id) { id usage${args} { total } } }`;
    const { data, errors } = await api.graphql(document, { id: customerId }, { key });
    expect(errors?.map(({ path, extensions }) => [path, extensions["code"]])).toEqual([
      [["customer", "usage"], "INVALID_REQUEST"],
    ]);
    expect(data.customer).toEqual({ id: customerId, usage: null });
  });

  test.each([
    ["2024-02-29T23:59:59.999Z", "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"],
    ["2025-12-31T23:59:59.999Z", "2025-12-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"],
    ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"],
  ])("of the month of %s", (now, start, end) => {
    expect(monthOf(new Date(now))).toEqual({ start: new Date(start), end: new Date(end) });
  });

  test("is cut to whole milliseconds without taking in or losing an event", () => {
    const now = new Date("2026-01-15T00:00:00Z");
    const span = spanOf("2026-01-01T00:00:00.000001Z", "2026-01-02T00:00:00.500000Z", now);
    expect(span).toEqual({ start: at(0.001), end: at(86_400.5) });
  });
});

describe("the meters", () => {
  test("are those asked for, without the unknown", async () => {
    const shop = await newShop();
    const [count, , , max] = shop.meterIds;
    const names = async (ids: readonly (string | undefined)[]) => {
      const { data } = await api.query(
        "query ($id: ID!, $ids: [ID!]) { customer(id: $id) { usage(meterIds: $ids) { meter { name } } } }",
        { id: shop.customerId, ids },
        shop.key,
      );
      return data.customer.usage.map(({ meter }: Summary) => meter.name);
    };
    expect(await names([max, count?.toUpperCase(), "nonsense", newId()])).toEqual(["COUNT", "MAX"]);
    expect(await names([])).toEqual([]);
  });

  test("are read for many customers, aliases and spans in one statement each", async () => {
    const shop = await newShop();
    const [second = ""] = await insert(api, "Customer", [{ createdAt: at(60) }], shop.environmentId);
    await send(shop, [["5", 1]]);
    await send(shop, [["7", 2]], second);
    const answer = await observe(
      api,
      `query ($meter: ID!) { customers { nodes {
        early: usage(from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:00:02Z", meterIds: [$meter]) { total }
        late: usage(from: "2026-01-01T00:00:02Z", to: "2026-01-01T00:00:04Z", meterIds: [$meter]) { total }
      } } }`,
      { meter: shop.meterIds[4] },
      shop.key,
    );
    expect(answer.data.customers.nodes).toEqual([
      { early: [{ total: "0" }], late: [{ total: "7" }] },
      { early: [{ total: "5" }], late: [{ total: "0" }] },
    ]);
    expect(answer.statements).toHaveLength(3);
  });
});
