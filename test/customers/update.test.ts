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
const update = (fields: object) => tenant.mutate("updateCustomer", { customer: { id }, ...fields });
beforeEach(async () => {
  const external = { source: "crm", id: "C-1" };
  const address = { line1: "Main 1", city: "Rome", country: "IT" };
  const metadata = { a: "1", b: "2" };
  const { customer } = await tenant.mutate("createCustomer", {
    email: "ann@a.example",
    name: "Ann",
    notes: "vip",
    external,
    address,
    metadata,
    customFields: { n: 1 },
  });
  id = customer.id;
});

describe("ok", () => {
  it("changes the sent fields only, and tells what they were", async () => {
    const payload = await update({
      name: "Anna",
      notes: null,
      address: { city: "Milan" },
      timezone: "Europe/Rome",
    });
    expect(payload).toMatchObject({ changed: true, userErrors: [] });
    expect(payload.customer).toMatchObject({
      email: "ann@a.example",
      name: "Anna",
      notes: null,
      timezone: "Europe/Rome",
      address: { line1: "Main 1", city: "Milan", country: "IT" },
      version: 2,
    });
    const [, event] = await tenant.events();
    expect(event).toMatchObject({
      type: "customer.updated",
      objectId: id,
      data: { name: "Anna", version: 2 },
    });
    expect(event?.previousAttributes).toEqual({ name: "Ann", notes: "vip", city: "Rome", timezone: "UTC" });
  });

  it("finds the customer by an id of another system, an old one included", async () => {
    const customer = (externalId: string) => ({ customer: { external: { source: "crm", id: externalId } } });
    expect(await update({ ...customer("C-1"), name: "One" })).toMatchObject({
      changed: true,
      customer: { id },
    });
    await update({ external: { source: "crm", id: "C-2" } });
    expect(await update({ ...customer("C-1"), name: "Two" })).toMatchObject({
      changed: true,
      customer: { id },
    });
    expect(await update({ ...customer("C-2"), name: "Three" })).toMatchObject({
      changed: true,
      customer: { id },
    });
  });

  it("reads the id in either case", async () => {
    expect(await update({ customer: { id: id.toUpperCase() }, name: "Anna" })).toMatchObject({
      customer: { id },
    });
  });

  it("merges metadata, replaces it when asked to, and clears it by null", async () => {
    const after = async (fields: object) => (await update(fields)).customer;
    expect((await after({ metadata: { b: null, c: "3" } })).metadata).toEqual({ a: "1", c: "3" });
    expect((await after({ metadata: { d: "4" }, replaceMetadata: true })).metadata).toEqual({ d: "4" });
    expect((await after({ customFields: { t: "x" } })).customFields).toEqual({ n: 1, t: "x" });
    expect(
      (await after({ customFields: { z: true, n: null }, replaceCustomFields: true })).customFields,
    ).toEqual({ z: true });
    expect((await after({ name: "Bea", replaceMetadata: true })).metadata).toEqual({ d: "4" });
    expect((await after({ metadata: null })).metadata).toEqual({});
  });

  it("replaces full metadata by full metadata", async () => {
    const full = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${prefix}${index}`, "v"]));
    await update({ metadata: full("a"), replaceMetadata: true });
    expect(await update({ metadata: full("b"), replaceMetadata: true })).toMatchObject({ changed: true });
    expect(await update({ metadata: { one: "more" } })).toMatchObject({
      changed: false,
      customer: null,
      userErrors: [{ code: "TOO_LONG", path: ["metadata"] }],
    });
  });

  it("renames an external id, and keeps the old one leading to the customer", async () => {
    const payload = await update({ external: { source: "crm", id: "C-2" } });
    expect(payload).toMatchObject({ changed: true, customer: { version: 2 } });
    const { externalIds } = await tenant.find("C-2", "crm");
    expect(
      externalIds.nodes.map((one: { externalId: string; live: boolean }) => [one.externalId, one.live]),
    ).toEqual([
      ["C-2", true],
      ["C-1", false],
    ]);
    expect(await tenant.find("C-1", "crm")).toMatchObject({ id });
    await update({ external: { source: "crm", id: "C-1" } });
    expect(await tenant.find("C-2", "crm")).toMatchObject({ id });
    expect((await tenant.events()).map(({ type }) => type)).toEqual([
      "customer.created",
      "customer.updated",
      "customer.updated",
    ]);
  });

  it("adds an id of another source", async () => {
    await update({ external: { source: "wodify", id: "W-1" } });
    expect(await tenant.find("W-1", "wodify")).toMatchObject({ id });
    expect(await tenant.find("C-1", "crm")).toMatchObject({ id });
  });
});

describe("unchanged", () => {
  it.each([
    {},
    { name: "Ann", metadata: { a: "1", gone: null }, address: { country: "it" } },
    { external: { source: "crm", id: "C-1" }, integrations: [], customFields: {} },
    { expectedVersion: 1, email: " ann@a.example " },
    { metadata: { a: "1", b: "2" }, replaceMetadata: true },
    { external: null, integrations: null, expectedVersion: null, replaceMetadata: null },
  ])("writes nothing and tells of nothing for %j", async (fields) => {
    expect(await update(fields)).toMatchObject({
      changed: false,
      userErrors: [],
      customer: { version: 1, name: "Ann" },
    });
    expect(await tenant.events()).toHaveLength(1);
  });
});

describe("not found", () => {
  it.each([
    [{ id: "0190b5a4-7c55-7a1e-8e5a-0123456789ab" }],
    [{ id: "nonsense" }],
    [{ external: { source: "crm", id: "C-9" } }],
    [{ external: { source: "CRM", id: "C-1" } }],
  ])("says so at the reference %j", async (customer) => {
    const payload = await update({ customer, name: "No" });
    expect(payload).toMatchObject({
      changed: false,
      customer: null,
      userErrors: [{ code: "NOT_FOUND", path: ["customer"] }],
    });
  });
});

describe("conflict", () => {
  beforeEach(async () => {
    await tenant.mutate("createCustomer", { email: "bob@a.example", external: { source: "crm", id: "B-1" } });
  });

  it("refuses an address that another active customer has, with nothing changed", async () => {
    const payload = await update({ email: "BOB@a.example", name: "No" });
    expect(payload).toMatchObject({
      changed: false,
      customer: null,
      userErrors: [{ code: "EMAIL_TAKEN", path: ["email"] }],
    });
    expect(await tenant.find("C-1", "crm")).toMatchObject({ name: "Ann", version: 1 });
    expect(await update({ email: "ANN@a.example" })).toMatchObject({ changed: true });
  });

  it("refuses an external id that leads to another customer, by its old name too", async () => {
    await tenant.mutate("updateCustomer", {
      customer: { external: { source: "crm", id: "B-1" } },
      external: { source: "crm", id: "B-2" },
    });
    for (const taken of ["B-1", "B-2"]) {
      const payload = await update({ external: { source: "crm", id: taken }, name: "No" });
      expect(payload).toMatchObject({
        customer: null,
        userErrors: [{ code: "EXTERNAL_ID_TAKEN", path: ["external", "id"] }],
      });
    }
    expect(await update({ external: { source: "other", id: "B-1" } })).toMatchObject({ changed: true });
    expect(await tenant.find("C-1", "crm")).toMatchObject({ name: "Ann" });
  });

  it("refuses another version than the one expected, and tells the current one", async () => {
    await update({ name: "Anna" });
    const payload = await update({ name: "No", expectedVersion: 1 });
    expect(payload).toMatchObject({
      customer: null,
      changed: false,
      userErrors: [
        {
          __typename: "VersionMismatch",
          code: "VERSION_MISMATCH",
          path: ["expectedVersion"],
          expectedVersion: 1,
          currentVersion: 2,
        },
      ],
    });
    expect(await update({ name: "Bea", expectedVersion: 2 })).toMatchObject({
      changed: true,
      customer: { version: 3 },
    });
  });

  it("refuses to change an archived customer", async () => {
    await tenant.mutate("archiveCustomer", { customer: { id } });
    expect(await update({ name: "No" })).toMatchObject({
      customer: null,
      userErrors: [{ code: "ILLEGAL_STATE", path: ["customer"] }],
    });
  });
});

describe("invalid", () => {
  it.each<[string, object, string, string[]]>([
    ["a text as version", { expectedVersion: "abc" }, "INVALID", ["expectedVersion"]],
    ["a numeral as version", { expectedVersion: "1" }, "INVALID", ["expectedVersion"]],
    ["a fraction as version", { expectedVersion: 1.5 }, "INVALID", ["expectedVersion"]],
    ["version 0", { expectedVersion: 0 }, "INVALID", ["expectedVersion"]],
    ["a version beyond all", { expectedVersion: 9_007_199_254_740_991 }, "INVALID", ["expectedVersion"]],
    ["no e-mail address", { email: null }, "REQUIRED", ["email"]],
    [
      "an empty id of another system",
      { external: { source: "crm", id: "" } },
      "REQUIRED",
      ["external", "id"],
    ],
    [
      "an empty reference",
      { customer: { external: { source: "crm", id: "" } } },
      "REQUIRED",
      ["customer", "external", "id"],
    ],
    ["a bad country", { address: { country: "XX" } }, "INVALID", ["address", "country"]],
    ["metadata that is a text", { metadata: "x" }, "INVALID", ["metadata"]],
  ])("%s is refused, with nothing changed", async (_name, fields, code, path) => {
    const payload = await update({ name: "No", ...fields });
    expect(payload).toMatchObject({ changed: false, customer: null, userErrors: [{ code, path }] });
    expect(payload.userErrors).toHaveLength(1);
    expect(await tenant.events()).toHaveLength(1);
  });

  it.each([{ customer: {} }, { customer: { id: "x", external: { id: "x" } } }, { customer: { id: null } }])(
    "%j is refused by GraphQL: a reference is one of two",
    async (fields) => {
      const document =
        "mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { changed } }";
      const { data, errors } = await api.graphql(document, { input: fields }, { key: tenant.key });
      expect(data).toBeUndefined();
      expect(errors?.[0]?.extensions["code"]).toBe("INVALID_REQUEST");
    },
  );
});
