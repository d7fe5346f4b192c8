import fc from "fast-check";
import { type ExecutionResult, OperationTypeNode, execute, getOperationAST, parse, validate } from "graphql";
import { afterAll, beforeAll, expect, it } from "vitest";
import { jsonOf } from "../../src/graph/execution/json-text.ts";
import { prepareOperation } from "../../src/graph/execution/query.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { createHub } from "../../src/db/events/hub.ts";
import { Wanted } from "../../src/db/abandon.ts";
import { contextOn } from "../../src/http/context.ts";
import { currentVersion } from "../../src/kit/api-versions.ts";
import { drawOperation } from "../conformance/generate.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert, insertOneOfEach, times } from "../reads/fixtures.ts";

const runs = Number(process.env["FUZZ_RUNS"] ?? 400);
const schema = buildSchema();

let api: TestApi;
let known: string[];
beforeAll(async () => {
  api = await startApi();
  const own = await insertOneOfEach(api);
  const { customerId } = own;
  await insert(
    api,
    "Invoice",
    times(3, () => ({ customerId })),
  );
  await insert(
    api,
    "Customer",
    times(3, (index) => ({ name: `Line\n"${index}" \u2028 é 😀` })),
  );
  const { data } = await api.query("{ customers { pageInfo { endCursor } nodes { email } } }");
  known = [...Object.values(own), data.customers.pageInfo.endCursor, data.customers.nodes[0].email];
});
afterAll(() => api.close());

/** The context of a request whose key has these scopes. */
function contextWith(scopes: readonly string[]) {
  const { environmentId, merchantId } = api;
  const viewer = {
    keyId: "key",
    keyName: "key",
    actor: "key:key",
    merchantName: "Test merchant",
    livemode: false,
    environmentId,
    merchantId,
    scopes,
  };
  const admission = {
    requestId: "request",
    viewer,
    documentsOnly: false,
    version: currentVersion,
    rateLimit: null,
    wanted: new Wanted(),
    linkTo: () => ({ url: "/", expiresAt: new Date(0) }),
    charge: () => Promise.resolve(),
    checkAgain: () => Promise.resolve(),
    stayOpen: () => {},
  };
  const tally = { statements: 0, rows: 0 };
  // The place in the stream moves on with every write, whoever makes it.
  const position = async () => ({ history: 1, transaction: "1", sequence: "0" });
  const events = { ...createHub({ host: api.database, onError: () => {} }), position };
  return contextOn({ ...api.database, events }, admission, tally);
}

/** An answer as a caller sees it, with its errors in one order. */
function shown(result: ExecutionResult): unknown {
  const { errors, ...rest } = JSON.parse(jsonOf(result).toString()) as {
    errors?: { message: string; path?: unknown }[];
  };
  const texts = errors?.map((error) => JSON.stringify(error)).toSorted();
  return { ...rest, errors: texts };
}

it(`${runs} queries that were made up are answered as graphql-js does, in as many statements`, async () => {
  const seen = { data: 0, errors: 0 };
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const { query, variables } = drawOperation(draw, schema, known, 0);
      const document = parseOrNull(query);
      const operation = document && getOperationAST(document);
      if (!operation || operation.operation !== OperationTypeNode.QUERY) return;
      if (validate(schema, document).length) return;
      const scopes = draw(fc.constantFrom, ["*"], ["customers:read"], ["invoices:read", "products:read"]);
      const theirs = contextWith(scopes);
      const expected = await execute({
        schema,
        document,
        variableValues: variables,
        contextValue: theirs,
        hideSuggestions: true,
      });
      const run = prepareOperation(schema, document, operation);
      for (const round of ["first", "second"]) {
        const ours = contextWith(scopes);
        const answer = await run(variables, ours);
        expect([round, shown(answer)]).toEqual([round, shown(expected)]);
        expect(ours.tally).toEqual(theirs.tally);
      }
      seen[expected.errors ? "errors" : "data"] += 1;
    }),
    { numRuns: runs, seed: 1 },
  );
  // Much of what is made up is run.
  expect(seen.data).toBeGreaterThan(runs / 10);
  expect(seen.errors).toBeGreaterThan(runs / 50);
}, 300_000);

function parseOrNull(query: string) {
  try {
    return parse(query);
  } catch {
    return null;
  }
}
