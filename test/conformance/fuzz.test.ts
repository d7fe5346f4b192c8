import { randomInt } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildSchema } from "../../src/graph/schema.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insertOneOfEach } from "../reads/fixtures.ts";
import { ask, expectAlive, expectCoded, shoot } from "./attack.ts";
import { drawOperation } from "./generate.ts";
import { type Stranger, expectNothingOf, newStranger, rowsOf, source } from "./strangers.ts";

/** How many operations; `npm run fuzz` makes more, from a seed of its own that it tells. */
const asked = process.env["FUZZ_RUNS"];
const numRuns = asked ? Number(asked) : 300;
const seed = Number(process.env["FUZZ_SEED"] ?? (asked ? randomInt(2 ** 31) : 1));

const schema = buildSchema();

let api: TestApi;
let stranger: Stranger;
let known: string[];
beforeAll(async () => {
  api = await startApi();
  stranger = await newStranger(api);
  const own = await insertOneOfEach(api);
  const { data } = await api.query("{ customers { pageInfo { endCursor } nodes { email } } }");
  known = [
    ...Object.values(own),
    ...Object.values(stranger.ids),
    stranger.cursor,
    data.customers.pageInfo.endCursor,
    data.customers.nodes[0].email,
    source,
    "merchant",
    stranger.externalId,
    "hubspot",
    "ada@example.org",
    "UTC",
    "US",
  ];
});
afterAll(() => api.close());

it(
  `${numRuns} operations that were made up (seed ${seed}) end in no fault, and tell nothing of another merchant`,
  async () => {
    if (asked) console.log(`fuzz: ${numRuns} operations, FUZZ_SEED=${seed}`);
    const before = await rowsOf(api, stranger);
    const seen = { answered: 0, refused: 0, mutations: 0 };
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (draw) => {
        const { query, variables } = drawOperation(draw, schema, known);
        const hit = await shoot(api, { body: ask(query, variables) });
        try {
          expectCoded(hit);
          expectNothingOf(stranger, hit);
        } catch (error) {
          throw new Error(`${ask(query, variables)}\n${hit.text}`, { cause: error });
        }
        seen[hit.data ? "answered" : "refused"] += 1;
        if (hit.data && query.startsWith("mutation")) seen.mutations += 1;
      }),
      { numRuns, seed, endOnFailure: Boolean(asked) },
    );
    await expectAlive(api);
    expect(await rowsOf(api, stranger)).toEqual(before);
    // Much of what is made up gets beyond the gates.
    expect(seen.answered).toBeGreaterThan(numRuns / 3);
    expect(seen.mutations).toBeGreaterThan(numRuns / 20);
    if (asked) console.log(`fuzz: ${JSON.stringify(seen)}`);
  },
  60_000 + numRuns * 200,
);
