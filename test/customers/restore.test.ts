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

let id: string;
const ann = { email: "ann@a.example", external: { source: "crm", id: "C-1" } };
const archive = (customer: object = { id }) => tenant.mutate("archiveCustomer", { customer });
const restore = (customer: object = { id }) => tenant.mutate("restoreCustomer", { customer });
beforeEach(async () => {
  id = (await tenant.mutate("createCustomer", ann)).customer.id;
});

describe("ok", () => {
  it("makes the customer active, with its ids, renamed ones included, and tells of it", async () => {
    await tenant.mutate("updateCustomer", { customer: { id }, external: { source: "crm", id: "C-2" } });
    await tenant.mutate("updateCustomer", { customer: { id }, external: { source: "erp", id: "E-1" } });
    const { customer: archived } = await archive();
    const payload = await restore();
    expect(payload).toMatchObject({
      warnings: [],
      userErrors: [],
      customer: { id, status: "ACTIVE", archivedAt: null },
    });
    for (const [externalId, source] of [
      ["C-1", "crm"],
      ["C-2", "crm"],
      ["E-1", "erp"],
    ] as const) {
      expect(await tenant.find(externalId, source)).toMatchObject({ id });
    }
    const event = (await tenant.events()).at(-1);
    expect(event).toMatchObject({ type: "customer.updated", objectId: id, data: { status: "ACTIVE" } });
    expect(event?.previousAttributes).toEqual({ status: "ARCHIVED", archivedAt: archived.archivedAt });
  });

  it("finds an archived customer by an id that it had", async () => {
    await archive();
    expect(await restore({ external: ann.external })).toMatchObject({ customer: { id, status: "ACTIVE" } });
    expect(await tenant.find("C-1", "crm")).toMatchObject({ id });
  });

  it("keeps the stale rule: what the source sent last is remembered", async () => {
    const row = {
      externalId: "A-1",
      email: "bob@a.example",
      name: "Bob",
      externalUpdatedAt: "2026-03-01T00:00:00Z",
    };
    const [{ customer }] = (await tenant.upsert([row])).results;
    await archive({ id: customer.id });
    await restore({ id: customer.id });
    const { results } = await tenant.upsert([
      { ...row, name: "Old", externalUpdatedAt: "2026-02-01T00:00:00Z" },
    ]);
    expect(results).toMatchObject([{ outcome: "STALE", customer: { id: customer.id, name: "Bob" } }]);
  });

  it("goes round and round", async () => {
    for (let round = 0; round < 3; round++) {
      await archive();
      await restore();
    }
    expect(await tenant.find("C-1", "crm")).toMatchObject({ id, version: 7 });
  });
});

describe("replayed", () => {
  it("does nothing to an active customer", async () => {
    expect(await restore()).toMatchObject({ warnings: [], userErrors: [], customer: { id, version: 1 } });
    expect(await tenant.events()).toHaveLength(1);
  });
});

describe("conflict", () => {
  it("refuses while another active customer has the address", async () => {
    await archive();
    const other = await tenant.mutate("createCustomer", { email: "ANN@a.example" });
    expect(await restore()).toMatchObject({
      customer: null,
      userErrors: [{ code: "EMAIL_TAKEN", path: ["customer"] }],
    });
    await archive({ id: other.customer.id });
    expect(await restore()).toMatchObject({ userErrors: [], customer: { status: "ACTIVE" } });
  });

  it("leaves ids with who has them by now, and warns of each", async () => {
    await tenant.mutate("updateCustomer", { customer: { id }, external: { source: "erp", id: "E-1" } });
    await archive();
    const other = await tenant.mutate("createCustomer", { ...ann, email: "bob@a.example" });
    const payload = await restore();
    expect(payload).toMatchObject({ customer: { id, status: "ACTIVE" }, userErrors: [] });
    expect(payload.warnings).toEqual(["crm C-1 belongs to another customer now."]);
    expect(await tenant.find("C-1", "crm")).toMatchObject({ id: other.customer.id });
    expect(await tenant.find("E-1", "erp")).toMatchObject({ id });
    // By now the id names the other customer, which is active.
    expect(await restore({ external: ann.external })).toMatchObject({ customer: { id: other.customer.id } });
  });

  it("gives a customer its old id back when the newer one is lost and the source names it by the old one", async () => {
    await tenant.mutate("updateCustomer", { customer: { id }, external: { source: "crm", id: "C-2" } });
    await archive();
    await tenant.mutate("createCustomer", { email: "bob@a.example", external: { source: "crm", id: "C-2" } });
    await restore();
    const row = { externalId: "C-1", externalUpdatedAt: "2026-03-01T00:00:00Z" };
    const { results } = await tenant.upsert(
      [row, { ...row, name: "Old", externalUpdatedAt: "2026-02-01T00:00:00Z" }],
      "crm",
    );
    expect(results).toMatchObject([
      { outcome: "UPDATED", customer: { id } },
      { outcome: "STALE", customer: { id } },
    ]);
    expect((await tenant.find("C-1", "crm")).externalIds.nodes).toContainEqual(
      expect.objectContaining({ externalId: "C-1", live: true }),
    );
  });

  it("gives two customers that had the same id back to each in turn", async () => {
    await archive();
    const { customer } = await tenant.mutate("createCustomer", { ...ann, email: "bob@a.example" });
    await archive({ id: customer.id });
    // Of two archived customers, the one that had the id last is meant.
    expect(await restore({ external: ann.external })).toMatchObject({
      customer: { id: customer.id },
      warnings: [],
    });
    expect((await restore()).warnings).toHaveLength(1);
  });
});

describe("not found", () => {
  it.each([
    { id: "0190b5a4-7c55-7a1e-8e5a-0123456789ab" },
    { id: "x" },
    { external: { source: "crm", id: "C-9" } },
  ])("says so for %j", async (customer) => {
    expect(await restore(customer)).toMatchObject({
      customer: null,
      userErrors: [{ code: "NOT_FOUND", path: ["customer"] }],
    });
  });
});
