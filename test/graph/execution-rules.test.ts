import {
  type ExecutionResult,
  GraphQLEnumType,
  GraphQLError,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  execute,
  getOperationAST,
  parse,
  validate,
} from "graphql";
import { describe, expect, it } from "vitest";
import { jsonOf } from "../../src/graph/execution/json-text.ts";
import { prepareOperation } from "../../src/graph/execution/query.ts";

// What our own graph has no example of: every way in which resolvers can give and fail to give values.

const Odd = new GraphQLScalarType({
  name: "Odd",
  serialize: (value) => {
    if (value === "bad") throw new GraphQLError("Odd cannot be bad", { extensions: { code: "ODD" } });
    return value === "nothing" ? null : { odd: value, at: new Date(0) };
  },
});
const Color = new GraphQLEnumType({ name: "Color", values: { RED: { value: 1 }, BLUE: { value: "blue" } } });

const Named = new GraphQLInterfaceType({
  name: "Named",
  fields: { name: { type: GraphQLString } },
  resolveType: ({ kind }: { kind: string }) => (kind === "later" ? Promise.resolve("Cat") : kind),
});
const Cat = new GraphQLObjectType({
  name: "Cat",
  interfaces: [Named],
  fields: { name: { type: GraphQLString }, lives: { type: GraphQLInt, resolve: () => Promise.resolve(9) } },
});
const Dog = new GraphQLObjectType({
  name: "Dog",
  interfaces: [Named],
  fields: { name: { type: GraphQLString } },
  isTypeOf: ({ name }: { name: string }) => (name === "async" ? Promise.resolve(true) : name !== "no dog"),
});
const Pet = new GraphQLUnionType({ name: "Pet", types: [Cat, Dog] });

const values: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  text: () => "text",
  'text "with" \u2028 \ud800 signs\n': () => 'a "b" \u2028 \ud800 \\ \n é 😀',
  throws: () => {
    throw new GraphQLError("thrown", { extensions: { code: "THROWN" } });
  },
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- libraries do
  rejectsText: () => Promise.reject("no error"),
  error: () => new Error("given"),
  later: () => Promise.resolve("later"),
  laterNull: () => Promise.resolve(null),
  laterError: () => Promise.resolve(new Error("given later")),
  rejects: () => Promise.reject(new TypeError("rejected")),
  object: () => ({}),
};

const Thing: GraphQLObjectType = new GraphQLObjectType({
  name: "Thing",
  fields: () => ({
    property: { type: GraphQLString },
    method: { type: GraphQLString, args: { with: { type: GraphQLString } } },
    promised: { type: GraphQLString },
    place: {
      type: GraphQLString,
      resolve: (_source, _args, _context, { path, fieldName, returnType, parentType }: GraphQLResolveInfo) =>
        `${fieldName} ${String(returnType)} ${parentType.name} ${JSON.stringify(path)}`,
    },
    int: { type: GraphQLInt, args: { n: { type: GraphQLInt } }, resolve: (_source, { n }) => n ?? 1.5 },
    odd: { type: Odd, args: { value: { type: GraphQLString } }, resolve: (_source, { value }) => value },
    color: {
      type: Color,
      args: { value: { type: Color } },
      resolve: (_source, { value }) => value ?? "gray",
    },
    value: {
      type: GraphQLString,
      args: { kind: { type: GraphQLString, defaultValue: "text" } },
      resolve: (_source, { kind }) => values[kind]?.(),
    },
    must: {
      type: new GraphQLNonNull(GraphQLString),
      args: { kind: { type: GraphQLString, defaultValue: "text" } },
      resolve: (_source, { kind }) => values[kind]?.(),
    },
    inner: { type: Thing, resolve: () => thing },
    innerLater: { type: Thing, resolve: () => Promise.resolve(thing) },
    innerMust: { type: new GraphQLNonNull(Thing), resolve: () => Promise.resolve(thing) },
    list: {
      type: new GraphQLList(GraphQLString),
      resolve: () =>
        Object.values(values)
          .slice(0, 4)
          .map((give) => give()),
    },
    listOfLater: {
      type: new GraphQLList(GraphQLString),
      resolve: () => ["later", "error", "rejects", "laterNull"].map((kind) => values[kind]?.()),
    },
    listOfMust: {
      type: new GraphQLList(new GraphQLNonNull(GraphQLString)),
      args: { kinds: { type: new GraphQLList(GraphQLString) } },
      resolve: (_source, { kinds }) => kinds.map((kind: string) => values[kind]?.()),
    },
    matrix: { type: new GraphQLList(new GraphQLList(Thing)), resolve: () => [[thing], null, [thing, null]] },
    noList: { type: new GraphQLList(GraphQLString), resolve: () => "text" },
    set: { type: new GraphQLList(GraphQLInt), resolve: () => new Set([1, 2]) },
    pets: {
      type: new GraphQLList(Pet),
      resolve: () => [
        { kind: "Cat", __typename: "Cat", name: "Tom" },
        Promise.resolve({ __typename: "Dog", name: "async" }),
        { __typename: "Dog", name: "no dog" },
      ],
    },
    named: {
      type: new GraphQLList(Named),
      resolve: () =>
        ["Cat", "Dog", "later", "Horse", "Thing", undefined].map((kind) => ({ kind, name: "x" })),
    },
  }),
});
const thing = {
  property: "p",
  method: (args: { with?: string }, context: string) => `${args.with} ${context}`,
  promised: Promise.resolve("q"),
};
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: "Query",
    fields: {
      thing: { type: Thing, resolve: () => thing },
      mustThing: { type: new GraphQLNonNull(Thing), resolve: () => thing },
      things: { type: new GraphQLList(new GraphQLNonNull(Thing)), resolve: () => [thing, thing] },
    },
  }),
  mutation: new GraphQLObjectType({
    name: "Mutation",
    fields: { change: { type: Thing, resolve: () => Promise.resolve(thing) } },
  }),
  types: [Cat, Dog],
});

/** An answer as a caller sees it, its errors in one order and, where `words` is false, without their messages. */
function shown(result: ExecutionResult, words: boolean): unknown {
  const { errors, ...rest } = JSON.parse(jsonOf(result).toString()) as { errors?: { message: string }[] };
  const texts = errors?.map(({ message, ...error }) => JSON.stringify(words ? { message, ...error } : error));
  return { ...rest, errors: texts?.toSorted() };
}

/** Expects the answer of graphql-js, but for the words of the errors that say that the graph itself is at fault. */
async function expectSame(text: string, variables: Record<string, unknown> = {}, words = true) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const expected = await execute({ schema, document, variableValues: variables, contextValue: "context" });
  const answer = await prepareOperation(schema, document, getOperationAST(document)!)(variables, "context");
  expect(shown(answer, words)).toEqual(shown(expected, words));
}

describe("answers as graphql-js does", () => {
  for (const kind of Object.keys(values)) {
    it(`where a resolver gives: ${JSON.stringify(kind)}`, async () => {
      const variables = { kind };
      await expectSame("query ($kind: String) { thing { value(kind: $kind) property } }", variables);
      await expectSame("query ($kind: String) { thing { inner { a: must(kind: $kind) } place } }", variables);
      await expectSame(
        "query ($kind: String) { things { innerMust { must(kind: $kind) } } thing { property } }",
        variables,
      );
      await expectSame(
        "query ($kind: String) { mustThing { innerLater { place } must(kind: $kind) } }",
        variables,
      );
    });
  }

  it("where scalars and enums tell values, and cannot", async () => {
    await expectSame(
      '{ thing { odd(value: "x") bad: odd(value: "bad") color(value: RED) gray: color int n: int(n: 7) zero: int(n: 0) } }',
    );
    await expectSame('{ thing { nothing: odd(value: "nothing") } }', {}, false);
  });

  it("where properties are values, methods and promises", async () => {
    await expectSame(
      'query ($w: String) { thing { property method(with: "a") b: method(with: $w) promised __typename } }',
      { w: "v" },
    );
  });

  it("for a mutation of one field", async () => {
    await expectSame("mutation { change { property inner { place } must(kind: null) } }");
    await expectSame("mutation { __typename }");
  });

  it("in lists", async () => {
    await expectSame(
      "{ thing { list listOfLater matrix { property promised place innerLater { place } } set noList } }",
    );
    for (const kinds of [["text", "later"], ["text", "null"], ["later", "rejects"], ["laterNull"], []]) {
      await expectSame("query ($kinds: [String]) { thing { listOfMust(kinds: $kinds) property } }", {
        kinds,
      });
    }
  });

  it("for unions and interfaces", async () => {
    await expectSame(
      "{ thing { pets { __typename ... on Cat { name lives } ... on Named { n: name } } named { __typename name } } }",
      {},
      false,
    );
  });

  it("under @skip and @include, in whatever order fields come to stand", async () => {
    const text = `query ($a: Boolean!, $b: Boolean = true) {
      thing { property @include(if: $a) place @skip(if: $b) ...F @include(if: $a) property ... @skip(if: $a) { x: place } } }
      fragment F on Thing { inner { property @skip(if: $b) __typename } ... on Thing { inner { promised } } }`;
    for (const a of [true, false]) for (const b of [true, false]) await expectSame(text, { a, b });
  });

  it("for variables that are missing, null or of the wrong type", async () => {
    const text = "query ($n: Int = 3, $k: String) { thing { int(n: $n) value(kind: $k) } }";
    for (const variables of [{}, { n: null }, { n: 4, k: "later" }, { n: "x" }, { k: null }])
      await expectSame(text, variables);
  });

  it("for questions about the graph", async () => {
    await expectSame(
      '{ __typename __schema { types { name fields { name type { ofType { name } } } } } __type(name: "Thing") { kind } }',
    );
  });
});
