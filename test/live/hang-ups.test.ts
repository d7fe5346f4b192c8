import { request } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { waitingFor } from "../../src/db/connection.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { watch } from "./watch.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const stream = "subscription { customerChanged { cursor } }";

/** The most streams of a key. */
const most = 100;

/** Asks for a stream, and gives what hangs up. */
function ask(): () => void {
  const headers = {
    "content-type": "application/json",
    accept: "text/event-stream",
    "x-api-key": api.key,
  };
  const sent = request(`${api.url}/graphql`, { method: "POST", headers, agent: false });
  sent.on("error", () => {});
  sent.end(JSON.stringify({ query: stream }));
  return () => sent.destroy();
}

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

it("callers who hang up while their streams are being set up leave no place and no timer behind", async () => {
  const { pool } = api.database;
  // The key is known, so that the streams wait for nothing but the connections.
  await api.query("{ viewer { keyId } }");
  const held = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  const [before, connected] = [timers(), connections()];
  const hangUps: (() => void)[] = [];
  while (hangUps.length < most) {
    hangUps.push(ask());
    // Those that came at the same time would share a connection.
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect.poll(() => waitingFor(pool), { interval: 1 }).toBe(hangUps.length);
  }
  for (const hangUp of hangUps) hangUp();
  await expect.poll(() => connections()).toBeLessThanOrEqual(connected);
  for (const client of held) client.release();
  await expect.poll(() => waitingFor(pool)).toBe(0);

  const opened = await Promise.all(Array.from({ length: most }, () => watch(api, stream)));
  const { data } = await api.query(
    `mutation { createCustomer(input: { email: "a@a.example" }) { customer { id } } }`,
  );
  expect(data.createCustomer.customer).not.toBeNull();
  const told = await Promise.all(opened.map((one) => one.next()));
  expect(told.filter((result) => result?.errors)).toEqual([]);
  for (const one of opened) one.close();
  await expect.poll(timers, { timeout: 20_000 }).toBeLessThan(before + 20);
});

/** How many connections this process has open. */
function connections(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}
