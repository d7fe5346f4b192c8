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

const create = (input: object) => tenant.mutate("createCustomer", input);
const ann = { email: "ann@a.example", name: "Ann" };

describe("ok", () => {
  it("creates a customer without an own id", async () => {
    const payload = await create({ ...ann, address: { country: "fr" }, metadata: { a: "1" } });
    expect(payload).toMatchObject({ created: true, userErrors: [] });
    expect(payload.customer).toMatchObject({
      ...ann,
      version: 1,
      metadata: { a: "1" },
      address: { country: "FR" },
    });
    expect(await tenant.events()).toMatchObject([
      { type: "customer.created", objectId: payload.customer.id, data: { email: "ann@a.example" } },
    ]);
  });

  it("takes the merchant's own system as the source unless another is named", async () => {
    await create({ ...ann, external: { id: "own-1" } });
    await create({ email: "bob@a.example", external: { source: "crm", id: "own-1" } });
    expect(await tenant.find("own-1", "merchant")).toMatchObject({ name: "Ann" });
    expect(await tenant.find("own-1", "crm")).toMatchObject({ email: "bob@a.example" });
  });

  it("takes the address of an archived customer", async () => {
    const { customer } = await create(ann);
    await tenant.mutate("archiveCustomer", { customer: { id: customer.id } });
    expect(await create(ann)).toMatchObject({ created: true });
  });
});

describe("replayed", () => {
  it("answers the customer that has the own id, unchanged, without a second event", async () => {
    const first = await create({ ...ann, external: { id: "own-1" } });
    const again = await create({ email: "else@a.example", name: "Else", external: { id: "own-1" } });
    expect(again).toMatchObject({ created: false, userErrors: [] });
    expect(again.customer).toEqual(first.customer);
    expect(await tenant.events()).toHaveLength(1);
  });

  it("answers a customer whose own id was renamed since", async () => {
    const { customer } = await create({ ...ann, external: { id: "own-1" } });
    await tenant.mutate("updateCustomer", { customer: { id: customer.id }, external: { id: "own-2" } });
    expect(await create({ ...ann, external: { id: "own-1" } })).toMatchObject({
      created: false,
      customer: { id: customer.id },
    });
  });

  it("creates anew when the customer with the own id was archived", async () => {
    const { customer } = await create({ ...ann, external: { id: "own-1" } });
    await tenant.mutate("archiveCustomer", { customer: { id: customer.id } });
    expect(await create({ ...ann, external: { id: "own-1" } })).toMatchObject({ created: true });
  });
});

describe("conflict", () => {
  it("refuses an address that another active customer has, in any case", async () => {
    await create({ ...ann, external: { id: "own-1" } });
    for (const input of [{ email: "ANN@A.example" }, { ...ann, external: { id: "own-2" } }]) {
      const payload = await create(input);
      expect(payload).toMatchObject({ created: false, customer: null });
      expect(payload.userErrors).toMatchObject([{ code: "EMAIL_TAKEN", path: ["email"] }]);
    }
    expect(await tenant.find("own-2", "merchant")).toBeNull();
    expect(await tenant.events()).toHaveLength(1);
  });
});

describe("invalid", () => {
  it.each<[string, object, string, string[]]>([
    ["no address", { name: "Ann" }, "REQUIRED", ["email"]],
    ["a bad address", { email: "ann" }, "INVALID", ["email"]],
    ["an empty own id", { ...ann, external: { id: "" } }, "REQUIRED", ["external", "id"]],
    ["a long own id", { ...ann, external: { id: "x".repeat(256) } }, "TOO_LONG", ["external", "id"]],
    ["an empty source", { ...ann, external: { source: "", id: "1" } }, "REQUIRED", ["external", "source"]],
    ["NUL in the own id", { ...ann, external: { id: "\0" } }, "INVALID", ["external", "id"]],
    ["a long city", { ...ann, address: { city: "x".repeat(101) } }, "TOO_LONG", ["address", "city"]],
    ["a number in metadata", { ...ann, metadata: { a: 1 } }, "INVALID", ["metadata", "a"]],
  ])("%s is refused", async (_name, input, code, path) => {
    const payload = await create(input);
    expect(payload).toMatchObject({ created: false, customer: null, userErrors: [{ code, path }] });
    expect(await tenant.events()).toEqual([]);
  });
});
