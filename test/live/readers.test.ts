import { type IncomingMessage, request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { transact } from "../../src/db/transaction.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { watch } from "./watch.ts";

let api: TestApi;
afterEach(() => api.close());

const writer = (environmentId: string) => ({
  environmentId,
  actor: "test",
  requestId: null,
  now: new Date(),
});

/** Commits events of a customer that is not there. */
async function emit(count: number, size = 0): Promise<void> {
  const data = { padding: "x".repeat(size) };
  await transact(api.database, writer(api.environmentId), async ({ emit: tell }) => {
    for (let one = 0; one < count; one++) {
      tell({ type: "customer.updated", objectType: "customer", objectId: newId(), data: { ...data, one } });
    }
  });
}

const all = "subscription ($after: String) { events(after: $after) { cursor data } }";

describe("a reader who", () => {
  it("does not read is cut off, and nobody waits for him", async () => {
    api = await startApi({ lookEveryMs: 50, timeOuts: { unreadMs: 200 } });
    // What it reads is little, so that nothing of it waits even where this process is slow to read.
    const lively = await watch(api, "subscription { events { cursor } }");
    const headers = { "content-type": "application/json", accept: "text/event-stream", "x-api-key": api.key };
    const sent = request(`${api.url}/graphql`, { method: "POST", headers, agent: false });
    sent.end(JSON.stringify({ query: all }));
    const lazy = await new Promise<IncomingMessage>((resolve) => sent.once("response", resolve));
    const cut = new Promise((resolve) => lazy.once("close", resolve));
    const rounds = 12;
    for (let round = 0; round < rounds; round++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as they are read
      await emit(20, 50_000);
      // oxlint-disable-next-line no-await-in-loop
      await lively.take(20);
    }
    lazy.on("error", () => {});
    lazy.socket.on("error", () => {});
    // What had been sent before is still there to be read; then the stream is broken off.
    await expect.poll(() => api.events.listeners).toBe(1);
    lazy.resume();
    await cut;
    expect(lazy.complete).toBe(false);
    lively.close();
  });

  it("is far behind gets everything from the database", async () => {
    api = await startApi({ lookEveryMs: 50 });
    const { data } = await api.query("{ latestEventCursor }");
    const lively = await watch(api, all);
    await emit(1_700);
    await lively.take(1_700);
    const late = await watch(api, all, { after: data.latestEventCursor });
    const seen = await late.take(1_700);
    expect(seen.map(({ events }) => events.data.one)).toEqual(Array.from({ length: 1_700 }, (_, one) => one));
    lively.close();
    late.close();
  });

  it("listens when the server stops is told where to go on", async () => {
    api = await startApi();
    const stream = await watch(api, all);
    await api.events.close();
    expect((await stream.next())?.errors?.[0]).toMatchObject({
      message: expect.stringContaining("after") as string,
      extensions: { code: "SERVICE_UNAVAILABLE" },
    });
    expect(await stream.next()).toBeUndefined();
  });
});

describe.runIf(serverUrl)("a transaction that is open for long", () => {
  it("holds back later ones, so that its events are not missed", async () => {
    api = await startApi({ lookEveryMs: 50 });
    const stream = await watch<{ events: { data: { one: number } } }>(api, all);
    let commit: () => void = () => {};
    const committed = new Promise<void>((resolve) => (commit = resolve));
    let begun: () => void = () => {};
    const started = new Promise<void>((resolve) => (begun = resolve));
    const slow = transact(api.database, writer(api.environmentId), async (transaction) => {
      transaction.emit({
        type: "customer.updated",
        objectType: "customer",
        objectId: newId(),
        data: { one: -1 },
      });
      await transaction.query({ text: "SELECT pg_current_xact_id()", values: [] } as never);
      begun();
      await committed;
    });
    await started;
    await emit(1);
    const first = stream.next();
    const early = await Promise.race([first, emit(1).then(() => "nothing yet")]);
    expect(early).toBe("nothing yet");
    commit();
    await slow;
    const told = [(await first)?.data, ...(await stream.take(2))];
    expect(told.map((one) => one?.events.data.one)).toEqual([-1, 0, 0]);
    stream.close();
  });
});
