import { describe, expect, it, vi } from "vitest";
import { Deadlines } from "../../src/kit/deadlines.ts";
import { OpenList } from "../../src/kit/open-list.ts";

describe("a list of open things", () => {
  it("has them in the order of opening, wherever others were taken out", () => {
    const list = new OpenList<string>();
    const [a, b, c, d] = ["a", "b", "c", "d"].map((one) => list.add(one));
    list.remove(b!);
    expect(list.all()).toEqual(["a", "c", "d"]);
    list.remove(a!);
    list.remove(d!);
    list.remove(d!);
    list.add("e");
    expect(list.all()).toEqual(["c", "e"]);
    expect(list.first).toBe(c);
    list.remove(c!);
    list.remove(list.first!);
    expect(list.all()).toEqual([]);
  });
});

describe("a deadline", () => {
  it("passes for what is still open, not before, and for nothing that was closed", async () => {
    const late: string[] = [];
    const began = performance.now();
    const ends: number[] = [];
    const deadlines = new Deadlines<string>(100, (one) => {
      late.push(one);
      ends.push(performance.now() - began);
    });
    const closed = deadlines.open("closed");
    deadlines.open("first");
    deadlines.close(closed);
    await vi.waitFor(() => expect(late).toEqual(["first"]), { timeout: 10_000 });
    expect(ends[0]).toBeGreaterThanOrEqual(99);
    const again = performance.now() - began;
    deadlines.open("second");
    deadlines.open("third");
    await vi.waitFor(() => expect(late).toEqual(["first", "second", "third"]), { timeout: 10_000 });
    expect(ends[1]).toBeGreaterThanOrEqual(again + 99);
    deadlines.close(closed);
  });
});
