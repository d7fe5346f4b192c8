import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Hit, ask, attack } from "./attack.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(" ");
const nest = (count: number, open: string, close: string, middle: string) =>
  open.repeat(count) + middle + close.repeat(count);

const modern = { accept: "application/graphql-response+json" };
const refusals = (hit: Hit) => [hit.status, ...new Set(hit.errors.map(({ extensions }) => extensions.code))];

describe("a document that asks for too much is refused", () => {
  const list = (inner: string) => `first: 100) { nodes { ${inner} } }`;
  it.each<[string, string, object?]>([
    ["101 aliases", `{ ${repeat(101, (n) => `a${n}: __typename`)} }`],
    ["51 aliases of an object", `{ viewer { ${repeat(51, (n) => `a${n}: keyName`)} } }`],
    [
      "aliases by fragments",
      `{ ...a ...a } fragment a on Query { ${repeat(26, (n) => `a${n}: __typename`)} }`,
    ],
    ["26 root fields", `{ ${repeat(26, (n) => `a${n}: viewer { keyName }`)} }`],
    ["7,000 times one field", `{ viewer { ${repeat(7_000, () => "keyName")} } }`],
    [
      "a list of 2,000 tokens",
      `{ customers(filter: { status: [${repeat(2_000, () => "ACTIVE")}] }) { totalCount } }`,
    ],
    ["8,000 tokens", `{ viewer { ${"keyName ".repeat(8_000)} } }`],
    ["500 times a directive", `{ viewer { keyName ${"@include(if: true) ".repeat(500)} } }`],
    ["51 directives", `{ viewer { ${repeat(51, () => "... @include(if: true) { keyName }")} } }`],
    ["10 unknown directives", `{ viewer { keyName ${repeat(10, (n) => `@d${n}`)} } }`],
    ["5,000 unknown directives", `{ viewer { keyName ${"@nope ".repeat(5_000)} } }`],
    ["1,500 lists that overlap", `{ ${repeat(1_500, (n) => `customers(first: ${n}) { totalCount }`)} }`],
    [
      "16 levels",
      `{ customers(first: 1) { ${nest(7, "nodes { invoices(first: 1) { ", "} }", "totalCount")} } }`,
    ],
    ["500 levels", `{ ${nest(250, "viewer { environment { ", "} }", "id")} }`],
    ["5,000 levels", nest(5_000, "{ a", "}", "")],
    ["50,000 braces", "{".repeat(50_000)],
    [
      "levels by fragments",
      `{ customers(first: 1) { nodes { ...f0 } } } ${repeat(16, (n) => `fragment f${n} on Customer { invoices(first: 1) { nodes { customer { ${n < 15 ? `...f${n + 1}` : "id"} } } } }`)}`,
    ],
    ["fragments in a circle", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"],
    ["a fragment in itself", "{ ...a } fragment a on Query { ...a }"],
    [
      "2^25 fields by fragments",
      `{ customers { nodes { ...f0 } } } ${repeat(25, (n) => `fragment f${n} on Customer { a${n}: id ...f${n + 1} b${n}: id ...f${n + 1} }`)} fragment f25 on Customer { id }`,
    ],
    [
      "introspection in a circle",
      `{ __schema { types { ${nest(20, "fields { type { ", "} }", "name")} } } }`,
    ],
    ["lists of lists of lists", `{ customers(${list(`invoices(${list(`lines(${list("id")}`)}`)} }`],
    [
      "lists of lists by variables",
      `query ($n: Int) { customers(first: $n) { nodes { invoices(first: $n) { nodes { lines(first: $n) { nodes { id } } } } } } }`,
      { n: 100 },
    ],
    ["a page of a million", "{ customers(first: 1000000) { totalCount } }"],
    ["a page beyond Int", "{ customers(first: 99999999999) { totalCount } }"],
    [
      "a page beyond Int by a variable",
      "query ($n: Int) { customers(first: $n) { totalCount } }",
      { n: 2 ** 53 },
    ],
    ["a page below zero", "{ customers(first: -1) { totalCount } }"],
    ["10,000 ids", "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: Array(10_000).fill("x") }],
    ["101 ids", "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: Array(101).fill("x") }],
    ["a list 100 deep", `{ nodes(ids: ${nest(100, "[", "]", "")}) { id } }`],
    ["a list 450 deep", `{ nodes(ids: ${nest(450, "[", "]", "")}) { id } }`],
    ["a list 990 deep", `{ nodes(ids: ${nest(990, "[", "]", "")}) { id } }`],
    ["a list 1,500 deep", `{ nodes(ids: ${nest(1_500, "[", "", "")}`],
    ["a list 20,000 deep", `{ nodes(ids: ${nest(20_000, "[", "]", "")}) { id } }`],
    [
      "metadata 450 deep",
      `{ customers(filter: { created: ${nest(450, "{ a: ", "}", "1")} }) { totalCount } }`,
    ],
    ["a type of a list 900 deep", `query ($a: ${nest(900, "[", "]", "Int")}) { viewer { keyName } }`],
    ["an object 500 deep", `{ customers(filter: ${nest(500, "{ a: ", "}", "1")}) { totalCount } }`],
    ["2,000 operations", repeat(2_000, (n) => `query q${n} { viewer { keyName } }`)],
    ["2,000 variables", `query (${repeat(2_000, (n) => `$v${n}: Int`)}) { viewer { keyName } }`],
    ["300 unused variables", `query (${repeat(300, (n) => `$v${n}: Int`)}) { viewer { keyName } }`],
    ["300 unknown fields", `{ ${repeat(300, (n) => `nope${n}`)} }`],
    ["64 KB of blanks and no field", " ".repeat(65_000)],
    ["2 MB of blanks", `{ viewer { keyName } ${" ".repeat(1_990_000)} }`],
    ["2 MB of commas", `{ viewer { keyName } ${",".repeat(1_990_000)} }`],
    ["2 MB of a comment", `{ viewer { keyName } } #${"x".repeat(1_990_000)}`],
    ["a name of 1 MB", `query ${"q".repeat(1_000_000)} { viewer { keyName } }`],
    ["a name of 60 KB", `query ${"q".repeat(60_000)} { viewer { keyName } }`],
    ["a text of 60 KB as a page", `{ customers(first: "${"x".repeat(60_000)}") { totalCount } }`],
    ["a number of 60,000 digits", `{ customers(first: ${"9".repeat(60_000)}) { totalCount } }`],
    [
      "variables 13 deep",
      "query ($f: CustomerFilter) { customers(filter: $f) { totalCount } }",
      JSON.parse(`{"f":${nest(12, '{"a":', "}", "1")}}`) as object,
    ],
  ])("%s", async (_name, query, variables) => {
    const hit = await attack(api, { body: ask(query, variables), headers: modern });
    // A page that only its resolver can refuse is an error beside data.
    expect(refusals(hit)).toEqual([hit.data ? 200 : 400, "INVALID_REQUEST"]);
    expect(hit.errors.length).toBeLessThanOrEqual(4);
    expect(hit.text.length).toBeLessThan(20_000);
  });
});

describe("much of nothing is answered", () => {
  it.each([
    ["64 KB of blanks", `{ viewer { keyName } ${" ".repeat(65_000)} }`],
    ["64 KB of commas", `{ viewer { keyName } ${",".repeat(65_000)} }`],
    ["64 KB of a comment", `{ viewer { keyName } } #${"x".repeat(65_000)}`],
    ["a name of 100 characters", `query ${"q".repeat(100)} { viewer { keyName } }`],
  ])("%s", async (_name, query) => {
    const hit = await attack(api, { body: ask(query) });
    expect(hit.data).toEqual({ viewer: { keyName: "test" } });
  });
});

describe("suggestions are made of nothing", () => {
  it.each([
    ["fields", "{ custmers { totalCount } }"],
    ["nested fields", "{ viewer { keyNme } }"],
    ["arguments", '{ customer(idd: "x") { id } }'],
    ["types", "{ node(id: 1) { ... on Custmer { id } } }"],
    ["types of variables", "query ($a: CustmerFilter) { customers(filter: $a) { totalCount } }"],
    ["inputs", "{ customers(filter: { serch: 1 }) { totalCount } }"],
    ["enums", "{ customers(filter: { status: ACTIV }) { totalCount } }"],
    ["selections", "{ viewer }"],
    ["directives", "{ viewer { keyName @includ(if: true) } }"],
  ])("%s", async (_name, query) => {
    const { errors, text } = await attack(api, { body: ask(query) });
    expect(errors).not.toEqual([]);
    expect(text).not.toMatch(/customers\W|keyName\W|CustomerFilter\W*\?|ACTIVE|search|@include\b/);
  });

  it.each([
    ["inputs", { serch: "x" }],
    ["enums", { status: ["ACTIV"] }],
  ])("%s by a variable", async (_name, filter) => {
    const query = "query ($f: CustomerFilter) { customers(filter: $f) { totalCount } }";
    const { errors, text } = await attack(api, { body: ask(query, { f: filter }) });
    expect(errors).not.toEqual([]);
    expect(text).not.toMatch(/search|ACTIVE/);
  });
});

describe("the fields of federation are not for callers", () => {
  it.each([
    "{ _service { sdl } }",
    '{ _entities(representations: [{ __typename: "Customer", id: "x" }]) { __typename } }',
  ])("%s", async (query) => {
    const hit = await attack(api, { body: ask(query), headers: modern });
    expect(refusals(hit)).toEqual([400, "INVALID_REQUEST"]);
    const door = await attack(api, { body: ask(query), path: "/subgraph" });
    expect(refusals(door)).toEqual([401, "UNAUTHENTICATED"]);
  });
});
