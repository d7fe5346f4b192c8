import { describe, expect, it } from "vitest";
import { type Claim, FairQueue, type Turn } from "../../src/kit/fair-queue.ts";

const options = { places: 5, large: 4, writes: 3, tenant: 4 };
const large = (tenant: string): Claim => ({ tenant, writes: false, small: false });
const small = (tenant: string): Claim => ({ tenant, writes: false, small: true });
const write = (tenant: string): Claim => ({ tenant, writes: true, small: false });

/** Takes as many places for such claims as there are. */
function takeAll(queue: FairQueue, claim: Claim): Turn[] {
  const turns: Turn[] = [];
  for (let turn = queue.take(claim); turn; turn = queue.take(claim)) turns.push(turn);
  return turns;
}

describe("a fair queue", () => {
  it("keeps places that neither one tenant nor long work of all tenants can take", () => {
    expect(takeAll(new FairQueue(options), small("a"))).toHaveLength(4);
    const queue = new FairQueue(options);
    expect(takeAll(queue, large("a"))).toHaveLength(4);
    expect(queue.take(large("b"))).toBeUndefined();
    expect(queue.take(small("b"))).toBeDefined();
    expect(queue.take(small("c"))).toBeUndefined();
  });

  it("keeps places from writes", () => {
    const queue = new FairQueue(options);
    expect(takeAll(queue, { ...write("a"), small: true })).toHaveLength(3);
    expect(queue.take({ ...write("b"), small: true })).toBeUndefined();
    expect(queue.take(large("b"))).toBeDefined();
    const other = new FairQueue(options);
    expect(takeAll(other, write("a"))).toHaveLength(2);
    expect(takeAll(other, large("b"))).toHaveLength(2);
  });

  it("has one place where it has no other, for whatever comes", () => {
    const queue = new FairQueue({ places: 1, large: 1, writes: 1, tenant: 1 });
    for (const claim of [large("a"), small("b"), write("c")]) {
      const turn = queue.take(claim);
      expect(turn).toBeDefined();
      queue.leave(turn!);
    }
  });

  it("gives the next place to the tenant that has the fewest, however long the line of another is", () => {
    const queue = new FairQueue(options);
    const turns = takeAll(queue, large("a"));
    const begun: string[] = [];
    for (const name of ["a1", "a2", "a3"]) queue.wait(large("a"), () => begun.push(name));
    queue.wait(large("b"), () => begun.push("b1"));
    for (const turn of turns.slice(0, 2)) queue.leave(turn);
    expect(begun).toEqual(["b1", "a1"]);
  });

  it("lets small claims pass long ones that wait, and forgets who withdraws", () => {
    const queue = new FairQueue({ ...options, large: 5, tenant: 5 });
    const [turn] = takeAll(queue, large("a"));
    const begun: string[] = [];
    queue.wait(large("a"), () => begun.push("large"));
    const gone = queue.wait(small("a"), () => begun.push("gone"));
    queue.wait(small("a"), () => begun.push("small"));
    expect(queue.waitingLike(small("a"))).toBe(2);
    queue.withdraw(gone);
    queue.leave(turn!);
    expect(begun).toEqual(["small"]);
  });

  it("bounds what runs together, and lets nothing large overtake what is too heavy to begin", () => {
    const queue = new FairQueue({ ...options, weight: 100 });
    const heavy = (tenant: string, weight: number): Claim => ({ ...large(tenant), weight });
    const first = queue.take(heavy("a", 40))!;
    expect(queue.take(heavy("a", 20))).toBeUndefined();
    const second = queue.take(heavy("b", 40))!;
    const begun: string[] = [];
    queue.wait(heavy("c", 90), () => begun.push("c"));
    expect(queue.take(heavy("d", 10))).toBeUndefined();
    queue.wait(heavy("d", 10), () => begun.push("d"));
    expect(queue.take(small("d"))).toBeDefined();
    queue.leave(first);
    expect(begun).toEqual([]);
    queue.leave(second);
    expect(begun).toEqual(["c", "d"]);
  });

  it("lets one that weighs more than all may together run alone", () => {
    const queue = new FairQueue({ ...options, weight: 100 });
    const turn = queue.take({ ...large("a"), weight: 500 })!;
    expect(queue.take({ ...large("b"), weight: 1 })).toBeUndefined();
    queue.leave(turn);
    expect(queue.take({ ...large("b"), weight: 1 })).toBeDefined();
  });

  it("remembers a bounded number of tenants", () => {
    const queue = new FairQueue(options);
    for (let index = 0; index < 5_000; index += 1) queue.leave(queue.take(small(`tenant ${index}`))!);
    expect(queue.knownTenants).toBeLessThanOrEqual(1_001);
  });

  it("remembers a bounded number of tenants that got no place", () => {
    const queue = new FairQueue(options);
    takeAll(queue, large("a"));
    for (let index = 0; index < 5_000; index += 1) queue.take(large(`tenant ${index}`));
    expect(queue.knownTenants).toBeLessThanOrEqual(1_001);
  });
});
