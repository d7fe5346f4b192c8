import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { newTenant } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface Row {
  readonly externalId: string;
  readonly email?: string | null;
  readonly name?: string | null;
  readonly metadata?: Readonly<Record<string, string | null>> | null;
  readonly externalUpdatedAt?: string | null;
}

interface Batch {
  readonly source: string;
  readonly customers: readonly Row[];
}

interface Customer {
  email: string;
  name: string | null;
  metadata: Readonly<Record<string, string>>;
  version: number;
  /** By source: the id, and when the source last changed it. */
  readonly links: Map<string, { readonly id: string; time: number | null }>;
}

/** What the API is held against: the rules of an upsert, one row after the other, over plain objects. */
class Model {
  readonly customers: Customer[] = [];

  apply(source: string, row: Row): string {
    if (row.email === null || (row.email !== undefined && !row.email.includes("@"))) return "FAILED";
    const time = row.externalUpdatedAt == null ? null : Date.parse(row.externalUpdatedAt);
    const known = this.customers.find(({ links }) => links.get(source)?.id === row.externalId);
    const owner = this.customers.find(({ email }) => email.toLowerCase() === row.email?.toLowerCase());
    if (known) {
      const link = known.links.get(source);
      if (time !== null && link?.time != null && time < link.time) return "STALE";
      if (link && time !== null) link.time = time;
      const { email: _, ...rest } = row;
      return this.change(known, owner && owner !== known ? rest : row) ? "UPDATED" : "UNCHANGED";
    }
    if (owner) {
      if (owner.links.has(source)) return "FAILED";
      owner.links.set(source, { id: row.externalId, time });
      if (!this.change(owner, row)) owner.version++;
      return "UPDATED";
    }
    if (row.email === undefined) return "FAILED";
    const links = new Map([[source, { id: row.externalId, time }]]);
    const customer: Customer = { email: row.email, name: null, metadata: {}, version: 0, links };
    if (!this.change(customer, row)) customer.version++;
    this.customers.push(customer);
    return "CREATED";
  }

  private change(customer: Customer, row: Row): boolean {
    const before = JSON.stringify([customer.email, customer.name, customer.metadata]);
    customer.email = row.email ?? customer.email;
    if (row.name !== undefined) customer.name = row.name || null;
    if (row.metadata !== undefined) {
      const merged = Object.entries({ ...(row.metadata && customer.metadata), ...row.metadata });
      const kept = merged.filter((entry): entry is [string, string] => entry[1] !== null);
      customer.metadata = Object.fromEntries(kept.toSorted(([one], [other]) => one.localeCompare(other)));
    }
    const changed = JSON.stringify([customer.email, customer.name, customer.metadata]) !== before;
    if (changed) customer.version++;
    return changed;
  }
}

const instants = [
  "2026-01-01T00:00:00Z",
  "2026-01-01T01:00:00.001+01:00",
  "2025-12-31T19:00:00.002-05:00",
  "2026-01-02T00:00:00Z",
];
const emails = ["a@x.example", "A@x.example", "b@x.example", "c@x.example", "d@x.example"];
const row = fc.record(
  {
    externalId: fc.constantFrom("1", "2", "3", "a", "A"),
    email: fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...emails) }, fc.constantFrom("bad", null)),
    name: fc.constantFrom("x", "y", "", null),
    metadata: fc.option(
      fc.dictionary(fc.constantFrom("k", "l"), fc.constantFrom("1", "2", null), { maxKeys: 2 }),
    ),
    externalUpdatedAt: fc.option(fc.constantFrom(...instants)),
  },
  { requiredKeys: ["externalId"] },
);
const batch = fc.record({
  source: fc.constantFrom("s", "s", "t"),
  customers: fc.array(row, { minLength: 1, maxLength: 8 }),
});

it("any batches give the outcomes and customers that the rules say", async () => {
  const check = async (batches: readonly Batch[]): Promise<void> => {
    const tenant = await newTenant(api);
    const model = new Model();
    for (const { source, customers } of batches) {
      const wanted = customers.map((one) => model.apply(source, one));
      const { results, ...counts } = await tenant.upsert(customers, source);
      expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(wanted);
      const count = (...outcomes: string[]) => wanted.filter((one) => outcomes.includes(one)).length;
      const [created, updated, failed] = ["CREATED", "UPDATED", "FAILED"].map((outcome) => count(outcome));
      expect(counts).toEqual({
        created,
        updated,
        failed,
        skipped: count("UNCHANGED", "STALE"),
        userErrors: [],
      });
    }
    const { customers } = await tenant.read(`{
      customers(first: 100, orderBy: { field: EMAIL, direction: ASC }) {
        nodes { email name metadata version externalIds(first: 10) { nodes { source externalId externalUpdatedAt } } }
      }
    }`);
    const links = (nodes: { source: string; externalId: string; externalUpdatedAt: string | null }[]) =>
      new Set(nodes.map((one) => `${one.source} ${one.externalId} ${one.externalUpdatedAt}`));
    const found = customers.nodes.map(({ externalIds, ...customer }: { externalIds: { nodes: [] } }) => ({
      ...customer,
      links: links(externalIds.nodes),
    }));
    const expected = model.customers
      .toSorted((one, other) => one.email.toLowerCase().localeCompare(other.email.toLowerCase()))
      .map((customer) => ({
        ...customer,
        links: links(
          [...customer.links].map(([source, { id, time }]) => ({
            source,
            externalId: id,
            externalUpdatedAt: time === null ? null : new Date(time).toISOString(),
          })),
        ),
      }));
    expect(found).toEqual(expected);
    const versions = model.customers.reduce((sum, { version }) => sum + version, 0);
    expect(await tenant.events()).toHaveLength(versions);
  };
  await fc.assert(fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), check), {
    seed: 20_261_121,
    numRuns: 40,
  });
});
