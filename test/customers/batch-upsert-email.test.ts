import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Tenant, newTenant } from "./support.ts";

let api: TestApi;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  tenant = await newTenant(api);
});
afterAll(() => api.close());

const outcomes = ({ results }: { results: { outcome: string }[] }) => results.map(({ outcome }) => outcome);

describe("an e-mail address that is known", () => {
  it("links a customer that the source does not know, and warns", async () => {
    const { customer } = await tenant.mutate("createCustomer", {
      email: "Ann@a.example",
      name: "Ann",
      notes: "kept",
    });
    const { results, updated } = await tenant.upsert([
      {
        externalId: "A-1",
        email: "ann@A.example",
        name: "Ann B.",
        externalUpdatedAt: "2026-01-01T00:00:00Z",
      },
    ]);
    expect(updated).toBe(1);
    expect(results).toMatchObject([
      {
        outcome: "UPDATED",
        warnings: ["The customer was found by its e-mail address and is now linked to practicehub A-1."],
        customer: { id: customer.id, email: "ann@A.example", name: "Ann B.", notes: "kept", version: 2 },
      },
    ]);
    expect((await tenant.find("A-1")).externalIds.nodes).toEqual([
      { source: "practicehub", externalId: "A-1", live: true, externalUpdatedAt: "2026-01-01T00:00:00.000Z" },
    ]);
  });

  it("links, and counts as updated, even when no field is different", async () => {
    await tenant.mutate("createCustomer", { email: "ann@a.example" });
    const { results } = await tenant.upsert([{ externalId: "A-1", email: "ann@a.example" }]);
    expect(results).toMatchObject([{ outcome: "UPDATED", customer: { version: 2 } }]);
    expect(await tenant.find("A-1")).toMatchObject({ version: 2 });
  });

  it("links a customer of another source, which keeps that id", async () => {
    await tenant.upsert([{ externalId: "W-1", email: "ann@a.example" }], "wodify");
    const { results } = await tenant.upsert([{ externalId: "A-1", email: "ann@a.example" }]);
    expect(results).toMatchObject([{ outcome: "UPDATED" }]);
    expect((await tenant.find("W-1", "wodify")).id).toBe((await tenant.find("A-1")).id);
  });

  it("fails the row when the customer has another id of the source", async () => {
    await tenant.upsert([{ externalId: "A-1", email: "ann@a.example", name: "Ann" }]);
    const payload = await tenant.upsert([
      { externalId: "A-2", email: "ANN@a.example", name: "Other" },
      { externalId: "A-3", email: "new@a.example" },
    ]);
    expect(payload).toMatchObject({ created: 1, failed: 1 });
    expect(payload.results[0]).toMatchObject({
      outcome: "FAILED",
      customer: null,
      userErrors: [{ code: "EMAIL_TAKEN", path: ["customers", "0", "email"] }],
    });
    expect(await tenant.find("A-2")).toBeNull();
    expect(await tenant.find("A-1")).toMatchObject({ name: "Ann", version: 1 });
  });

  it("applies the rest of an update, and warns, when another customer has the new address", async () => {
    await tenant.upsert([
      { externalId: "A-1", email: "ann@a.example" },
      { externalId: "A-2", email: "bob@a.example" },
    ]);
    const { results } = await tenant.upsert([{ externalId: "A-2", email: "Ann@a.example", name: "Bob" }]);
    expect(results).toMatchObject([
      {
        outcome: "UPDATED",
        warnings: ["email was not applied: another active customer has it."],
        userErrors: [],
        customer: { email: "bob@a.example", name: "Bob", version: 2 },
      },
    ]);
    const again = await tenant.upsert([{ externalId: "A-2", email: "Ann@a.example", name: "Bob" }]);
    expect(again.results).toMatchObject([
      { outcome: "UNCHANGED", warnings: ["email was not applied: another active customer has it."] },
    ]);
  });

  it("is free when its customer was archived", async () => {
    const [{ customer }] = (await tenant.upsert([{ externalId: "A-1", email: "ann@a.example" }])).results;
    await tenant.mutate("archiveCustomer", { customer: { id: customer.id } });
    const { results } = await tenant.upsert([{ externalId: "A-2", email: "ann@a.example" }]);
    expect(results).toMatchObject([{ outcome: "CREATED", warnings: [] }]);
    expect(results[0].customer.id).not.toBe(customer.id);
  });
});

describe("an external id whose customer was archived", () => {
  it("is free for a new customer", async () => {
    const row = { externalId: "A-1", email: "ann@a.example", externalUpdatedAt: "2026-05-01T00:00:00Z" };
    const [{ customer }] = (await tenant.upsert([row])).results;
    await tenant.mutate("archiveCustomer", { customer: { id: customer.id } });
    const { results } = await tenant.upsert([{ ...row, externalUpdatedAt: "2026-01-01T00:00:00Z" }]);
    expect(results).toMatchObject([{ outcome: "CREATED", customer: { version: 1 } }]);
    expect(results[0].customer.id).not.toBe(customer.id);
  });
});

describe("rows of one batch that are about the same address", () => {
  it("gives it to the first, and fails the second of the same source", async () => {
    const payload = await tenant.upsert([
      { externalId: "A-1", email: "ann@a.example" },
      { externalId: "A-2", email: "ANN@A.EXAMPLE" },
      { externalId: "A-3", email: "ann3@a.example" },
    ]);
    expect(outcomes(payload)).toEqual(["CREATED", "FAILED", "CREATED"]);
    expect(payload.results[1].userErrors).toMatchObject([
      { code: "EMAIL_TAKEN", path: ["customers", "1", "email"] },
    ]);
  });

  it("gives an address away before the next row takes it", async () => {
    await tenant.upsert([{ externalId: "X", email: "a@a.example" }]);
    const payload = await tenant.upsert([
      { externalId: "X", email: "b@a.example" },
      { externalId: "Y", email: "a@a.example" },
    ]);
    expect(outcomes(payload)).toEqual(["UPDATED", "CREATED"]);
    expect(await tenant.find("X")).toMatchObject({ email: "b@a.example" });
    expect(await tenant.find("Y")).toMatchObject({ email: "a@a.example" });
  });

  it("does not give an address away before its owner does", async () => {
    await tenant.upsert([{ externalId: "X", email: "a@a.example" }]);
    const payload = await tenant.upsert([
      { externalId: "Y", email: "a@a.example" },
      { externalId: "X", email: "b@a.example" },
    ]);
    expect(outcomes(payload)).toEqual(["FAILED", "UPDATED"]);
    expect(await tenant.find("Y")).toBeNull();
  });

  it("passes addresses along a chain", async () => {
    const at = (externalId: string, email: string) => ({ externalId, email: `${email}@a.example` });
    await tenant.upsert([at("X", "a"), at("Y", "b"), at("Z", "c")]);
    const payload = await tenant.upsert([at("Z", "d"), at("Y", "c"), at("X", "b"), at("W", "a")]);
    expect(outcomes(payload)).toEqual(["UPDATED", "UPDATED", "UPDATED", "CREATED"]);
    const emails = await Promise.all(["W", "X", "Y", "Z"].map(async (id) => (await tenant.find(id)).email));
    expect(emails).toEqual(["a@a.example", "b@a.example", "c@a.example", "d@a.example"]);
  });

  it("swaps two addresses by way of a third", async () => {
    const at = (externalId: string, email: string) => ({ externalId, email: `${email}@a.example` });
    await tenant.upsert([at("X", "a"), at("Y", "b")]);
    const direct = await tenant.upsert([at("X", "b"), at("Y", "a")]);
    expect(direct.results.map(({ warnings }: { warnings: string[] }) => warnings.length)).toEqual([1, 1]);
    const payload = await tenant.upsert([at("X", "t"), at("Y", "a"), at("X", "b")]);
    expect(outcomes(payload)).toEqual(["UPDATED", "UPDATED", "UPDATED"]);
    expect(await tenant.find("X")).toMatchObject({ email: "b@a.example" });
    expect(await tenant.find("Y")).toMatchObject({ email: "a@a.example" });
  });

  it("finds the customer that an earlier row has linked", async () => {
    await tenant.mutate("createCustomer", { email: "ann@a.example", name: "Ann" });
    const payload = await tenant.upsert([
      { externalId: "A-1", email: "ann@a.example" },
      { externalId: "A-1", email: "new@a.example" },
      { externalId: "A-2", email: "ann@a.example" },
    ]);
    expect(outcomes(payload)).toEqual(["UPDATED", "UPDATED", "CREATED"]);
    expect(await tenant.find("A-1")).toMatchObject({ name: "Ann", email: "new@a.example" });
    expect(await tenant.find("A-2")).toMatchObject({ name: null, email: "ann@a.example" });
  });

  it("finds a customer by an old and by a new id", async () => {
    const [{ customer }] = (await tenant.upsert([{ externalId: "A-1", email: "ann@a.example" }])).results;
    const external = { source: "practicehub", id: "A-2" };
    await tenant.mutate("updateCustomer", { customer: { id: customer.id }, external });
    const payload = await tenant.upsert([
      { externalId: "A-1", metadata: { one: "1" } },
      { externalId: "A-2", metadata: { two: "2" } },
      { externalId: "A-1", metadata: { three: "3" } },
    ]);
    expect(outcomes(payload)).toEqual(["UPDATED", "UPDATED", "UPDATED"]);
    expect(await tenant.find("A-2")).toMatchObject({
      metadata: { one: "1", two: "2", three: "3" },
      version: 5,
    });
  });
});
