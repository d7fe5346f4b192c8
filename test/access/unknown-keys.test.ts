import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inBatches } from "../../src/domains/access/batches.ts";
import { newKey } from "../../src/domains/access/key.ts";
import { shortCache } from "../../src/domains/access/short-cache.ts";
import { Overloaded } from "../../src/db/unavailable.ts";
import { type TestApi, startApi } from "../kit/api.ts";

describe("keys of the right form that nobody has", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const ask = async (key: string) => (await api.graphql("{ viewer { keyId } }", {}, { key })).status;

  it("keep no good key from being answered, however many wait to be looked up", async () => {
    expect(await ask(api.key)).toBe(200);
    const { adminPool } = api.database;
    const held = await Promise.all(Array.from({ length: adminPool.options.max }, () => adminPool.connect()));
    const flood = Array.from({ length: 1_500 }, () => ask(newKey(false)));
    // Some are refused when too many wait; and what is known of the good key is not believed for longer than a second.
    expect(await Promise.race(flood)).toBe(503);
    await pause(1_000);
    const good = ask(api.key);
    expect(await Promise.race([good, pause(100, "waits")])).toBe("waits");
    expect(adminPool.waitingCount).toBeLessThan(10);
    for (const client of held) client.release();
    expect(await good).toBe(200);
    const statuses = await Promise.all(flood);
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(500);
    expect(new Set(statuses)).toEqual(new Set([401, 503]));
  });

  it("are told to come again where they cannot be looked up in time", async () => {
    const { adminPool } = api.database;
    const held = await Promise.all(Array.from({ length: adminPool.options.max }, () => adminPool.connect()));
    const key = newKey(false);
    expect(await ask(key)).toBe(503);
    for (const client of held) client.release();
    expect(await ask(key)).toBe(401);
  });
});

describe("texts that are looked up in batches", () => {
  function stage(limits = { atOnce: 3, waiting: 5 }) {
    const batches: string[][] = [];
    const answers: ((error?: Error) => void)[] = [];
    const find = inBatches<string>(async (texts) => {
      batches.push([...texts]);
      await new Promise<void>((resolve, reject) =>
        answers.push((error) => (error ? reject(error) : resolve())),
      );
      return new Map(texts.filter((text) => text !== "none").map((text) => [text, text.toUpperCase()]));
    }, limits);
    return { batches, answers, find };
  }

  it("share the next statement, and are refused when too many wait", async () => {
    const { batches, answers, find } = stage();
    const first = find("a");
    const waiting = ["b", "c", "b", "none", "d"].map(find);
    await expect(find("e")).rejects.toBeInstanceOf(Overloaded);
    answers[0]?.();
    expect(await first).toBe("A");
    await expect.poll(() => batches.length).toBe(2);
    answers[1]?.();
    await expect.poll(() => batches.length).toBe(3);
    answers[2]?.();
    expect(await Promise.all(waiting)).toEqual(["B", "C", "B", undefined, "D"]);
    expect(batches).toEqual([["a"], ["b", "c", "none"], ["d"]]);
  });

  it("go on after a failure", async () => {
    const { answers, find } = stage();
    const failed = find("a");
    answers[0]?.(new Error("away"));
    await expect(failed).rejects.toThrow("away");
    const next = find("a");
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.();
    expect(await next).toBe("A");
  });
});

describe("what was found", () => {
  it("is remembered beside any number of texts that stand for nothing, and said to be known", async () => {
    const asked: [text: string, known: boolean][] = [];
    let now = 0;
    const find = shortCache<string>(
      async (text, known) => {
        asked.push([text, known]);
        return { value: text === "good" ? "found" : null };
      },
      () => now,
    );
    await find("good");
    for (let n = 0; n < 12_000; n++) await find(`invented ${n}`);
    asked.length = 0;
    expect(await find("good")).toBe("found");
    expect(asked).toEqual([]);
    now = 1_000;
    expect(await find("good")).toBe("found");
    expect(asked).toEqual([["good", true]]);
  });
});
