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

const create = (...customers: object[]) => tenant.mutate("createCustomers", { customers });
const own = (id: string, fields: object = {}) => ({ email: `${id}@a.example`, external: { id }, ...fields });

describe("ok", () => {
  it("creates all, in their order", async () => {
    const payload = await create(own("1"), own("2"), { email: "3@a.example" });
    expect(payload).toMatchObject({ failed: [], userErrors: [] });
    expect(payload.successful).toMatchObject([
      { email: "1@a.example" },
      { email: "2@a.example" },
      { email: "3@a.example" },
    ]);
    expect((await tenant.events()).map(({ objectId }) => objectId)).toEqual(
      payload.successful.map(({ id }: { id: string }) => id),
    );
  });

  it("creates a hundred with as many statements as one", async () => {
    await tenant.read("{ viewer { keyId } }");
    const counts: number[] = [];
    for (const size of [1, 100]) {
      api.statements.length = 0;
      const { successful } = await create(
        ...Array.from({ length: size }, (_, index) => own(`s${size}-${index}`)),
      );
      expect(successful).toHaveLength(size);
      counts.push(api.statements.filter(({ text }) => !text.includes("api_keys")).length);
    }
    expect(counts).toEqual([4, 4]);
  });
});

describe("replayed", () => {
  it("answers those whose own id is known, unchanged, among the successful", async () => {
    const first = await create(own("1", { name: "One" }), own("2"));
    const again = await create(own("3"), own("1", { name: "Changed" }), own("2"));
    expect(again.failed).toEqual([]);
    expect(again.successful.slice(1)).toEqual(first.successful);
    expect(await tenant.events()).toHaveLength(3);
  });

  it("answers the first's customer for the same own id twice", async () => {
    const { successful } = await create(
      own("1", { name: "One" }),
      own("1", { name: "Two", email: "else@a.example" }),
    );
    expect(successful).toMatchObject([{ name: "One" }, { name: "One" }]);
    expect(successful[0].id).toBe(successful[1].id);
    expect(await tenant.events()).toHaveLength(1);
  });
});

describe("partly refused", () => {
  it("tells the place, the reason and what was sent, and creates the others", async () => {
    await create({ email: "taken@a.example" });
    const bad = {
      email: "bad",
      address: { country: "XX", city: "Rome" },
      metadata: { a: "1" },
      customFields: { n: 1 },
    };
    const payload = await create(
      own("1"),
      bad,
      { email: "Taken@a.example", external: { source: "crm", id: "t" } },
      own("2"),
      { name: "Nobody" },
      { email: "2@a.example" },
    );
    expect(payload.successful).toMatchObject([{ email: "1@a.example" }, { email: "2@a.example" }]);
    expect(payload.failed).toMatchObject([
      {
        index: 1,
        data: bad,
        userErrors: [
          { code: "INVALID", path: ["customers", "1", "email"] },
          { code: "INVALID", path: ["customers", "1", "address", "country"] },
        ],
      },
      {
        index: 2,
        error:
          "EMAIL_TAKEN: Another active customer has this e-mail address. Update it, or link it by an upsert.",
        data: { email: "Taken@a.example", external: { source: "crm", id: "t" } },
        userErrors: [{ code: "EMAIL_TAKEN", path: ["customers", "2", "email"] }],
      },
      {
        index: 4,
        error: "REQUIRED: A customer needs an e-mail address.",
        data: { name: "Nobody" },
        userErrors: [{ code: "REQUIRED", path: ["customers", "4", "email"] }],
      },
      { index: 5, userErrors: [{ code: "EMAIL_TAKEN", path: ["customers", "5", "email"] }] },
    ]);
    expect(payload.failed[0].error).toMatch(/^INVALID: email must be .*\. INVALID: country must be .*\.$/);
    expect(payload.failed[0].data).toEqual(bad);
  });

  it("echoes what could not be read as it was sent", async () => {
    const sent = { email: "a@a.example", metadata: "text", customFields: [1] };
    const { failed } = await create(sent);
    expect(failed).toMatchObject([
      {
        index: 0,
        userErrors: [{ path: ["customers", "0", "metadata"] }, { path: ["customers", "0", "customFields"] }],
      },
    ]);
    expect(failed[0].data).toEqual(sent);
  });
});

describe("invalid", () => {
  it("refuses none, and more than a hundred", async () => {
    expect(await create()).toMatchObject({
      successful: null,
      failed: null,
      userErrors: [{ code: "REQUIRED", path: ["customers"] }],
    });
    const many = Array.from({ length: 101 }, (_, index) => own(`${index}`));
    expect(await create(...many)).toMatchObject({
      successful: null,
      failed: null,
      userErrors: [{ code: "TOO_MANY", path: ["customers"] }],
    });
    expect(await tenant.events()).toEqual([]);
  });
});
