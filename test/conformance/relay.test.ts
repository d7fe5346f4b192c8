import { execFile } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";

const root = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

const sources = {
  "src/Customers.js": `
    import { graphql } from "relay-runtime";
    graphql\`
      query CustomersQuery { ...Customers_list }
    \`;
    graphql\`
      fragment Customers_list on Query
      @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" })
      @refetchable(queryName: "CustomersPageQuery") {
        customers(first: $count, after: $cursor) @connection(key: "Customers_customers") {
          edges { node { id name ...Customer_details } }
        }
      }
    \`;
  `,
  "src/Customer.js": `
    import { graphql } from "relay-runtime";
    graphql\`
      fragment Customer_details on Customer
      @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" })
      @refetchable(queryName: "CustomerInvoicesQuery") {
        email
        invoices(first: $count, after: $cursor) @connection(key: "Customer_invoices") {
          edges { node { id number total { formatted } } }
        }
      }
    \`;
    graphql\`
      mutation CustomerRenameMutation($input: UpdateCustomerInput!) {
        updateCustomer(input: $input) {
          customer { id name }
          userErrors { code message path ... on VersionMismatch { currentVersion } }
        }
      }
    \`;
  `,
};

let api: TestApi;
let folder: string;
beforeAll(async () => {
  api = await startApi();
  folder = mkdtempSync(join(tmpdir(), "billgraph-relay-"));
  for (const [file, text] of Object.entries(sources)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  copyFileSync(join(root, "schema.graphql"), join(folder, "schema.graphql"));
  writeFileSync(join(folder, "package.json"), "{}");
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api.close();
});

/** Compiles the sources, and gives the documents that they send to the server, in no order. */
async function compile(): Promise<string[]> {
  const config = {
    src: "./src",
    schema: "./schema.graphql",
    artifactDirectory: "./artifacts",
    language: "typescript",
    persistConfig: { file: "./persisted.json", algorithm: "SHA256" },
  };
  mkdirSync(join(folder, "artifacts"));
  writeFileSync(join(folder, "persisted.json"), "{}");
  writeFileSync(join(folder, "relay.config.json"), JSON.stringify(config));
  const compiler = join(root, "node_modules/relay-compiler/cli.js");
  await run(process.execPath, [compiler, "relay.config.json"], { cwd: folder });
  return Object.values(
    JSON.parse(readFileSync(join(folder, "persisted.json"), "utf8")) as object,
  ) as string[];
}

it("compiles paginated and refetchable fragments to documents that the API answers", async () => {
  const documents = await compile();
  expect(globSync("*.graphql.ts", { cwd: join(folder, "artifacts") }).toSorted()).toEqual([
    "CustomerInvoicesQuery.graphql.ts",
    "CustomerRenameMutation.graphql.ts",
    "Customer_details.graphql.ts",
    "CustomersPageQuery.graphql.ts",
    "CustomersQuery.graphql.ts",
    "Customers_list.graphql.ts",
  ]);
  expect(documents).toHaveLength(4);
  const find = (name: string) => documents.find((text) => text.includes(`${name}(`)) ?? "";

  const [id = ""] = await insert(api, "Customer", [{ name: "Ada", email: "ada@example.org" }]);
  await insert(api, "Invoice", [
    { customerId: id, number: "INV-1" },
    { customerId: id, number: "INV-2" },
  ]);
  const all = await api.query(documents.find((text) => /CustomersQuery\b/.test(text)) ?? "");
  expect(all.data.customers.edges).toMatchObject([
    {
      cursor: expect.any(String),
      node: { __typename: "Customer", id, name: "Ada", email: "ada@example.org" },
    },
  ]);
  const page = await api.query(find("CustomerInvoicesQuery"), { id, count: 1 });
  expect(page.data.node).toMatchObject({
    __typename: "Customer",
    id,
    invoices: { edges: [{ node: { number: "INV-2" } }] },
  });
  const renamed = await api.query(find("CustomerRenameMutation"), {
    input: { customer: { id }, name: "Eda" },
  });
  expect(renamed.data.updateCustomer).toEqual({ customer: { id, name: "Eda" }, userErrors: [] });
});
