import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import {
  type DocumentNode,
  type GraphQLNamedType,
  GraphQLSchema,
  Kind,
  buildSchema as schemaOf,
  getDirectiveValues,
  parse,
  printSchema,
} from "graphql";
import { describe, expect, it } from "vitest";
import { entityNames, scopeOf } from "../../src/graph/entities.ts";
import { measure } from "../../src/graph/measure.ts";
import { printGraph } from "../../src/graph/print.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { entityOf, fieldsOf } from "./elements.ts";
import { priceOf } from "./prices.ts";
import { randomQuery } from "./random-operations.ts";

const schema = buildSchema();
const sdl = printGraph(schema);
const printed = schemaOf(sdl);
const own = ["cost", "listSize", "sizedBy", "requiresScope"];

describe("the printed graph", () => {
  it("is the graph, and the definitions of its directives", () => {
    const directives = printed.getDirectives().filter(({ name }) => !own.includes(name));
    expect(printed.getDirectives().length - directives.length).toBe(own.length);
    expect(printSchema(new GraphQLSchema({ ...printed.toConfig(), directives }))).toBe(printSchema(schema));
  });

  it("is printed anew without a change", () => {
    expect(printGraph(buildSchema())).toBe(sdl);
  });

  it("defines the directives of cost as their specification does", () => {
    const text = sdl.replaceAll(/""".*?"""/gs, "").replaceAll(/\s+/g, " ");
    expect(text).toContain(
      "directive @cost( weight: String! ) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR",
    );
    expect(text).toContain(
      "directive @listSize( assumedSize: Int slicingArguments: [String!] sizedFields: [String!] requireOneSlicingArgument: Boolean = true ) on FIELD_DEFINITION",
    );
  });
});

/** The price of each operation of a document by the SDL, and by what requests are measured with. */
function prices(document: DocumentNode, variables: Record<string, unknown> = {}) {
  const operations = document.definitions.filter((part) => part.kind === Kind.OPERATION_DEFINITION);
  return operations.map((operation) => ({
    bySdl: priceOf(printed, document, operation, variables),
    byMeasure: measure(schema, document, operation, variables, 100).cost,
  }));
}

describe("prices by the SDL are those by which requests are measured", () => {
  it.each<[number, string, Record<string, unknown>?]>([
    [1, "{ viewer { keyId scopes } }"],
    [3, "{ viewer { environment { id } merchant { id } } }"],
    [51, "{ customers { nodes { id __typename } totalCount } }"],
    [1 + 25 * (1 + 1 + 5), "{ customers { nodes { invoices { countUpTo(limit: 7) } } } }"],
    [12, "{ customers(first: 10) { nodes { id } pageInfo { endCursor } } }"],
    [7, "{ customers(last: 3) { edges { node { id } } } }"],
    [101, "query ($n: Int = 100) { customers(first: $n) { nodes { id } } }"],
    [8, "query ($n: Int = 100) { customers(first: $n) { nodes { id } } }", { n: 7 }],
    [
      27,
      "query ($n: Int) { customers(first: $n) { ...page } } fragment page on CustomerConnection { nodes { address { city } } }",
      { n: 13 },
    ],
    [1 + 5 * (1 + 1 + 4 * 1), "{ customers(first: 5) { nodes { invoices(first: 4) { nodes { id } } } } }"],
    [6, '{ nodes(ids: ["a", "b", "c"]) { ... on Invoice { id customer { id } } } }'],
    [4, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: ["a", "b", "c", "d"] }],
    [2, 'query ($ids: [ID!]! = ["a", "b"]) { nodes(ids: $ids) { id } }'],
    [1 + 25 + 1, "mutation { archiveCustomer(input: {}) { customer { id } userErrors { code } } }"],
    [0, "{ __typename }"],
    [1 + 100, '{ customer(id: "a") { usage { total } } }'],
    [1 + 2 * 2, '{ customer(id: "a") { usage(meterIds: ["a", "b"]) { total meter { id } } } }'],
    [1 + 101, '{ meter(id: "a") { usage(groupBy: "region") { total } } }'],
    [1 + 32 * 2, '{ meter(id: "a") { usageSeries { points { total } } } }'],
    [
      1 + 101 * 25 * 2,
      `query ($to: DateTime!, $by: String) { meter(id: "a") {
        usageSeries(from: "2026-01-01T00:00:00Z", to: $to, window: HOUR, groupBy: $by) { points { total } } } }`,
      { to: "2026-01-02T00:00:00Z", by: "region" },
    ],
    [
      1 + 1_500,
      `{ meter(id: "a") { usageSeries(from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z", window: MINUTE) { group } } }`,
    ],
    [
      1,
      'query ($no: Boolean!, $yes: Boolean = true) { customer(id: "a") { invoices @include(if: $no) { nodes { id } } ...more @skip(if: $yes) } } fragment more on Customer { usage { total } }',
      { no: false },
    ],
  ])("%i: %s", (price, document, variables) => {
    expect(prices(parse(document), variables)).toEqual([{ bySdl: price, byMeasure: price }]);
  });

  it("in the examples", () => {
    const folder = resolve(import.meta.dirname, "../../examples/dashboard");
    const texts = globSync("*.graphql", { cwd: folder }).map((file) =>
      readFileSync(join(folder, file), "utf8"),
    );
    const all = prices(parse(texts.join("\n")));
    expect(all.length).toBeGreaterThan(5);
    for (const { bySdl, byMeasure } of all) expect(bySdl).toBe(byMeasure);
  });

  it("for whatever else is asked", () => {
    const seen = new Set<number>();
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 9_999 })), (numbers) => {
        const document = parse(randomQuery(schema, () => numbers.next().value ?? 0));
        for (const { bySdl, byMeasure } of prices(document)) {
          seen.add(bySdl);
          expect(bySdl).toBe(byMeasure);
        }
      }),
      { numRuns: 500 },
    );
    expect(seen.size).toBeGreaterThan(50);
  });
});

/** Types that are no entities, whose objects only those see who may read usage. */
const usage: ReadonlySet<string> = new Set(["UsageSummary", "UsageSeries", "CustomerMeter"]);

const scopeShown = (element: { readonly astNode?: unknown }): unknown =>
  getDirectiveValues(printed.getDirective("requiresScope")!, (element.astNode ?? {}) as never)?.["scope"];

describe("@requiresScope", () => {
  const entities = entityNames();

  it.each(entities)("stands on %s", (name) => {
    expect(scopeShown(printed.getType(name)!)).toBe(scopeOf(name));
  });

  it("stands on every field that leads to another scope", () => {
    // Whoever has a page or a usage summary holds the scope of its rows; what a mutation wrote is shown to its writer.
    const held = (parent: GraphQLNamedType): unknown => {
      const of = entities.find((name) => parent.name.replace(/(?:Connection|Edge)$/, "") === name);
      return of ? scopeOf(of) : usage.has(parent.name) ? "usage:read" : null;
    };
    const leading = fieldsOf(printed).flatMap(({ path, parent, field }) => {
      const entity = entityOf(field.type, entities);
      if (!entity || /(?:Payload|Result)$/.test(parent.name)) return [];
      const needed = scopeOf(entity as (typeof entities)[number]);
      return [{ path, shown: scopeShown(field), needed: held(parent) === needed ? undefined : needed }];
    });
    expect(leading.length).toBeGreaterThan(50);
    expect(leading.filter(({ shown, needed }) => shown !== needed)).toEqual([]);
  });

  it("stands on every mutation", () => {
    const mutations = Object.values(printed.getMutationType()?.getFields() ?? {});
    expect(mutations.length).toBeGreaterThan(5);
    for (const field of mutations) expect(scopeShown(field)).toMatch(/^[a-z_]+:write$/);
  });
});
