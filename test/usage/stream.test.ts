import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type UsageStream, startUsageStream } from "../../src/jobs/usage-stream.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, call, counts, newShop } from "./support.ts";

const natsUrl = process.env["TEST_NATS_URL"] ?? "";

describe.skipIf(!natsUrl)("usage events that go through a stream", () => {
  let api: TestApi;
  let shop: Shop;
  let intake: UsageStream;
  const url = `${natsUrl}/test-${newId()}`;
  const faults: unknown[] = [];
  const start = (works: boolean) =>
    startUsageStream({ url, host: api.database, works, onError: (error) => faults.push(error) });
  beforeAll(async () => {
    api = await startApi({ defer: (text) => intake.defer(text) });
    shop = await newShop(api);
    intake = await start(false);
  });
  afterAll(async () => {
    await intake.stop();
    await api.close();
  });

  const settled = async () => {
    await expect.poll(async () => (await intake.backlog()).waiting, { timeout: 20_000 }).toBe(0);
  };

  it("are judged at once, kept in it, and stored by a worker, each once", async () => {
    const good = Array.from({ length: 998 }, () => call(shop, { properties: { note: "x".repeat(900) } }));
    const sent = [...good, call(shop, { name: "nobody.measures" }), call(shop, { quantity: "-many" })];
    const payload = await shop.ingest(sent);
    expect(counts(payload)).toEqual([998, 0, 1, 1]);
    expect(payload.results[0]).toMatchObject({
      outcome: "INGESTED",
      eventId: expect.any(String) as string,
      event: null,
    });
    expect((await shop.usage())?.eventCount ?? 0).toBe(0);
    // An answer was lost, and the client sends all of it again.
    expect(counts(await shop.ingest(sent))).toEqual([998, 0, 1, 1]);

    const workers = await Promise.all([start(true), start(true)]);
    await settled();
    expect((await shop.usage())?.eventCount).toBe(998);
    const again = await shop.ingest(sent);
    expect(counts(again)).toEqual([0, 998, 1, 1]);
    expect(again.results[0]).toMatchObject({ outcome: "DUPLICATE", event: { quantity: "1" } });
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(faults).toEqual([]);
  });

  it("of a dry run are not kept", async () => {
    const payload = await shop.ingest([call(shop)], { dryRun: true });
    expect(counts(payload)).toEqual([1, 0, 0, 0]);
    expect((await intake.backlog()).waiting).toBe(0);
  });
});
