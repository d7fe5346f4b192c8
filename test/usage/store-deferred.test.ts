import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { storeDeferred } from "../../src/domains/usage/index.ts";
import type { TransactionHost } from "../../src/db/transaction.ts";
import { Away } from "../../src/db/unavailable.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, newShop } from "./support.ts";

let api: TestApi;
let shop: Shop;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());
beforeEach(async () => void (shop = await newShop(api)));

/** An event as ingestion leaves it in the stream. */
const event = (values: object = {}) => ({
  id: newId(),
  customerId: shop.customerId,
  meterId: shop.meterId,
  subscriptionId: null,
  quantity: "1",
  value: null,
  unique: false,
  watched: false,
  timestamp: new Date().toISOString(),
  properties: { secret: "never told" },
  idempotencyKey: newId(),
  ...values,
});

const textOf = (events: readonly object[], environmentId = shop.environmentId): string =>
  JSON.stringify({
    environmentId,
    actor: "test",
    requestId: null,
    acceptedAt: new Date().toISOString(),
    events,
  });

const stored = async (): Promise<number> => (await shop.usage())?.eventCount ?? 0;

describe("texts from the stream", () => {
  it("are stored, and those that come again change nothing", async () => {
    const text = textOf([event(), event()]);
    expect(await storeDeferred(api.database, [text, textOf([event()])])).toEqual([
      { dead: [] },
      { dead: [] },
    ]);
    expect(await storeDeferred(api.database, [text])).toEqual([{ dead: [] }]);
    expect(await stored()).toBe(3);
  });

  it("give up the events that name what was deleted, and keep all others, of this and of other tenants", async () => {
    const other = await newShop(api);
    const gone = [
      event({ subscriptionId: newId() }),
      event({ customerId: newId() }),
      event({ meterId: newId() }),
    ];
    const mine = textOf([event(), ...gone, event()]);
    const theirs = textOf(
      [event({ customerId: other.customerId, meterId: other.meterId })],
      other.environmentId,
    );
    const [first, second] = await storeDeferred(api.database, [mine, theirs]);
    expect(second).toEqual({ dead: [] });
    expect(first).toMatchObject({
      dead: [{ reason: "GONE", environmentId: shop.environmentId, eventIds: gone.map(({ id }) => id) }],
    });
    expect(JSON.parse(first?.dead[0]?.text ?? "")).toMatchObject({
      environmentId: shop.environmentId,
      events: gone,
    });
    expect([await stored(), (await other.usage())?.eventCount]).toEqual([2, 1]);
  });

  it("give up what the database has no room for, and what is no batch of events", async () => {
    const huge = event({ quantity: "1e40" });
    const texts = [textOf([event(), huge, event()]), "{", "[]", JSON.stringify({ environmentId: "x" })];
    const handled = await storeDeferred(api.database, texts);
    expect(handled.map(({ dead }) => dead.map(({ reason }) => reason))).toEqual([
      ["UNSTORABLE"],
      ["UNREADABLE"],
      ["UNREADABLE"],
      ["UNREADABLE"],
    ]);
    expect(handled[0]?.dead[0]?.eventIds).toEqual([huge.id]);
    expect(await stored()).toBe(2);
  });

  it("of a tenant that is gone are given up", async () => {
    const [handled] = await storeDeferred(api.database, [textOf([event()], newId())]);
    expect(handled).toMatchObject({ dead: [{ reason: "GONE" }] });
  });

  it("come again, all of them, while the database is away", async () => {
    const away = new Away("nobody answers");
    const host = {
      ...api.database,
      pool: { options: { max: 1 }, connect: () => Promise.reject(away) },
    } as unknown as TransactionHost;
    const texts = [textOf([event()]), textOf([event({ subscriptionId: newId() })])];
    expect(await storeDeferred(host, texts)).toEqual([
      { dead: [], again: away },
      { dead: [], again: away },
    ]);
  });
});
