import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { longLived, longLivedIn } from "./collections.ts";

/** What may grow as long as the process lives, or a plan or a request does, and why it ends. All else that is kept is an `LRUCache`. */
const bounded: Readonly<Record<string, string>> = {
  "src/db/datamodel.ts tables": "one entry a model",
  "src/db/events/feed.ts waiting": "those who listen now; an entry goes when they leave",
  "src/db/events/hub.ts feeds": "environments that someone listens to now",
  "src/db/shared-reads.ts waiting": "reads of one turn of the event loop",
  "src/db/wire/client.ts silences": "one entry a timeout that pools are set up with",
  "src/db/wire/form-reader.ts #inherited": "what the rows of one statement inherit",
  "src/db/wire/prepared.ts #own": "the names that the source gives statements",
  "src/db/wire/run.ts prepared": "the names of preludes, of which there is one",
  "src/domains/access/batches.ts waiting": "what waits for one statement, of which there is a most",
  "src/domains/access/short-cache.ts underWay": "look-ups that requests wait for now",
  "src/domains/invoices/document/printer.ts ofOne": "environments whose documents wait now",
  "src/domains/invoices/document/printer.ts underWay": "`waiting` documents",
  "src/domains/invoices/settled.ts reactions": "one entry a domain that reacts",
  "src/graph/columns.ts shown": "the fields of one selection",
  "src/graph/entity-scopes.ts scopes": "one entry a model",
  "src/graph/execution/leaf.ts known": "the values of an enum",
  "src/graph/execution/query.ts names": "the variables of one document",
  "src/graph/measure.ts faults": "one measure",
  "src/graph/measure.ts fragments": "one document",
  "src/graph/measure.ts known": "one measure",
  "src/graph/measure.ts sizedBy": "one measure",
  "src/graph/measure.ts spread": "one measure",
  "src/graph/pages.ts names": "the fields of one selection",
  "src/graph/row-forms.ts formsOf": "the orders of one list",
  "src/graph/row-forms.ts known": "the orders of one list",
  "src/http/cluster/lead.ts running": "one entry a worker process",
  "src/http/cluster/lead.ts timers": "one entry a worker process that is started again",
  "src/http/graphiql/asset.ts bodies": "one entry an encoding",
  "src/http/metrics.ts series":
    "labels, of which there are as many as `operationLabels` gives, and codes of errors",
  "src/http/operation-labels.ts others": "`mostLabels`",
  "src/http/operation-labels.ts registered": "`mostLabels`",
  "src/http/operations/evaluate.ts names": "the variables of one document",
  "src/http/operations/follow.ts open": "keys with a stream that is open now",
  "src/http/rate-limit/primary.ts waiting": "questions that are on their way",
  "src/kit/currency.ts formatters": "one entry a currency",
  "src/kit/fair-queue.ts #hungry": "tenants of which something waits now",
  "src/kit/fair-queue.ts #tenants": "`mostIdle`, and those that have or want a place now",
};

test("nothing in the source is kept without an end", () => {
  const found = longLived(resolve(import.meta.dirname, "../.."));
  expect(found.filter((one) => !(one in bounded))).toEqual([]);
});

test("no exception is left of what is there no longer", () => {
  const found = longLived(resolve(import.meta.dirname, "../.."));
  expect(Object.keys(bounded).filter((one) => !found.includes(one))).toEqual([]);
});

describe("what is found", () => {
  test.each([
    [
      "of a module",
      "const kept = new Map<string, number>(); export const keep = (k: string) => kept.set(k, 1);",
      "kept",
    ],
    ["of a class", "class A { readonly #kept = new Set<string>(); }", "#kept"],
    [
      "of what a function makes",
      "export function make() { const kept = new Set<string>(); return (k: string) => void kept.add(k); }",
      "kept",
    ],
    ["by weak keys", "const kept = new WeakMap<object, Map<string, number>>();", "kept"],
  ])("is a collection %s", (_whose, text, name) => {
    expect(longLivedIn(text)).toEqual([name]);
  });

  test.each([
    [
      "of a call",
      "export function count(list: string[]) { const seen = new Set<string>(); for (const one of list) seen.add(one); return seen.size; }",
    ],
    [
      "that a callback fills at once",
      "export function count(list: string[]) { const seen = new Set<string>(); list.forEach((one) => seen.add(one)); return seen; }",
    ],
    [
      "that never grows",
      'const names = new Set(["a"]); export const has = (name: string) => names.has(name);',
    ],
  ])("is no collection %s", (_whose, text) => {
    expect(longLivedIn(text)).toEqual([]);
  });
});
