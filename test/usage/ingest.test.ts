import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { type Shop, call, counts, days, newShop } from "./support.ts";

let api: TestApi;
let shop: Shop;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  shop = await newShop(api);
});
afterAll(() => api.close());

const many = (count: number, changes: (index: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, index) => call(shop, changes(index)));

const statementsOf = async (events: readonly object[]): Promise<number> => {
  const { data, statements } = await api.query(
    `mutation ($input: IngestUsageEventsInput!) { ingestUsageEvents(input: $input) { ingested } }`,
    { input: { events } },
    shop.key,
  );
  expect(data.ingestUsageEvents.ingested).toBe(events.length);
  return statements;
};

describe("good events", () => {
  it("are stored as they were sent, and counted", async () => {
    const timestamp = days(-3);
    const payload = await shop.ingest([
      call(shop, { quantity: "0.000000000001", timestamp, properties: { region: "eu" } }),
      call(shop, { quantity: "41" }),
    ]);
    expect(counts(payload)).toEqual([2, 0, 0, 0]);
    expect(payload.results[0]).toMatchObject({
      index: 0,
      outcome: "INGESTED",
      reason: null,
      event: { quantity: "0.000000000001", timestamp },
      userErrors: [],
    });
    expect(await shop.usage()).toEqual({ total: "41.000000000001", eventCount: 2 });
    const { node } = await shop.read(
      "query ($id: ID!) { node(id: $id) { ... on UsageEvent { properties customer { id } meter { id } subscription { id } } } }",
      { id: payload.results[0].eventId },
    );
    expect(node).toEqual({
      properties: { region: "eu" },
      customer: { id: shop.customerId },
      meter: { id: shop.meterId },
      subscription: null,
    });
  });

  it("count 1, now, unless they say otherwise", async () => {
    const before = Date.now();
    const { results } = await shop.ingest([call(shop)]);
    expect(results[0].event.quantity).toBe("1");
    expect(Date.parse(results[0].event.timestamp)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(results[0].event.timestamp)).toBeLessThanOrEqual(Date.now());
  });

  it("name their customer by an external id, or by a subscription", async () => {
    const external = { source: "gym", id: "M-1" };
    await insert(
      api,
      "ExternalId",
      [{ customerId: shop.customerId, source: external.source, externalId: external.id }],
      shop.environmentId,
    );
    const [subscriptionId] = await insert(
      api,
      "BillingSubscription",
      [{ customerId: shop.customerId }],
      shop.environmentId,
    );
    const payload = await shop.ingest([
      call(shop, { customer: { external } }),
      call(shop, { customer: null, subscriptionId }),
      call(shop, { customer: { external }, subscriptionId }),
    ]);
    expect(counts(payload)).toEqual([3, 0, 0, 0]);
    expect(await shop.usage()).toEqual({ total: "3", eventCount: 3 });
  });

  it("at the same instant are in the order that they were sent in", async () => {
    const lastOf = { name: "Level", eventName: "level", aggregation: "LAST" } as const;
    const [meterId] = await insert(api, "Meter", [lastOf], shop.environmentId);
    const timestamp = days(-1);
    // Keys that sort the other way round.
    const events = many(50, (index) => ({
      name: "level",
      timestamp,
      quantity: String(index),
      idempotencyKey: `key-${99 - index}`,
    }));
    expect(counts(await shop.ingest(events))).toEqual([50, 0, 0, 0]);
    const { customer } = await shop.read(
      "query ($id: ID!, $from: DateTime, $to: DateTime, $meterId: ID!) { customer(id: $id) { usage(from: $from, to: $to, meterIds: [$meterId]) { total } } }",
      { id: shop.customerId, from: days(-2), to: days(1), meterId },
    );
    expect(customer.usage).toEqual([{ total: "49" }]);
  });

  it("take as many statements for a thousand as for one", async () => {
    // The key is looked up before, once.
    await shop.usage();
    const [one, thousand] = [await statementsOf(many(1)), await statementsOf(many(1_000))];
    expect(thousand).toBe(one);
    expect(one).toBe(3);
  });
});

it("shows in a later part of a request what an earlier one changed", async () => {
  const { customerId } = shop;
  const document = `mutation ($one: IngestUsageEventsInput!, $customer: UpdateCustomerInput!, $two: IngestUsageEventsInput!) {
    one: ingestUsageEvents(input: $one) { results { event { customer { name } } } }
    updateCustomer(input: $customer) { changed }
    two: ingestUsageEvents(input: $two) { results { event { customer { name } } } } }`;
  const customer = { customer: { id: customerId }, name: "Renamed" };
  const { data } = await api.query(
    document,
    { one: { events: [call(shop)] }, customer, two: { events: [call(shop)] } },
    shop.key,
  );
  expect(data.updateCustomer.changed).toBe(true);
  expect(data.one.results[0].event.customer.name).not.toBe("Renamed");
  expect(data.two.results[0].event.customer.name).toBe("Renamed");
});

describe("an idempotency key", () => {
  it("counts once in a batch, for the first event that is good", async () => {
    const idempotencyKey = newId();
    const payload = await shop.ingest([
      call(shop, { idempotencyKey, name: "unknown" }),
      call(shop, { idempotencyKey, quantity: "5" }),
      call(shop, { idempotencyKey, quantity: "7" }),
    ]);
    expect(payload.results.map(({ outcome }: any) => outcome)).toEqual(["SKIPPED", "INGESTED", "DUPLICATE"]);
    expect(payload.results[2].eventId).toBe(payload.results[1].eventId);
    expect(await shop.usage()).toEqual({ total: "5", eventCount: 1 });
  });

  it("makes a batch that is sent again count nothing, and leads to the events of the first time", async () => {
    const events = many(20, (index) => ({ quantity: String(index) }));
    const first = await shop.ingest(events);
    const again = await shop.ingest([...events, call(shop)].toReversed());
    expect(counts(again)).toEqual([1, 20, 0, 0]);
    expect(
      again.results
        .slice(1)
        .map(({ eventId }: any) => eventId)
        .toReversed(),
    ).toEqual(first.results.map(({ eventId }: any) => eventId));
    expect(await shop.usage()).toEqual({ total: "191", eventCount: 21 });
  });

  it("is a duplicate even if the event would be refused by now", async () => {
    const event = call(shop);
    await shop.ingest([event]);
    await shop.mutate("archiveMeter", { meter: { id: shop.meterId } }, "changed");
    expect(counts(await shop.ingest([event, call(shop)]))).toEqual([0, 1, 1, 0]);
  });

  it("belongs to one environment", async () => {
    const event = call(shop);
    await shop.ingest([event]);
    const other = await newShop(api);
    expect(counts(await other.ingest([{ ...event, customer: { id: other.customerId } }]))).toEqual([
      1, 0, 0, 0,
    ]);
  });
});

describe("a bad event", () => {
  const nested = (levels: number): object => (levels ? { inner: nested(levels - 1) } : {});

  it.each([
    ["of an unknown customer", { customer: { id: newId() } }, "UNKNOWN_CUSTOMER", "NOT_FOUND", ["customer"]],
    ["of no id", { customer: { id: "me" } }, "UNKNOWN_CUSTOMER", "NOT_FOUND", ["customer"]],
    [
      "of an unknown external id",
      { customer: { external: { source: "gym", id: "nobody" } } },
      "UNKNOWN_CUSTOMER",
      "NOT_FOUND",
      ["customer"],
    ],
    [
      "of an unknown subscription",
      { subscriptionId: newId() },
      "UNKNOWN_SUBSCRIPTION",
      "NOT_FOUND",
      ["subscriptionId"],
    ],
    ["of nobody", { customer: null }, "INVALID", "REQUIRED", ["customer"]],
    ["too far ahead", { timestamp: days(0.01) }, "IN_FUTURE", "INVALID", ["timestamp"]],
    ["too old", { timestamp: days(-90.01) }, "TOO_OLD", "INVALID", ["timestamp"]],
    ["without a real date", { timestamp: "yesterday" }, "INVALID", "INVALID", ["timestamp"]],
    ["whose quantity is no number", { quantity: "many" }, "INVALID", "INVALID", ["quantity"]],
    ["whose quantity is negative", { quantity: "-0.5" }, "INVALID", "INVALID", ["quantity"]],
    ["whose properties are too deep", { properties: nested(5) }, "INVALID", "INVALID", ["properties"]],
    [
      "whose properties are too large",
      { properties: { a: "x".repeat(9_000) } },
      "INVALID",
      "TOO_LONG",
      ["properties"],
    ],
    ["whose properties hold NUL", { properties: { a: ["\0"] } }, "INVALID", "INVALID", ["properties"]],
    ["without a key", { idempotencyKey: "" }, "INVALID", "REQUIRED", ["idempotencyKey"]],
    ["with a long key", { idempotencyKey: "x".repeat(256) }, "INVALID", "TOO_LONG", ["idempotencyKey"]],
  ])("%s fails with its reason, and leaves the others alone", async (_what, changes, reason, code, path) => {
    const payload = await shop.ingest([call(shop), call(shop, changes), call(shop)]);
    expect(counts(payload)).toEqual([2, 0, 0, 1]);
    expect(payload.results[1]).toMatchObject({
      index: 1,
      outcome: "FAILED",
      reason,
      eventId: null,
      event: null,
      userErrors: [{ code, path: ["events", "1", ...path] }],
    });
    expect(await shop.usage()).toEqual({ total: "2", eventCount: 2 });
  });

  it("of any kind leaves a good one in the same batch alone, and its own key free", async () => {
    const meter = {
      name: "Ratio",
      eventName: "ratio",
      aggregation: "SUM",
      valueExpression: "a / b",
    } as const;
    await insert(api, "Meter", [meter], shop.environmentId);
    const bad = [
      call(shop, { name: "fax" }),
      call(shop, { customer: { id: newId() } }),
      call(shop, { timestamp: days(1) }),
      call(shop, { timestamp: days(-365) }),
      call(shop, { timestamp: "0001-01-01T00:00:00Z" }),
      call(shop, { quantity: "NaN" }),
      call(shop, { properties: nested(7) }),
      call(shop, { properties: { a: "x".repeat(100_000) } }),
      call(shop, { name: "ratio", properties: { a: 1, b: 0 } }),
    ];
    const payload = await shop.ingest([...bad, call(shop)]);
    expect(counts(payload)).toEqual([1, 0, 1, 8]);
    expect(payload.results.map(({ reason }: any) => reason)).toEqual([
      "UNKNOWN_METER",
      "UNKNOWN_CUSTOMER",
      "IN_FUTURE",
      "TOO_OLD",
      "TOO_OLD",
      "INVALID",
      "INVALID",
      "INVALID",
      "DIVISION_BY_ZERO",
      null,
    ]);
    expect(await shop.usage()).toEqual({ total: "1", eventCount: 1 });
    const mended = bad.map(({ idempotencyKey }) => call(shop, { idempotencyKey }));
    expect(counts(await shop.ingest(mended))).toEqual([bad.length, 0, 0, 0]);
  });

  it("may lie a little ahead, and nearly 90 days back", async () => {
    const events = [call(shop, { timestamp: days(0.003) }), call(shop, { timestamp: days(-89.99) })];
    expect(counts(await shop.ingest(events))).toEqual([2, 0, 0, 0]);
  });

  it("of a name that no meter takes is skipped, and may be sent again later", async () => {
    const event = call(shop, { name: "fax" });
    const { results } = await shop.ingest([event]);
    expect(results[0]).toMatchObject({ outcome: "SKIPPED", reason: "UNKNOWN_METER", userErrors: [] });
    await shop.mutate("createMeter", { name: "Faxes", eventName: "fax" }, "meter { id }");
    expect(counts(await shop.ingest([event]))).toEqual([1, 0, 0, 0]);
  });

  it("of an archived customer fails, by either name", async () => {
    const archived = { status: "ARCHIVED", archivedAt: new Date() } as const;
    const [customerId = ""] = await insert(api, "Customer", [archived], shop.environmentId);
    const [subscriptionId] = await insert(
      api,
      "BillingSubscription",
      [{ customerId, status: "CANCELED" }],
      shop.environmentId,
    );
    const { results } = await shop.ingest([
      call({ customerId }),
      call(shop, { customer: null, subscriptionId }),
    ]);
    expect(results.map(({ reason }: any) => reason)).toEqual(["ARCHIVED_CUSTOMER", "ARCHIVED_CUSTOMER"]);
  });

  it("of another customer's subscription fails", async () => {
    const [customerId = ""] = await insert(api, "Customer", [{}], shop.environmentId);
    const [subscriptionId] = await insert(api, "BillingSubscription", [{ customerId }], shop.environmentId);
    const { results } = await shop.ingest([call(shop, { subscriptionId })]);
    expect(results[0]).toMatchObject({ outcome: "FAILED", reason: "OTHER_CUSTOMER" });
  });

  it("of another environment's customer is one of an unknown customer", async () => {
    const other = await newShop(api);
    const { results } = await shop.ingest([call(other)]);
    expect(results[0]).toMatchObject({ outcome: "FAILED", reason: "UNKNOWN_CUSTOMER" });
  });
});

describe("the customer's time", () => {
  it("is that of its test clock", async () => {
    const clock = { name: "Future", now: new Date("2030-06-01T00:00:00Z") };
    const [testClockId = ""] = await insert(api, "TestClock", [clock], shop.environmentId);
    const [customerId = ""] = await insert(api, "Customer", [{ testClockId }], shop.environmentId);
    const { results } = await shop.ingest([
      call({ customerId }),
      call({ customerId }, { timestamp: "2030-05-01T00:00:00Z" }),
      call({ customerId }, { timestamp: "2030-06-02T00:00:00Z" }),
      call({ customerId }, { timestamp: days(0) }),
      call(shop, { timestamp: days(0) }),
    ]);
    expect(results.map(({ reason }: any) => reason)).toEqual([null, null, "IN_FUTURE", "TOO_OLD", null]);
    expect(results[0].event.timestamp).toBe("2030-06-01T00:00:00.000Z");
  });
});

describe("a batch", () => {
  it.each([
    ["of nothing", 0, "REQUIRED"],
    ["of 1,001 events", 1_001, "TOO_MANY"],
  ])("%s is refused, and nothing is stored", async (_what, count, code) => {
    const payload = await shop.ingest(many(count));
    expect(payload).toMatchObject({ results: null, userErrors: [{ code, path: ["events"] }] });
    expect((await shop.usage()).eventCount).toBe(0);
  });

  it("of which nothing is good is answered", async () => {
    expect(counts(await shop.ingest([call(shop, { quantity: "?" })]))).toEqual([0, 0, 0, 1]);
  });

  it("takes the scope usage:write", async () => {
    const { data, errors } = await api.graphql(
      "mutation ($events: [UsageEventInput!]!) { ingestUsageEvents(input: { events: $events }) { ingested } }",
      { events: [call(shop)] },
      { key: await api.keyWith("usage:read", "meters:*") },
    );
    expect(data.ingestUsageEvents).toBeNull();
    expect(errors?.[0]?.extensions["code"]).toBe("PERMISSION_DENIED");
  });
});

describe("a dry run", () => {
  it("tells what would happen, and stores nothing", async () => {
    const known = call(shop);
    await shop.ingest([known]);
    const twice = call(shop);
    const batch = [known, twice, twice, call(shop, { name: "fax" }), call(shop, { quantity: "-1" })];
    const payload = await shop.ingest(batch, { dryRun: true });
    expect(counts(payload)).toEqual([1, 2, 1, 1]);
    expect(payload.results[1]).toMatchObject({ outcome: "INGESTED", eventId: null, event: null });
    expect((await shop.usage()).eventCount).toBe(1);
    expect(counts(await shop.ingest(batch))).toEqual([1, 2, 1, 1]);
  });
});
