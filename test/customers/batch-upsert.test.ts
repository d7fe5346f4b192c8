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

const john = { externalId: "A-1", email: "john@a.example", name: "John" };

describe("created", () => {
  it("keeps every field that was sent", async () => {
    const fields = {
      email: "jane@a.example",
      name: "Jane",
      companyName: "Jane & Co",
      phone: "+49 (30) 1234",
      taxId: "DE123",
      notes: "Line 1\nLine 2 – ünï 🎉",
      timezone: "Europe/Berlin",
      merchantRefId: "ref 7",
      authUserId: "0190b5a4-7c55-7a1e-8e5a-0123456789ab",
      metadata: { tier: "gold" },
    };
    const address = {
      line1: "Main 1",
      line2: "c/o",
      city: "Berlin",
      state: "BE",
      region: "Mitte",
      postalCode: "10115",
    };
    const customFields = { seats: 3, ratio: 0.1, vip: true, note: "x" };
    const sent = { ...fields, taxIdCountry: "de", customFields, address: { ...address, country: "de" } };
    const payload = await tenant.upsert([{ externalId: "A-2", ...sent }]);
    expect(payload).toMatchObject({ created: 1, updated: 0, skipped: 0, failed: 0, userErrors: [] });
    const { metadata: _, ...plain } = fields;
    expect(payload.results).toMatchObject([
      {
        index: 0,
        externalId: "A-2",
        outcome: "CREATED",
        warnings: [],
        userErrors: [],
        customer: {
          ...plain,
          version: 1,
          status: "ACTIVE",
          taxIdCountry: "DE",
          customFields,
          metadata: { tier: "gold" },
          address: { ...address, country: "DE" },
          archivedAt: null,
        },
      },
    ]);
    const [{ customer }] = payload.results;
    expect(customer.createdBy).toMatch(/^key:[0-9a-f-]{36}$/);
    const stored = await api.database.prisma.customer.findFirst({ where: { id: customer.id } });
    expect(stored).toMatchObject({ notes: fields.notes, customFields, city: "Berlin", country: "DE" });
  });

  it("leaves what was not sent empty, with UTC as the time zone", async () => {
    const { results } = await tenant.upsert([{ externalId: "A-1", email: "  john@a.example " }]);
    expect(results[0].customer).toMatchObject({
      email: "john@a.example",
      name: null,
      timezone: "UTC",
      metadata: {},
      customFields: {},
      address: { line1: null, country: null },
    });
  });

  it("tells external ids by their exact text", async () => {
    const rows = ["a", "A", " a", "ａ", "a\u0301", "á", "%", "_"];
    const { created } = await tenant.upsert(
      rows.map((externalId, index) => ({ externalId, email: `n${index}@a.example`, name: externalId })),
    );
    expect(created).toBe(rows.length);
    for (const externalId of rows) expect(await tenant.find(externalId)).toMatchObject({ name: externalId });
  });

  it("lets two sources use the same id for two customers", async () => {
    await tenant.upsert([john], "practicehub");
    const other = await tenant.upsert([{ ...john, email: "jim@a.example", name: "Jim" }], "wodify");
    expect(other.created).toBe(1);
    expect(await tenant.find("A-1", "practicehub")).toMatchObject({ name: "John" });
    expect(await tenant.find("A-1", "wodify")).toMatchObject({ name: "Jim" });
    expect(await tenant.find("A-1", "Wodify")).toBeNull();
  });
});

describe("updated", () => {
  it("changes the sent fields, counts the version and says who did it", async () => {
    const first = await tenant.upsert([{ ...john, notes: "vip" }]);
    const second = await tenant.upsert([{ ...john, name: "Johnny", email: "J2@a.example" }]);
    expect(second).toMatchObject({ created: 0, updated: 1, skipped: 0, failed: 0 });
    const [before] = first.results;
    const [after] = second.results;
    expect(after).toMatchObject({ outcome: "UPDATED", warnings: [], userErrors: [] });
    expect(after.customer).toEqual({
      ...before.customer,
      name: "Johnny",
      email: "J2@a.example",
      version: 2,
      updatedAt: after.customer.updatedAt,
    });
    expect(await tenant.find("A-1")).toMatchObject({ name: "Johnny", notes: "vip", version: 2 });
  });

  it("clears what is null or empty, and leaves alone what is left out", async () => {
    const full = {
      name: "John",
      notes: "x",
      phone: "1",
      taxId: "t",
      taxIdCountry: "US",
      timezone: "Asia/Tokyo",
    };
    const address = { line1: "1", line2: "2", city: "C", country: "US" };
    await tenant.upsert([{ ...john, ...full, address }]);
    const { results } = await tenant.upsert([
      {
        externalId: "A-1",
        name: null,
        notes: "",
        taxIdCountry: "",
        timezone: null,
        address: { line1: null, line2: "" },
      },
    ]);
    expect(results[0].customer).toMatchObject({
      email: "john@a.example",
      name: null,
      notes: null,
      phone: "1",
      taxId: "t",
      taxIdCountry: null,
      timezone: "UTC",
      address: { line1: null, line2: null, city: "C", country: "US" },
    });
    const cleared = await tenant.upsert([{ externalId: "A-1", address: null }]);
    expect(cleared.results[0].customer.address).toMatchObject({ city: null, country: null });
  });

  it("merges metadata and custom fields; null removes a key, or all of it", async () => {
    await tenant.upsert([{ ...john, metadata: { a: "1", b: "2" }, customFields: { n: 1, t: "x" } }]);
    const merged = await tenant.upsert([
      { ...john, metadata: { b: "3", a: null, gone: null, c: "" }, customFields: { n: null, f: false } },
    ]);
    expect(merged.results[0].customer).toMatchObject({
      metadata: { b: "3", c: "" },
      customFields: { t: "x", f: false },
    });
    expect(merged.results[0].customer.metadata).toEqual({ b: "3", c: "" });
    const emptied = await tenant.upsert([{ ...john, metadata: null, customFields: null }]);
    expect(emptied.results[0].customer).toMatchObject({ metadata: {}, customFields: {} });
    expect(emptied.results[0].customer.metadata).toEqual({});
  });

  it("takes keys that JavaScript gives a meaning of its own as plain keys", async () => {
    const metadata = JSON.parse(
      '{ "__proto__": "p", "constructor": "c", "toString": "t", "1": "one" }',
    ) as object;
    const { results } = await tenant.upsert([{ ...john, metadata, customFields: metadata }]);
    const stored: object = results[0].customer.metadata;
    expect(new Map(Object.entries(stored))).toEqual(new Map(Object.entries(metadata)));
    expect(Object.keys(results[0].customer.customFields)).toContain("__proto__");
    const removed = await tenant.upsert([
      { ...john, metadata: JSON.parse('{ "__proto__": null }') as object },
    ]);
    expect(Object.keys(removed.results[0].customer.metadata)).toEqual(["1", "toString", "constructor"]);
  });

  it("finds a customer by an id that was renamed since", async () => {
    const [{ customer }] = (await tenant.upsert([john])).results;
    await tenant.mutate("updateCustomer", {
      customer: { id: customer.id },
      external: { source: "practicehub", id: "B-1" },
    });
    const { results } = await tenant.upsert([{ externalId: "A-1", name: "By the old id" }]);
    expect(results).toMatchObject([{ outcome: "UPDATED", externalId: "A-1", customer: { id: customer.id } }]);
    expect(await tenant.find("B-1")).toMatchObject({ name: "By the old id" });
  });
});

describe("unchanged", () => {
  it("writes nothing when nothing is different, however it is written", async () => {
    const authUserId = "0190B5A4-7C55-7A1E-8E5A-0123456789AB";
    const sent = {
      ...john,
      authUserId,
      taxIdCountry: "us",
      address: { country: "us", city: "" },
      metadata: { b: "2", a: "1" },
      customFields: { zero: -0, large: 1e300, small: 5e-324, fraction: 0.1 },
    };
    const first = await tenant.upsert([sent]);
    const again = { ...sent, email: ` ${john.email} `, metadata: { a: "1", none: null } };
    const second = await tenant.upsert([again]);
    expect(second).toMatchObject({ created: 0, updated: 0, skipped: 1, failed: 0 });
    expect(second.results).toMatchObject([{ outcome: "UNCHANGED", warnings: [], userErrors: [] }]);
    expect(second.results[0].customer).toEqual(first.results[0].customer);
  });

  it("takes a different case of the e-mail address as a change", async () => {
    await tenant.upsert([john]);
    const { results } = await tenant.upsert([{ ...john, email: "John@a.example" }]);
    expect(results).toMatchObject([{ outcome: "UPDATED", customer: { email: "John@a.example" } }]);
  });
});

describe("several rows", () => {
  it("answers in the order of the input, with counters that add up", async () => {
    await tenant.upsert([
      { ...john, externalUpdatedAt: "2026-02-01T00:00:00Z" },
      { externalId: "A-2", email: "a2@a.example" },
    ]);
    const payload = await tenant.upsert([
      { externalId: "A-9", email: "nonsense" },
      { externalId: "A-2", email: "a2@a.example" },
      { externalId: "A-3", email: "a3@a.example" },
      { ...john, name: "Older", externalUpdatedAt: "2026-01-01T00:00:00Z" },
      { externalId: "A-2", name: "Two" },
    ]);
    expect(payload).toMatchObject({ created: 1, updated: 1, skipped: 2, failed: 1, userErrors: [] });
    const told = payload.results.map((one: Record<string, unknown>) => [
      one["index"],
      one["externalId"],
      one["outcome"],
    ]);
    expect(told).toEqual([
      [0, "A-9", "FAILED"],
      [1, "A-2", "UNCHANGED"],
      [2, "A-3", "CREATED"],
      [3, "A-1", "STALE"],
      [4, "A-2", "UPDATED"],
    ]);
  });

  it("does rows with the same id in turn", async () => {
    const { results } = await tenant.upsert([
      { ...john, metadata: { a: "1" }, externalUpdatedAt: "2026-01-02T00:00:00Z" },
      { ...john, name: "Second", metadata: { b: "2" }, externalUpdatedAt: "2026-01-03T00:00:00Z" },
      { ...john, name: "Older", externalUpdatedAt: "2026-01-02T12:00:00Z" },
      { externalId: "A-1", name: "Second" },
      { externalId: "A-1", email: "bad" },
      { externalId: "A-1", name: "Last" },
    ]);
    expect(results.map((one: { outcome: string }) => one.outcome)).toEqual([
      "CREATED",
      "UPDATED",
      "STALE",
      "UNCHANGED",
      "FAILED",
      "UPDATED",
    ]);
    expect(results.map((one: { customer: { version: number } | null }) => one.customer?.version)).toEqual([
      1,
      2,
      2,
      2,
      undefined,
      3,
    ]);
    expect(await tenant.find("A-1")).toMatchObject({ name: "Last", metadata: { a: "1", b: "2" } });
  });

  it("does a hundred rows of one customer in turn", async () => {
    const { created, updated } = await tenant.upsert(
      Array.from({ length: 100 }, (_, index) => ({ ...john, name: `Name ${index}` })),
    );
    expect({ created, updated }).toEqual({ created: 1, updated: 99 });
    expect(await tenant.find("A-1")).toMatchObject({ name: "Name 99", version: 100 });
  });
});
