import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { natsStream } from "../../src/jobs/nats-stream.ts";
import { type UsageStream, startUsageStream } from "../../src/jobs/usage-stream.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { type Shop, call, counts, newShop } from "./support.ts";

const natsUrl = process.env["TEST_NATS_URL"] ?? "";

describe.skipIf(!natsUrl)("usage events in a stream that can never be stored", () => {
  let api: TestApi;
  let shop: Shop;
  let intake: UsageStream;
  const name = `test-${newId()}`;
  const told: string[] = [];
  const start = (works: boolean) =>
    startUsageStream({
      url: `${natsUrl}/${name}`,
      host: api.database,
      works,
      onError: (error, message) => told.push(`${String(error)} ${message}`),
    });
  beforeAll(async () => {
    api = await startApi({ defer: (text) => intake.defer(text) });
    shop = await newShop(api);
    intake = await start(false);
  });
  afterAll(async () => {
    await intake.stop();
    await api.close();
  });

  it("are kept aside, once, and told of without what they say; all others are stored, of any tenant", async () => {
    const { environmentId, customerId } = shop;
    const [subscriptionId = ""] = await insert(api, "BillingSubscription", [{ customerId }], environmentId);
    const other = await newShop(api);
    const properties = { note: "a secret" };
    const doomed = { subscriptionId, properties, idempotencyKey: "a secret key" };
    expect(counts(await shop.ingest([call(shop), call(shop, doomed), call(shop)]))).toEqual([3, 0, 0, 0]);
    expect(counts(await other.ingest([call(other)]))).toEqual([1, 0, 0, 0]);
    await intake.defer("no batch of events");
    const { deleteSubscription } = await shop.read(
      "mutation ($id: ID!) { deleteSubscription(input: { subscriptionId: $id }) { deletedId } }",
      { id: subscriptionId },
    );
    expect(deleteSubscription).toEqual({ deletedId: subscriptionId });

    const worker = await start(true);
    await expect.poll(async () => (await intake.backlog()).waiting, { timeout: 20_000 }).toBe(0);
    expect([(await shop.usage())?.eventCount, (await other.usage())?.eventCount]).toEqual([2, 1]);
    expect(await intake.dead()).toEqual({ waiting: 2, oldestSeconds: 0 });
    await worker.stop();

    expect(told.toSorted()).toEqual([
      expect.stringMatching(`^Error: GONE .*${environmentId}: [0-9a-f-]{36}$`),
      expect.stringMatching("^Error: UNREADABLE .*: a text$"),
    ]);
    expect(told.join(" ")).not.toContain("secret");

    const connection = await connect({ servers: natsUrl.replace("nats://", "") });
    const manager = await jetstreamManager(connection);
    const { config } = await manager.streams.info(`${name}-dead`);
    expect(config).toMatchObject({ max_msgs: 100_000, discard: "old" });
    const kept = await manager.streams.getMessage(`${name}-dead`, { seq: 1 });
    expect(kept?.header.get("Reason")).toMatch(/GONE|UNREADABLE/);
    await connection.close();
  });

  it("nor hold up others while they come again", async () => {
    const errors: unknown[] = [];
    const stream = await natsStream({
      server: natsUrl.replace("nats://", ""),
      name: `test-${newId()}`,
      onError: (error) => errors.push(error),
    });
    const seen: string[] = [];
    const stopping = new AbortController();
    await stream.append("bad");
    const consuming = stream.consume(async (texts) => {
      seen.push(...texts);
      return texts.map((text) => ({ dead: [], ...(text === "bad" && { again: new Error("not now") }) }));
    }, stopping.signal);
    await expect.poll(() => seen, { timeout: 10_000 }).toContain("bad");
    await stream.append("good");
    await expect.poll(() => seen, { timeout: 10_000 }).toContain("good");
    await expect.poll(() => errors.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    expect(seen.filter((text) => text === "good")).toEqual(["good"]);
    expect([await stream.waiting(), await stream.dead()]).toEqual([1, 0]);
    stopping.abort();
    await consuming;
    await stream.close();
  });
});
