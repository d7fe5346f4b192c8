import { type Socket, connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PageHandler } from "../../src/http/server.ts";
import { newKey } from "../../src/domains/access/key.ts";
import { type TestApi, startApi } from "../kit/api.ts";

const large = Buffer.alloc(48_000_000, "x");

/** Pages that are as large, and as late, as no answer of the tests' graph is. */
const page: PageHandler = (request, response) => {
  if (request.url === "/large") return Promise.resolve(void response.end(large));
  if (request.url === "/late") return pause(1_500).then(() => void response.end("late"));
  return undefined;
};

let api: TestApi;
beforeAll(async () => {
  const timeOuts = { headersMs: 400, bodyMs: 900, keepAliveMs: 700, unreadMs: 500 };
  api = await startApi({
    timeOuts,
    pages: [page],
    gatewaySigningSecrets: ["a secret of the tests' gateway"],
  });
});
afterAll(() => api.close());

/** Far more than any of the times, for machines that are busy. */
const soon = 8_000;

/** A connection that sends a text, with what comes back as long as it reads. */
async function open(text: string) {
  const socket: Socket = connect(Number(new URL(api.url).port), "127.0.0.1");
  const state = { socket, received: "", bytes: 0, began: performance.now(), closedAfter: 0 };
  socket.on("error", () => {});
  socket.on("close", () => (state.closedAfter = performance.now() - state.began));
  socket.on("data", (part: Buffer) => {
    state.bytes += part.length;
    if (state.received.length < 10_000) state.received += part.toString("latin1");
  });
  socket.write(text);
  return state;
}

const head = (path: string, lines: readonly string[] = []): string =>
  [`POST ${path} HTTP/1.1`, "host: localhost", "content-type: application/json", ...lines].join("\r\n");
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;

describe("a caller who", () => {
  it("does not end the headers is cut off", async () => {
    const one = await open(head("/graphql"));
    await expect.poll(() => one.closedAfter, { timeout: soon }).toBeGreaterThan(0);
    expect(one.closedAfter).toBeGreaterThan(300);
  });

  it("does not end the body is cut off", async () => {
    const one = await open(
      `${head("/graphql", [`x-api-key: ${api.key}`, "content-length: 1000"])}\r\n\r\n{"query":`,
    );
    await expect.poll(() => one.closedAfter, { timeout: soon }).toBeGreaterThan(0);
    expect(one.closedAfter).toBeGreaterThan(800);
    expect(one.received).toContain("408");
  });

  it("asks for nothing more is cut off, and not before", async () => {
    const one = await open(get("/nothing"));
    await expect.poll(() => one.received, { timeout: soon }).toContain("404");
    one.received = "";
    one.socket.write(get("/nothing"));
    await expect.poll(() => one.received, { timeout: soon }).toContain("404");
    one.began = performance.now();
    await expect.poll(() => one.closedAfter, { timeout: soon }).toBeGreaterThan(0);
    expect(one.closedAfter).toBeGreaterThan(500);
  });

  it("sends nothing at all is cut off", async () => {
    const one = await open("");
    await expect.poll(() => one.closedAfter, { timeout: soon }).toBeGreaterThan(0);
  });

  it("does not read the answer is cut off", async () => {
    const one = await open(get("/large"));
    one.socket.pause();
    // Nobody hears of it before what has come in is read.
    await pause(3_000);
    one.socket.resume();
    await expect.poll(() => one.closedAfter, { timeout: soon }).toBeGreaterThan(0);
    expect(one.bytes).toBeLessThan(large.length);
  });

  it("reads slowly gets all of it", async () => {
    const one = await open(get("/large"));
    for (let turn = 0; one.bytes < large.length && turn < 400; turn++) {
      one.socket.pause();
      // oxlint-disable-next-line no-await-in-loop -- this is how slow it is
      await pause(15);
      one.socket.resume();
      // oxlint-disable-next-line no-await-in-loop
      await pause(1);
    }
    await expect.poll(() => one.bytes, { timeout: soon }).toBeGreaterThan(large.length);
  });

  it("waits for a late answer gets it", async () => {
    const one = await open(get("/late"));
    await expect.poll(() => one.received, { timeout: soon }).toContain("late");
  });
});

describe("a stranger at the gateways' door", () => {
  it.each([
    ["without a key", []],
    ["with an invented key", [`x-api-key: ${newKey(false)}`]],
  ])("%s is refused before the body has come", async (_, lines) => {
    const one = await open(`${head("/subgraph", [...lines, "content-length: 1500000"])}\r\n\r\n`);
    await expect.poll(() => one.received, { timeout: soon }).toContain("HTTP/1.1 401");
    one.socket.destroy();
  });

  it("whose body would be too large is told so before it has come", async () => {
    const lines = [`x-api-key: ${api.key}`, "content-length: 3000000"];
    const one = await open(`${head("/subgraph", lines)}\r\n\r\n`);
    await expect.poll(() => one.received, { timeout: soon }).toContain("at most 2000000 bytes");
    one.socket.destroy();
  });
});
