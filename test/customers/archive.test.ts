import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
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
beforeEach(async () => {
  id = (await tenant.mutate("createCustomer", ann)).customer.id;
});

/** Gives the customer a subscription in a status. */
async function subscribe(
  status: "ACTIVE" | "TRIALING" | "PAST_DUE" | "PAUSED" | "PENDING" | "UNPAID" | "CANCELED" | "EXPIRED",
) {
  const now = new Date("2026-01-01T00:00:00Z");
  await api.database.prisma.billingSubscription.create({
    data: {
      environmentId: tenant.environmentId,
      id: newId(),
      customerId: id,
      status,
      currency: "USD",
      interval: "MONTH",
      billingAnchorDay: 1,
      startedAt: now,
      currentPeriodStart: now,
      currentPeriodEnd: new Date("2026-02-01T00:00:00Z"),
    },
  });
}

describe("ok", () => {
  it("archives, tells of it, and can be read still", async () => {
    const payload = await archive();
    expect(payload).toMatchObject({
      warnings: [],
      userErrors: [],
      customer: { id, status: "ARCHIVED", version: 2 },
    });
    expect(payload.customer.archivedAt).toBe(payload.customer.updatedAt);
    const [, event] = await tenant.events();
    expect(event).toMatchObject({ type: "customer.updated", objectId: id, data: { status: "ARCHIVED" } });
    expect(event?.previousAttributes).toEqual({ status: "ACTIVE", archivedAt: null });
    const { customer } = await tenant.read("query ($id: ID!) { customer(id: $id) { status email } }", { id });
    expect(customer).toEqual({ status: "ARCHIVED", email: "ann@a.example" });
  });

  it("frees the address and the ids, old ones included", async () => {
    await tenant.mutate("updateCustomer", { customer: { id }, external: { source: "crm", id: "C-2" } });
    await archive({ external: { source: "crm", id: "C-1" } });
    expect(await tenant.find("C-1", "crm")).toBeNull();
    expect(await tenant.find("C-2", "crm")).toBeNull();
    expect(await tenant.mutate("createCustomer", ann)).toMatchObject({ created: true, userErrors: [] });
    const second = { email: "c2@a.example", external: { source: "crm", id: "C-2" } };
    expect(await tenant.mutate("createCustomer", second)).toMatchObject({ created: true });
  });

  it.each(["CANCELED", "EXPIRED"] as const)(
    "archives a customer whose subscription is %s",
    async (status) => {
      await subscribe(status);
      expect(await archive()).toMatchObject({ userErrors: [], customer: { status: "ARCHIVED" } });
    },
  );
});

describe("replayed", () => {
  it.each([{ by: "id" }, { by: "external id" }])("is the same as once, by $by", async ({ by }) => {
    const reference = () => (by === "id" ? { id } : { external: ann.external });
    const first = await archive(reference());
    const second = await archive(reference());
    expect(second).toEqual(first);
    expect(await tenant.events()).toHaveLength(2);
  });
});

describe("refused", () => {
  it.each(["ACTIVE", "TRIALING", "PAST_DUE", "PAUSED", "PENDING", "UNPAID"] as const)(
    "refuses while a subscription is %s",
    async (status) => {
      await subscribe(status);
      expect(await archive()).toMatchObject({
        customer: null,
        userErrors: [{ code: "ILLEGAL_STATE", path: ["customer"] }],
      });
      expect(await tenant.find("C-1", "crm")).toMatchObject({ status: "ACTIVE", version: 1 });
      expect(await tenant.events()).toHaveLength(1);
    },
  );
});

describe("not found", () => {
  it.each([
    { id: "0190b5a4-7c55-7a1e-8e5a-0123456789ab" },
    { id: "x" },
    { external: { source: "crm", id: "C-9" } },
  ])("says so for %j", async (customer) => {
    expect(await archive(customer)).toMatchObject({
      customer: null,
      userErrors: [{ code: "NOT_FOUND", path: ["customer"] }],
    });
  });
});
