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
const update = (fields: object, customer: object = { id }) =>
  tenant.mutate("updateCustomer", { customer, ...fields });
const set = (...integrations: object[]) => update({ integrations });
const stripe = (providerEntityId: string | null, rest: object = {}) => ({
  providerType: "stripe",
  providerEntityId,
  ...rest,
});
beforeEach(async () => {
  const { customer } = await tenant.mutate("createCustomer", {
    email: "ann@a.example",
    external: { id: "A" },
  });
  id = customer.id;
});

/** The customer's mappings as provider, record and metadata. */
async function mappings(): Promise<unknown[]> {
  const { integrations } = await tenant.find("A", "merchant");
  return integrations.nodes
    .map((one: { providerType: string; providerEntityId: string; metadata: object }) => [
      one.providerType,
      one.providerEntityId,
      one.metadata,
    ])
    .toSorted();
}

describe("ok", () => {
  it("sets mappings, and counts that as a change of the customer", async () => {
    const payload = await set(stripe("cus_1", { metadata: { a: "1" } }), {
      providerType: "xero",
      providerEntityId: "x",
    });
    expect(payload).toMatchObject({ changed: true, customer: { version: 2 }, userErrors: [] });
    expect(await mappings()).toEqual([
      ["stripe", "cus_1", { a: "1" }],
      ["xero", "x", {}],
    ]);
    expect((await tenant.events()).at(-1)).toMatchObject({
      type: "customer.updated",
      previousAttributes: {},
    });
  });

  it("moves a mapping to another record, and takes one away, leaving the others", async () => {
    await set(stripe("cus_1"), { providerType: "xero", providerEntityId: "x" });
    expect(await set(stripe("cus_2"))).toMatchObject({ changed: true });
    expect(await mappings()).toEqual([
      ["stripe", "cus_2", {}],
      ["xero", "x", {}],
    ]);
    expect(await set(stripe(null))).toMatchObject({ changed: true });
    expect(await mappings()).toEqual([["xero", "x", {}]]);
    expect(await set(stripe(null))).toMatchObject({ changed: false });
  });

  it("replaces metadata that is sent, leaves it alone where it is not, and clears it by null", async () => {
    await set(stripe("cus_1", { metadata: { a: "1", b: "2" } }));
    await set(stripe("cus_1"));
    expect(await mappings()).toEqual([["stripe", "cus_1", { a: "1", b: "2" }]]);
    await set(stripe("cus_1", { metadata: { c: "3", d: null } }));
    expect(await mappings()).toEqual([["stripe", "cus_1", { c: "3" }]]);
    await set(stripe("cus_1", { metadata: null }));
    expect(await mappings()).toEqual([["stripe", "cus_1", {}]]);
  });

  it("lets a record pass from one customer to another", async () => {
    await set(stripe("cus_1"));
    const { customer } = await tenant.mutate("createCustomer", { email: "bob@a.example" });
    await set(stripe(null));
    expect(await update({ integrations: [stripe("cus_1")] }, { id: customer.id })).toMatchObject({
      changed: true,
    });
  });
});

describe("unchanged", () => {
  it("writes nothing when the mapping is there already", async () => {
    await set(stripe("cus_1", { metadata: { a: "1" } }));
    const before = await tenant.events();
    expect(await set(stripe("cus_1", { metadata: { a: "1" } }))).toMatchObject({
      changed: false,
      customer: { version: 2 },
    });
    expect(await set(stripe("cus_1"))).toMatchObject({ changed: false });
    expect(await tenant.events()).toEqual(before);
  });
});

describe("conflict", () => {
  it("refuses a record that another customer is mapped to, and changes nothing else either", async () => {
    await set(stripe("cus_1"));
    const { customer } = await tenant.mutate("createCustomer", {
      email: "bob@a.example",
      external: { id: "B" },
    });
    const payload = await update(
      {
        name: "No",
        email: "new@a.example",
        external: { id: "B-2" },
        integrations: [{ providerType: "xero", providerEntityId: "x" }, stripe("cus_1")],
      },
      { id: customer.id },
    );
    expect(payload).toMatchObject({ changed: false, customer: null });
    expect(payload.userErrors).toMatchObject([
      { code: "CONFLICT", path: ["integrations", "1", "providerEntityId"] },
    ]);
    expect(await tenant.find("B", "merchant")).toMatchObject({
      name: null,
      email: "bob@a.example",
      version: 1,
      integrations: { nodes: [] },
    });
    expect(await tenant.find("B-2", "merchant")).toBeNull();
    expect(await tenant.events()).toHaveLength(3);
  });
});

describe("invalid", () => {
  it.each<[string, object[], string, string[]]>([
    ["a provider that is named twice", [stripe("a"), stripe("b")], "INVALID", ["1", "providerType"]],
    ["no record", [{ providerType: "stripe" }], "REQUIRED", ["0", "providerEntityId"]],
    ["an empty record", [stripe("")], "REQUIRED", ["0", "providerEntityId"]],
    ["a long record", [stripe("x".repeat(256))], "TOO_LONG", ["0", "providerEntityId"]],
    ["an empty provider", [{ providerType: "", providerEntityId: "x" }], "REQUIRED", ["0", "providerType"]],
    [
      "a long provider",
      [{ providerType: "x".repeat(65), providerEntityId: "x" }],
      "TOO_LONG",
      ["0", "providerType"],
    ],
    ["NUL in a record", [stripe("\0")], "INVALID", ["0", "providerEntityId"]],
    ["a number in metadata", [stripe("x", { metadata: { a: 1 } })], "INVALID", ["0", "metadata", "a"]],
    [
      "51 providers",
      Array.from({ length: 51 }, (_, index) => ({ providerType: `${index}`, providerEntityId: "x" })),
      "TOO_LONG",
      [],
    ],
  ])("%s is refused, with nothing changed", async (_name, integrations, code, path) => {
    const payload = await update({ name: "No", integrations });
    expect(payload).toMatchObject({ changed: false, customer: null });
    expect(payload.userErrors).toMatchObject([{ code, path: ["integrations", ...path] }]);
    expect(await tenant.events()).toHaveLength(1);
  });
});
