import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { call, newShop } from "./support.ts";

let api: TestApi;

// The embedded database runs one transaction at a time.
describe.skipIf(serverUrl === undefined)("the same events, sent at once", () => {
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api?.close());

  it("count once, in whatever order they come", async () => {
    const shop = await newShop(api);
    const events = Array.from({ length: 300 }, (_, index) => call(shop, { quantity: String(index + 1) }));
    const senders = Array.from({ length: 8 }, (_, sender) => {
      const turned = [...events.slice(sender * 37), ...events.slice(0, sender * 37)];
      return shop.ingest(sender % 2 ? turned.toReversed() : turned);
    });
    const payloads = await Promise.all(senders);
    const total = (field: string) => payloads.reduce((sum, payload) => sum + payload[field], 0);
    expect([total("ingested"), total("duplicates"), total("failed")]).toEqual([300, 2_100, 0]);
    expect(await shop.usage()).toEqual({ total: "45150", eventCount: 300 });
  });
});
