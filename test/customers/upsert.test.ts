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

const upsert = (customer: object, source = "practicehub") =>
  tenant.mutate("upsertCustomerByExternalId", { source, customer });
const ann = {
  externalId: "A-1",
  email: "ann@a.example",
  name: "Ann",
  externalUpdatedAt: "2026-01-01T00:00:00Z",
};

describe("created", () => {
  it("answers the new customer", async () => {
    const payload = await upsert(ann);
    expect(payload).toMatchObject({ created: true, outcome: "CREATED", warnings: [], userErrors: [] });
    expect(payload.customer).toMatchObject({ name: "Ann", version: 1 });
    expect(await tenant.find("A-1")).toMatchObject({ id: payload.customer.id });
    expect(await tenant.events()).toMatchObject([
      { type: "customer.created", objectId: payload.customer.id },
    ]);
  });
});

describe("updated", () => {
  it("changes what was sent", async () => {
    await upsert(ann);
    const payload = await upsert({ externalId: "A-1", name: "Anna" });
    expect(payload).toMatchObject({ created: false, outcome: "UPDATED", warnings: [], userErrors: [] });
    expect(payload.customer).toMatchObject({ name: "Anna", email: "ann@a.example", version: 2 });
  });

  it("links by e-mail address, with a warning", async () => {
    const { customer } = await tenant.mutate("createCustomer", { email: "ann@a.example" });
    const payload = await upsert(ann);
    expect(payload).toMatchObject({
      created: false,
      outcome: "UPDATED",
      customer: { id: customer.id },
      userErrors: [],
    });
    expect(payload.warnings).toEqual([expect.stringContaining("practicehub A-1")]);
  });

  it("applies the rest, with a warning, when another customer has the address", async () => {
    await upsert(ann);
    await upsert({ externalId: "A-2", email: "bob@a.example" });
    const payload = await upsert({ externalId: "A-2", email: "ann@a.example", name: "Bob" });
    expect(payload).toMatchObject({ outcome: "UPDATED", customer: { email: "bob@a.example", name: "Bob" } });
    expect(payload.warnings).toEqual([expect.stringMatching(/^email was not applied/)]);
  });
});

describe("unchanged", () => {
  it("writes nothing", async () => {
    const first = await upsert(ann);
    const payload = await upsert(ann);
    expect(payload).toMatchObject({ created: false, outcome: "UNCHANGED", warnings: [], userErrors: [] });
    expect(payload.customer).toEqual(first.customer);
    expect(await tenant.events()).toHaveLength(1);
  });
});

describe("stale", () => {
  it("is no failure: it tells both times and the customer as it is", async () => {
    await upsert(ann);
    const payload = await upsert({ ...ann, name: "Old", externalUpdatedAt: "2025-12-31T23:59:59.999999Z" });
    expect(payload).toMatchObject({
      created: false,
      outcome: "STALE",
      warnings: [],
      customer: { name: "Ann", version: 1 },
    });
    expect(payload.userErrors).toMatchObject([
      {
        __typename: "StaleUpdate",
        code: "STALE_UPDATE",
        path: ["customer", "externalUpdatedAt"],
        storedUpdatedAt: "2026-01-01T00:00:00.000000Z",
        incomingUpdatedAt: "2025-12-31T23:59:59.999999Z",
      },
    ]);
    expect(await tenant.events()).toHaveLength(1);
  });
});

describe("conflict", () => {
  it("refuses the address of a customer with another id of the source", async () => {
    await upsert(ann);
    const payload = await upsert({ externalId: "A-2", email: "Ann@a.example" });
    expect(payload).toMatchObject({ created: false, outcome: "FAILED", customer: null, warnings: [] });
    expect(payload.userErrors).toMatchObject([{ code: "EMAIL_TAKEN", path: ["customer", "email"] }]);
  });
});

describe("invalid", () => {
  it.each<[string, string, object, string, string[]]>([
    ["no address for a new customer", "s", { externalId: "1" }, "REQUIRED", ["customer", "email"]],
    ["an empty id", "s", { ...ann, externalId: "" }, "REQUIRED", ["customer", "externalId"]],
    [
      "a bad country",
      "s",
      { ...ann, address: { country: "XX" } },
      "INVALID",
      ["customer", "address", "country"],
    ],
    ["a bad date", "s", { ...ann, externalUpdatedAt: "now" }, "INVALID", ["customer", "externalUpdatedAt"]],
    ["an empty source", "", ann, "REQUIRED", ["source"]],
    ["a long source", "s".repeat(65), ann, "TOO_LONG", ["source"]],
  ])("%s is refused, with the way to it from the input", async (_name, source, customer, code, path) => {
    const payload = await upsert(customer, source);
    expect(payload).toMatchObject({
      created: false,
      outcome: "FAILED",
      customer: null,
      userErrors: [{ code, path }],
    });
    expect(await tenant.events()).toEqual([]);
  });

  it("refuses to clear the e-mail address", async () => {
    await upsert(ann);
    const payload = await upsert({ externalId: "A-1", email: null, name: "No" });
    expect(payload.userErrors).toMatchObject([{ code: "REQUIRED", path: ["customer", "email"] }]);
    expect(await tenant.find("A-1")).toMatchObject({ name: "Ann" });
  });
});
