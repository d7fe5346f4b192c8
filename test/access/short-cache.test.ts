import { describe, expect, it } from "vitest";
import { shortCache } from "../../src/domains/access/short-cache.ts";

/** A cache with a clock to be set, over a look-up that counts. */
function stage(validMs?: number) {
  const state = { now: 0, lookUps: 0, fails: false };
  const find = shortCache(
    () => {
      state.lookUps++;
      return state.fails
        ? Promise.reject(new Error("away"))
        : Promise.resolve({ value: state.lookUps, validMs });
    },
    () => state.now,
  );
  return { state, find };
}

describe("a finding", () => {
  it("is believed for a second, and no longer", async () => {
    const { state, find } = stage();
    expect(await find("a")).toBe(1);
    state.now = 999;
    expect(await find("a")).toBe(1);
    state.now = 1_000;
    expect(await find("a")).toBe(2);
  });

  it("is believed only as long as it is valid", async () => {
    const { state, find } = stage(300);
    expect(await find("a")).toBe(1);
    state.now = 299;
    expect(await find("a")).toBe(1);
    state.now = 300;
    expect(await find("a")).toBe(2);
  });

  it("is looked up once for all who ask at the same time", async () => {
    const { state, find } = stage();
    expect(await Promise.all(Array.from({ length: 50 }, async () => find("a")))).toEqual(Array(50).fill(1));
    expect(await find("b")).toBe(2);
    expect(state.lookUps).toBe(2);
  });

  it("that failed is not remembered", async () => {
    const { state, find } = stage();
    state.fails = true;
    await expect(find("a")).rejects.toThrow("away");
    state.fails = false;
    expect(await find("a")).toBe(2);
  });
});
