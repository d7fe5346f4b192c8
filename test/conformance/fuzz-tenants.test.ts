import { randomInt } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { isRead, namesOf, expectNothingTold, probes } from "./probes.ts";
import { type Stranger, newStranger, rowsOf } from "./strangers.ts";

/** How many probes; `npm run fuzz` makes one for five of its operations, from a seed of its own that it tells. */
const asked = process.env["FUZZ_RUNS"];
const numRuns = asked ? Math.ceil(Number(asked) / 20) * 4 : 200;
const seed = Number(process.env["FUZZ_SEED"] ?? (asked ? randomInt(2 ** 31) : 1));

let api: TestApi;
let merchants: readonly [Stranger, Stranger];
beforeAll(async () => {
  api = await startApi();
  merchants = [await newStranger(api, "the-one-merchants"), await newStranger(api, "the-other-merchants")];
});
afterAll(() => api.close());

it.each([
  ["the one", "the other", 0],
  ["the other", "the one", 1],
])(
  `half of ${numRuns} probes (seed ${seed}) by %s merchant find nothing of what %s has`,
  async (_one, _other, which) => {
    const [first, second] = merchants;
    const pair = which ? ([second, first] as const) : merchants;
    const [, stranger] = pair;
    const names = namesOf(stranger);
    const ids = new Set(Object.values(stranger.ids));
    const before = await rowsOf(api, stranger);
    const seen = { reads: 0, writes: 0, compared: 0 };
    // Reads go first: what a merchant writes may have the stranger's names for its own.
    for (const kind of ["reads", "writes"] as const) {
      const some = probes.filter((probe) => isRead(probe) === (kind === "reads"));
      const drawn = fc.record({ probe: fc.constantFrom(...some), value: fc.constantFrom(...names) });
      await fc.assert(
        fc.asyncProperty(drawn, async ({ probe, value }) => {
          const told = await expectNothingTold(api, pair, probe, value);
          seen[kind] += 1;
          if (kind === "writes" || !ids.has(value)) return;
          // What is the stranger's cannot be told from what there is not.
          expect(told).toBe(await expectNothingTold(api, pair, probe, newId()));
          seen.compared += 1;
        }),
        { numRuns: numRuns / 4, seed, endOnFailure: Boolean(asked) },
      );
    }
    expect(await rowsOf(api, stranger)).toEqual(before);
    expect(seen.compared).toBeGreaterThan(numRuns / 10);
    if (asked) console.log(`tenants: ${JSON.stringify(seen)}, FUZZ_SEED=${seed}`);
  },
  60_000 + numRuns * 100,
);
