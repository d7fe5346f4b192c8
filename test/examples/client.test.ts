import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BillgraphError, createClient } from "../../examples/dashboard/client.ts";
import {
  CustomerListDocument,
  CustomerPageDocument,
  ViewerHeaderDocument,
} from "../../examples/dashboard/generated/graphql.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type BillingIds, insertBilling } from "./billing-rows.ts";

let api: TestApi;
let endpoint: string;
let ids: BillingIds;
beforeAll(async () => {
  api = await startApi();
  endpoint = `${api.url}/graphql`;
  ids = await insertBilling(api, api.environmentId, 3);
});
afterAll(() => api.close());

describe("the client", () => {
  it("gives the data of a document, with and without variables", async () => {
    const query = createClient(endpoint, api.key);
    const { viewer } = await query(ViewerHeaderDocument);
    expect(viewer).toMatchObject({ livemode: false, merchant: { name: "Test merchant" } });
    const { customer } = await query(CustomerPageDocument, { id: ids.Customer[0] ?? "" });
    expect(customer?.invoices?.nodes[0]?.total.formatted).toBe("$95.00");
  });

  it("wants the variables that a document asks for, of the right types", () => {
    const query = createClient(endpoint, api.key);
    // @ts-expect-error -- the id is missing
    void (() => query(CustomerPageDocument));
    // @ts-expect-error -- there is no such state
    void (() => query(CustomerListDocument, { filter: { status: ["GONE"] } }));
    // @ts-expect-error -- this query has no variables
    void (() => query(ViewerHeaderDocument, { id: "1" }));
    expect(query).toBeTypeOf("function");
  });

  it("throws what the API refuses, with its code", async () => {
    const query = createClient(endpoint, await api.keyWith("invoices:read"));
    const refused = query(CustomerListDocument, {});
    await expect(refused).rejects.toThrow(BillgraphError);
    await expect(refused).rejects.toThrow(/^PERMISSION_DENIED: /);
    await expect(createClient(endpoint, "nonsense")(ViewerHeaderDocument)).rejects.toThrow(
      /^UNAUTHENTICATED: /,
    );
  });
});

describe("customers.ts", () => {
  async function run(env: Record<string, string>, ...options: string[]) {
    const script = resolve(import.meta.dirname, "../../examples/dashboard/customers.ts");
    const child = spawn(process.execPath, [script, ...options], { env });
    const [output, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit"),
    ]);
    return { output, errors, code };
  }

  it("prints a table of customers", async () => {
    const { output, errors, code } = await run(
      { BILLGRAPH_URL: endpoint, BILLGRAPH_KEY: api.key },
      "--search",
      "customer 1",
    );
    expect({ errors, code }).toEqual({ errors: "", code: 0 });
    expect(output).toContain("customer-1@example.com");
    expect(output).not.toContain("customer-2@example.com");
    expect(output).toContain("1 of 1 customers");
  });

  it("asks for a key", async () => {
    const { errors, code } = await run({});
    expect(code).toBe(1);
    expect(errors).toContain("BILLGRAPH_KEY");
  });
});
