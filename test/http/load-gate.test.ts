import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Wanted } from "../../src/db/abandon.ts";
import { type LoadGate, createLoadGate } from "../../src/http/load/gate.ts";

/** As many large operations run at once on a pool of so many connections. */
const connections = 4;
const [large, small] = [1_000, 10];

let gate: LoadGate;
/** Ends what runs, the oldest first. */
let running: (() => void)[];
let began: string[];
beforeEach(() => {
  vi.useFakeTimers();
  gate = createLoadGate(connections, 0);
  running = [];
  began = [];
});
afterEach(() => vi.useRealTimers());

function ask(environmentId: string, cost: number, wanted = new Wanted()): Promise<string> {
  const errand = { environmentId, cost, writes: false, wanted };
  const work = () =>
    new Promise<string>((resolve) => {
      began.push(environmentId);
      running.push(() => resolve("done"));
    });
  const outcome = Promise.resolve(gate.run(errand, work)).catch((error) =>
    error.extensions ? `${error.extensions.code} ${error.extensions.retryAfter}` : String(error.message),
  );
  return outcome;
}

/** Ends one operation every `ms`, so often. */
async function endEach(ms: number, times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await vi.advanceTimersByTimeAsync(ms);
    running.shift()?.();
    // oxlint-disable-next-line no-await-in-loop
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe("the gate before operations", () => {
  it("lets a burst wait, and refuses with Retry-After what would wait for long once a line stands", async () => {
    const all = Array.from({ length: connections + 9 }, () => ask("a", large));
    expect(began).toHaveLength(connections);
    await endEach(100, 6);
    expect(began).toHaveLength(connections + 6);
    // Three wait, and a turn comes every 100 ms: a fourth would wait for longer than a line may that stands.
    expect(await ask("a", large)).toBe("SERVICE_UNAVAILABLE 1");
    await endEach(100, connections + 3);
    expect(await Promise.all(all)).toEqual(all.map(() => "done"));
    const later = ask("a", large);
    await endEach(100, 1);
    expect(await later).toBe("done");
  });

  it("refuses nothing as long as few wait, however slow it is", async () => {
    gate = createLoadGate(connections, 20);
    const all = Array.from({ length: connections + 20 }, () => ask("a", large));
    await endEach(1_000, 3);
    all.push(ask("a", large), ask("a", large), ask("a", large));
    expect(await ask("a", large)).toMatch("SERVICE_UNAVAILABLE");
    await endEach(1_000, connections + 20);
    expect(await Promise.all(all)).toEqual(all.map(() => "done"));
  });

  it("never lets a small operation wait for the end of large ones", async () => {
    for (let index = 0; index < 20; index += 1) void ask("a", large);
    void ask("b", small);
    expect(began.at(-1)).toBe("b");
  });

  it("gives the next turn to the environment that has the fewest", async () => {
    for (let index = 0; index < 10; index += 1) void ask("a", large);
    void ask("b", large);
    await endEach(10, 1);
    expect(began.at(-1)).toBe("b");
  });

  it("lets go of who hangs up before its turn", async () => {
    for (let index = 0; index < connections; index += 1) void ask("a", large);
    const wanted = new Wanted();
    const gone = ask("a", large, wanted);
    wanted.abandon(new Error("gone"));
    expect(await gone).toBe("gone");
    await endEach(10, connections);
    expect(began).toHaveLength(connections);
  });

  it("tells refusals a second later to those who come back at once all the time", async () => {
    for (let index = 0; index < connections + 9; index += 1) void ask("a", large);
    await endEach(100, 6);
    const outcomes = Array.from({ length: 200 }, () => ask("a", large));
    let told = 0;
    for (const outcome of outcomes) void outcome.then(() => (told += 1));
    await vi.advanceTimersByTimeAsync(10);
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(100);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toBe(200);
  });
});
