import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { OperationTypeNode, parse, visit } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Witness, witnesses } from "../kit/api.ts";
import { expectSameAnswer } from "./support/same-answer.ts";
import { type Gateway, type Subgraphs, gateways, startSubgraphs } from "./support/stack.ts";

/**
 * The tests of the dashboard's documents and of reads, with every query that they ask asked again through each gateway: its
 * data is the same to the byte, and its errors are those of the same fields. `npm run parity` takes all of these tests, the suite the first few.
 */
const folder = resolve(import.meta.dirname, "..");
const reads = readdirSync(resolve(folder, "reads")).filter((name) => name.endsWith(".test.ts"));
const some = ["nodes.test.ts", "objects.test.ts", "permissions.test.ts"];
const files = [
  "examples/dashboard.test.ts",
  ...(process.env["PARITY"] === "long" ? reads : some).map((name) => `reads/${name}`),
];

let subgraphs: Subgraphs;
let running: [string, Gateway][] = [];
let asked = 0;
beforeAll(async () => {
  subgraphs = await startSubgraphs();
  running = await Promise.all(
    Object.entries(gateways).map(async ([name, start]): Promise<[string, Gateway]> => [
      name,
      await start(subgraphs.supergraphSdl),
    ]),
  );
  witnesses.call = async (api) => {
    subgraphs.serve(api);
    return witness;
  };
});
afterAll(async () => {
  delete witnesses.call;
  await Promise.all(running.map(([, { close }]) => close()));
  await subgraphs.close();
});

const witness: Witness = async ({ document, variables, key, answer }) => {
  if (!isForSubgraphs(document)) return;
  asked += 1;
  for (const [name, { ask }] of running) {
    expectSameAnswer(name, await ask(key, document, variables), answer);
  }
};

/** Whether it is a query that a gateway does not answer by itself. */
function isForSubgraphs(document: string): boolean {
  let is = true;
  try {
    visit(parse(document), {
      OperationDefinition: ({ operation }) => void (is &&= operation === OperationTypeNode.QUERY),
      Field: ({ name }) => void (is &&= !/^__(schema|type)$/.test(name.value)),
    });
  } catch {
    return false;
  }
  return is;
}

describe.each(files)("%s", async (file) => {
  await import(resolve(folder, file));
});

it("asked for something", () => {
  expect(asked).toBeGreaterThan(50);
});
