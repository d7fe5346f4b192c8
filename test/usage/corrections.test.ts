import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, call, days, newShop } from "./support.ts";

let api: TestApi;
let shop: Shop;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  shop = await newShop(api);
});
afterAll(() => api.close());

const voidEvents = (events: readonly object[], reason?: string) =>
  shop.mutate(
    "voidUsageEvents",
    { events, reason },
    `voided unchanged failed results { index outcome event { id voidedAt voidReason } userErrors { code path } }`,
  );
const replace = (input: object) =>
  shop.mutate(
    "replaceUsageEvent",
    input,
    `created usageEvent { id quantity timestamp properties replaces { id } } replaced { id voidedAt voidReason }`,
  );
const sent = async (...quantities: string[]): Promise<{ id: string; idempotencyKey: string }[]> => {
  const events = quantities.map((quantity) => call(shop, { quantity, properties: { from: "a" } }));
  const { results } = await shop.ingest(events);
  return events.map(({ idempotencyKey }, index) => ({ id: results[index].eventId, idempotencyKey }));
};
const listed = async (filter = "") => {
  const { usageEvents } = await shop.read(`{ usageEvents${filter} { totalCount nodes { id } } }`);
  expect(usageEvents.nodes).toHaveLength(usageEvents.totalCount);
  return usageEvents.totalCount;
};

describe("voidUsageEvents", () => {
  it("takes events out of figures and lists, keeps them, and tells of all in one event", async () => {
    const [one, two] = await sent("1", "10", "100");
    const payload = await voidEvents(
      [{ id: one?.id }, { idempotencyKey: two?.idempotencyKey }],
      "sent by mistake",
    );
    expect(payload).toMatchObject({ voided: 2, unchanged: 0, failed: 0, userErrors: [] });
    expect(payload.results[1].event).toMatchObject({ id: two?.id, voidReason: "sent by mistake" });
    expect(await shop.usage()).toEqual({ total: "100", eventCount: 1 });
    expect([await listed(), await listed("(filter: { includeVoided: true })")]).toEqual([1, 3]);
    expect(await shop.events()).toMatchObject([
      { type: "usage.voided", data: { customerIds: [shop.customerId], reason: "sent by mistake" } },
    ]);
  });

  it("leaves its key in use", async () => {
    const event = call(shop);
    await shop.ingest([event]);
    await voidEvents([{ idempotencyKey: event.idempotencyKey }]);
    expect((await shop.ingest([event])).duplicates).toBe(1);
    expect((await shop.usage()).eventCount).toBe(0);
  });

  it("does each once, and leaves the unknown alone", async () => {
    const [one] = await sent("1");
    const foreign = await newShop(api);
    const { results } = await foreign.ingest([call(foreign)]);
    const payload = await voidEvents([
      { id: one?.id },
      { id: one?.id },
      { id: results[0].eventId },
      { id: "?" },
    ]);
    expect(payload.results.map(({ outcome }: any) => outcome)).toEqual([
      "VOIDED",
      "UNCHANGED",
      "FAILED",
      "FAILED",
    ]);
    expect(payload.results[2].userErrors).toEqual([{ code: "NOT_FOUND", path: ["events", "2"] }]);
    expect((await foreign.usage()).eventCount).toBe(1);
    expect(await voidEvents([{ id: one?.id }], "again")).toMatchObject({
      unchanged: 1,
      results: [{ event: { voidReason: null } }],
    });
    expect(await shop.events()).toHaveLength(1);
  });

  it("takes as many statements for a thousand as for one", async () => {
    const references = async (count: number) =>
      (await sent(...Array.from({ length: count }, () => "1"))).map(({ id }) => ({ id }));
    const statementsOf = async (events: object[]) =>
      (
        await api.query(
          "mutation ($input: VoidUsageEventsInput!) { voidUsageEvents(input: $input) { voided } }",
          { input: { events } },
          shop.key,
        )
      ).statements;
    const [few, many] = [await references(1), await references(1_000)];
    expect(await statementsOf(few)).toBe(6);
    expect(await statementsOf(many)).toBe(6);
  });
});

describe("replaceUsageEvent", () => {
  it("puts another event in the place of one, and tells of it", async () => {
    const [one] = await sent("100", "1");
    const timestamp = days(-2);
    const payload = await replace({
      event: { id: one?.id },
      idempotencyKey: newId(),
      quantity: "10",
      timestamp,
    });
    expect(payload).toMatchObject({
      created: true,
      usageEvent: { quantity: "10", timestamp, properties: { from: "a" }, replaces: { id: one?.id } },
      replaced: { id: one?.id, voidReason: null },
      userErrors: [],
    });
    expect(payload.replaced.voidedAt).not.toBeNull();
    expect(await shop.usage()).toEqual({ total: "11", eventCount: 2 });
    expect(await shop.events()).toMatchObject([{ type: "usage.replaced", objectId: payload.usageEvent.id }]);
  });

  it("does the same once", async () => {
    const [one] = await sent("100");
    const input = { event: { idempotencyKey: one?.idempotencyKey }, idempotencyKey: newId(), quantity: "10" };
    const first = await replace(input);
    expect(await replace(input)).toMatchObject({ created: false, usageEvent: { id: first.usageEvent.id } });
    expect(await shop.usage()).toEqual({ total: "10", eventCount: 1 });
  });

  it("lets one of several who replace the same event at once do it", async () => {
    const [one] = await sent("100");
    const payloads = await Promise.all(
      ["1", "2", "3"].map((quantity) =>
        replace({ event: { id: one?.id }, idempotencyKey: newId(), quantity }),
      ),
    );
    expect(payloads.filter(({ created }) => created)).toHaveLength(1);
    expect((await shop.usage()).eventCount).toBe(1);
  });

  it.each([
    ["an event that is not there", { event: { id: newId() } }, "NOT_FOUND", ["event"]],
    ["a key that is taken", { idempotencyKey: "taken" }, "CONFLICT", ["idempotencyKey"]],
    ["a negative quantity", { quantity: "-1" }, "INVALID", ["quantity"]],
    ["a time too far ahead", { timestamp: days(1) }, "INVALID", ["timestamp"]],
  ])("refuses %s, and changes nothing", async (_what, changes, code, path) => {
    await shop.ingest([call(shop, { idempotencyKey: "taken" }), call(shop, { idempotencyKey: "wrong" })]);
    const input = { event: { idempotencyKey: "wrong" }, idempotencyKey: newId(), ...changes };
    expect(await replace(input)).toMatchObject({
      usageEvent: null,
      created: false,
      userErrors: [{ code, path }],
    });
    expect(await shop.usage()).toEqual({ total: "2", eventCount: 2 });
  });

  it("refuses an event that counts no more", async () => {
    const [one] = await sent("1");
    await voidEvents([{ id: one?.id }]);
    const { userErrors } = await replace({ event: { id: one?.id }, idempotencyKey: newId() });
    expect(userErrors).toMatchObject([{ code: "ILLEGAL_STATE", path: ["event"] }]);
  });
});
