import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { take } from "../../src/http/rate-limit/bucket.ts";
import { memoryBuckets } from "../../src/http/rate-limit/memory.ts";

const sandbox = { capacity: 200, perMinute: 100 };

describe("buckets of a process", () => {
  it("are as quick when there are very many, and forget none that is in use", () => {
    const takeOf = memoryBuckets(() => 0);
    expect(takeOf("busy", sandbox, 150)).toMatchObject({ granted: true });
    const began = performance.now();
    for (let n = 0; n < 200_000; n++) {
      void takeOf(`key ${n}`, sandbox, 1);
      if (n % 10_000 === 0) void takeOf("busy", sandbox, 1);
    }
    // To look at each of them every time would take minutes.
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(takeOf("busy", sandbox, 0)).toMatchObject({ remaining: 30 });
  });
});

describe("a bucket", () => {
  it("grants its capacity at once, then one token each 600 ms", () => {
    const now = 1_000_000;
    let fullAt = 0;
    for (let i = 0; i < 200; i++) {
      const result = take(sandbox, fullAt, now, 1);
      expect(result.taken).toMatchObject({ granted: true, remaining: 199 - i });
      fullAt = result.fullAt;
    }
    expect(take(sandbox, fullAt, now, 1).taken).toMatchObject({
      granted: false,
      retryMs: 600,
      remaining: 0,
    });
    expect(take(sandbox, fullAt, now + 599, 1).taken.granted).toBe(false);
    expect(take(sandbox, fullAt, now + 600, 1).taken.granted).toBe(true);
  });

  it("takes nothing for a request that is refused", () => {
    const empty = take(sandbox, 0, 0, 200);
    const refused = take(sandbox, empty.fullAt, 0, 50);
    expect(refused).toMatchObject({ fullAt: empty.fullAt, taken: { granted: false, retryMs: 30_000 } });
  });

  it("never grants more than capacity plus what flowed in, over any span", () => {
    const requests = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 300 })),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(requests, (steps) => {
        let now = 0;
        let fullAt = 0;
        let granted = 0;
        for (const [pause, tokens] of steps) {
          now += pause;
          const result = take(sandbox, fullAt, now, tokens);
          fullAt = result.fullAt;
          if (result.taken.granted) granted += Math.min(tokens, sandbox.capacity);
        }
        expect(granted).toBeLessThanOrEqual(sandbox.capacity + (now / 60_000) * sandbox.perMinute + 1e-6);
      }),
    );
  });

  it("is one of many, which do not share tokens", async () => {
    const buckets = memoryBuckets(() => 0);
    expect(await buckets("one", sandbox, 200)).toMatchObject({ granted: true, remaining: 0 });
    expect(await buckets("one", sandbox, 1)).toMatchObject({ granted: false });
    expect(await buckets("two", sandbox, 1)).toMatchObject({ granted: true, remaining: 199 });
  });
});
