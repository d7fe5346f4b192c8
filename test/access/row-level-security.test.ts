import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { reader } from "../../src/db/reader.ts";
import { transact } from "../../src/db/transaction.ts";
import { Submission } from "../../src/db/wire/submission.ts";
import { newTenant } from "../customers/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insertOneOfEach } from "../reads/fixtures.ts";

/** What every statement keeps to its tenant by: a comparison with the id of the environment. */
const predicate = /\b(?:\w+\.)?environment_id = \$\d+(?:::uuid)?/g;

/** Takes the predicates out of the statements of all requests from now on. Gives how many were taken out, by then. */
function sabotage({ database: { pool } }: TestApi): () => number {
  let removed = 0;
  const strike = (text: string): string =>
    text.replaceAll(predicate, (found) => {
      removed++;
      return `(${found} OR true)`;
    });
  const tampered = new WeakSet<pg.PoolClient>();
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>;
  const tamper = (client: pg.PoolClient): pg.PoolClient => {
    if (tampered.has(client)) return client;
    tampered.add(client);
    const query = client.query.bind(client) as (config: unknown, ...rest: unknown[]) => unknown;
    client.query = ((config: unknown, ...rest: unknown[]) => {
      const statements = config instanceof Submission ? config.statements : [];
      for (const statement of statements) statement.text = strike(statement.text);
      return query(config, ...rest);
    }) as typeof client.query;
    return client;
  };
  // Prisma and other work of the platform takes connections by a callback.
  pool.connect = ((callback?: never) =>
    callback
      ? (connect as (callback: never) => void)(callback)
      : connect().then(tamper)) as typeof pool.connect;
  return () => removed;
}

const lists = {
  customers: "customerId",
  products: "productId",
  prices: "priceId",
  subscriptions: "subscriptionId",
  invoices: "invoiceId",
  creditNotes: "noteId",
  meters: "meterId",
  usageEvents: "eventId",
} as const;

/** Lists whose statements look for something by an index that a policy would bar. */
const searches = [
  `customers(filter: { search: "ada" })`,
  `customers(filter: { status: [ACTIVE] }, orderBy: { field: NAME })`,
  `products(filter: { search: "plan" })`,
  `invoices(filter: { status: [PAID] })`,
  `subscriptions(filter: { status: [ACTIVE] })`,
  `meters(orderBy: { field: NAME })`,
];

describe.each([true, false])("without predicates, row level security %s", (rowLevelSecurity) => {
  let api: TestApi;
  let ids: Awaited<ReturnType<typeof insertOneOfEach>>;
  let foreign: typeof ids;
  let removed: () => number;
  let strangerId: string;
  beforeAll(async () => {
    api = await startApi({ rowLevelSecurity });
    ids = await insertOneOfEach(api);
    strangerId = (await api.newEnvironment()).environmentId;
    foreign = await insertOneOfEach(api, strangerId);
    removed = sabotage(api);
  });
  afterAll(() => api.close());

  it.each(Object.entries(lists))("%s", async (list, id) => {
    const before = removed();
    const { data } = await api.query(`{ ${list} { totalCount nodes { id } } }`);
    const found = (data[list].nodes as { id: string }[]).map((node) => node.id).toSorted();
    const visible = rowLevelSecurity ? [ids[id]] : [ids[id], foreign[id]].toSorted();
    expect(found).toEqual(visible);
    expect(data[list].totalCount).toBe(visible.length);
    expect(removed()).toBeGreaterThan(before);
  });

  it.each(searches)("%s", async (list) => {
    const { data } = await api.query(`{ found: ${list} { totalCount nodes { id } } }`);
    expect(data.found.totalCount).toBe(rowLevelSecurity ? 1 : 2);
    const found = (data.found.nodes as { id: string }[]).map((node) => node.id);
    expect(found.some((id) => Object.values(foreign).includes(id))).toBe(!rowLevelSecurity);
  });

  it("nodes by id", async () => {
    const wanted = Object.values(foreign);
    const { data } = await api.query("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: wanted });
    expect(data.nodes).toEqual(wanted.map((id) => (rowLevelSecurity ? null : { id })));
  });

  it("rows below a foreign parent", async () => {
    const { data } = await api.query(
      `query ($id: ID!) { node(id: $id) { ... on Invoice { lines { nodes { id } } customer { id } } } }`,
      { id: foreign.invoiceId },
    );
    const theirs = { lines: { nodes: [{ id: foreign.lineId }] }, customer: { id: foreign.customerId } };
    expect(data.node).toEqual(rowLevelSecurity ? null : theirs);
  });

  it("updates of a foreign row", async () => {
    const input = { customer: { id: foreign.customerId }, name: "Taken" };
    const { data } = await api.query(
      `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { changed userErrors { code } } }`,
      { input },
    );
    const [row] = await reader(api.database, platform).query<{ name: string }>(
      Prisma.sql`SELECT name FROM customers WHERE id = ${foreign.customerId}::uuid`,
    );
    expect(data.updateCustomer).toEqual(
      rowLevelSecurity
        ? { changed: false, userErrors: [{ code: "NOT_FOUND" }] }
        : { changed: true, userErrors: [] },
    );
    expect(row?.name).toBe(rowLevelSecurity ? "Ada" : "Taken");
  });

  it("statements that never had one", async () => {
    const { environmentId } = api;
    const writer = { environmentId, actor: "test", requestId: null, now: new Date() };
    const all = Prisma.sql`SELECT FROM customers`;
    const seen = rowLevelSecurity ? 1 : 2;
    expect(await reader(api.database, environmentId).query(all)).toHaveLength(seen);
    expect(await transact(api.database, writer, ({ query }) => query(all))).toHaveLength(seen);
    expect(await reader(api.database, platform).query(all)).toHaveLength(2);
    const changed = transact(api.database, writer, ({ query }) =>
      query(Prisma.sql`UPDATE customers SET notes = 'seen' RETURNING id`),
    );
    expect(await changed).toHaveLength(seen);
    const smuggled = transact(api.database, writer, ({ query }) =>
      query(Prisma.sql`INSERT INTO idempotency_keys (environment_id, key, fingerprint, status, answer)
        VALUES (${strangerId}::uuid, 'key', 'print', 200, '{}')`),
    );
    const outcome = smuggled.then(
      () => "written",
      ({ code }) => code,
    );
    expect(await outcome).toBe(rowLevelSecurity ? "42501" : "written");
  });
});

it("tenants that write at once each see their own, on connections that others had before", async () => {
  const api = await startApi();
  try {
    const tenants = await Promise.all(Array.from({ length: 4 }, () => newTenant(api)));
    sabotage(api);
    for (const round of [1, 2]) {
      // eslint-disable-next-line no-await-in-loop
      const found = await Promise.all(
        tenants.map(async ({ mutate, read, environmentId }) => {
          const email = `${round}@${environmentId}.example`;
          await mutate("createCustomer", { email });
          return read("{ customers(first: 100) { totalCount nodes { email } } }");
        }),
      );
      for (const [index, { customers }] of found.entries()) {
        expect(customers.totalCount).toBe(round);
        const own = customers.nodes.every(({ email }: { email: string }) =>
          email.endsWith(`@${tenants[index]?.environmentId}.example`),
        );
        expect(own).toBe(true);
      }
    }
  } finally {
    await api.close();
  }
});
