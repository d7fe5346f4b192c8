import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readExamples } from "../../src/http/graphiql/examples.ts";
import type { TestApi } from "../kit/api.ts";
import { startPlayground } from "./support/playground.ts";

const examples = new Map(readExamples().map((example) => [example.name, example]));

describe("the playground's examples, on demo data", () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startPlayground();
  });
  afterAll(() => api.close());

  async function run(name: string): Promise<any> {
    const { document, variables } = examples.get(name)!;
    return (await api.query(document, { ...variables })).data;
  }

  it("are these, each with a comment first that says what it shows", () => {
    expect([...examples.keys()]).toEqual(["Dashboard", "BatchUpsert", "StaleUpdate", "Search"]);
    for (const { document } of examples.values())
      expect(document).toMatch(/^(# .{10,58}\n)+(query|mutation) /);
  });

  it("reads a dashboard", async () => {
    const { customers } = await run("Dashboard");
    expect(customers.totalCount).toBeGreaterThan(5);
    expect(customers.nodes).toHaveLength(5);
    expect(customers.nodes.flatMap((customer: any) => customer.invoices.nodes)).toContainEqual({
      number: expect.any(String),
      status: expect.any(String),
      total: { formatted: expect.any(String) },
      amountDue: { formatted: expect.any(String) },
      dueAt: expect.any(String),
    });
    const subscriptions = customers.nodes.flatMap((customer: any) => customer.subscriptions.nodes);
    expect(subscriptions).not.toHaveLength(0);
    expect(subscriptions[0].items.nodes[0].price.product.name).toEqual(expect.any(String));
    for (const { usage } of customers.nodes) expect(usage).toHaveLength(5);
  });

  it("upserts a batch, and again without a change", async () => {
    const first = (await run("BatchUpsert")).upsertCustomersByExternalId;
    expect(first).toMatchObject({ created: 1, updated: 1, skipped: 0, failed: 1, userErrors: [] });
    expect(first.results.map((result: any) => result.outcome)).toEqual(["UPDATED", "CREATED", "FAILED"]);
    const second = (await run("BatchUpsert")).upsertCustomersByExternalId;
    expect(second).toMatchObject({ created: 0, updated: 0, skipped: 2, failed: 1 });
  });

  it("does not apply a stale update", async () => {
    const { upsertCustomerByExternalId: payload } = await run("StaleUpdate");
    expect(payload).toMatchObject({
      outcome: "STALE",
      customer: { name: "John Doe" },
      userErrors: [
        {
          code: "STALE_UPDATE",
          storedUpdatedAt: expect.stringMatching(/^2026-01-01T00:00:00/),
          incomingUpdatedAt: expect.stringMatching(/^2025-06-01T12:00:00/),
        },
      ],
    });
  });

  it("searches", async () => {
    const { customers, customerByExternalId } = await run("Search");
    expect(customerByExternalId.name).toBe("John Doe");
    expect(customers.nodes).toContainEqual(customerByExternalId);
    for (const { name, companyName, email } of customers.nodes) {
      expect(`${name} ${companyName} ${email}`.toLowerCase()).toContain("john");
    }
  });
});
