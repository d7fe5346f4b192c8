import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import mercurius, { type MercuriusLoaders } from "mercurius";
import { groupBy } from "../sql/group.ts";
import { openPool } from "../sql/pool.ts";
import {
  type CustomerRow,
  type InvoiceRow,
  type UsageSpan,
  cursorOf,
  positionOf,
  readsOf,
} from "../sql/reads.ts";
import { type EventsInput, type UpsertInput, upsertPayload, writesOf } from "../sql/writes.ts";
import { typeDefs } from "./schema.ts";
import { databaseUrl, environmentId, tell } from "./surroundings.ts";

/** Mercurius with JIT and its own loaders, over the same hand-written statements as the limit. */
const pool = openPool(databaseUrl);
const reads = readsOf(pool, environmentId);
const writes = writesOf(pool, environmentId);

interface PageOf {
  readonly parent: string;
  readonly first: number;
  readonly currency?: string;
}

interface Asked<O> {
  readonly obj: O;
}

const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
const parentsOf = (queries: readonly Asked<PageOf>[]) => queries.map(({ obj }) => obj.parent);
const firstOf = (queries: readonly Asked<PageOf>[]) => queries[0]?.obj.first ?? 25;

/** Batches of one level: the pages of all parents in one statement. They are not cached, since nothing is asked twice. */
const pages = {
  async invoices(queries: readonly Asked<PageOf>[]) {
    const rows = groupBy(await reads.invoices(parentsOf(queries), firstOf(queries)), "customerId");
    return queries.map(({ obj }) => rows.get(obj.parent) ?? []);
  },
  async lines(queries: readonly Asked<PageOf>[]) {
    const rows = groupBy(await reads.lines(parentsOf(queries), firstOf(queries)), "invoiceId");
    return queries.map(({ obj: { parent, currency } }) =>
      (rows.get(parent) ?? []).map((line) => ({ ...line, amount: { amount: line.amount, currency } })),
    );
  },
  async subscriptions(queries: readonly Asked<PageOf>[]) {
    const rows = groupBy(await reads.subscriptions(parentsOf(queries), firstOf(queries)), "customerId");
    return queries.map(({ obj }) => rows.get(obj.parent) ?? []);
  },
  async items(queries: readonly Asked<PageOf>[]) {
    const rows = groupBy(await reads.items(parentsOf(queries), firstOf(queries)), "subscriptionId");
    return queries.map(({ obj }) => rows.get(obj.parent) ?? []);
  },
  async invoiceCounts(queries: readonly Asked<PageOf>[]) {
    const rows = await reads.invoiceCounts(parentsOf(queries));
    const counts = new Map(rows.map(({ id, count }) => [id, count]));
    return queries.map(({ obj }) => counts.get(obj.parent) ?? 0);
  },
  async usage(queries: readonly { obj: CustomerRow; params: { meterIds: string[] } & UsageSpan }[]) {
    const [query] = queries;
    if (!query) return [];
    const { meterIds, from, to } = query.params;
    const span = { meterId: meterIds[0] ?? "", from, to };
    const rows = await reads.usage(idsOf(queries.map(({ obj }) => obj)), span);
    const totals = new Map(rows.map(({ id, total }) => [id, total]));
    return queries.map(({ obj }) => [{ total: totals.get(obj.id) ?? "0" }]);
  },
};

const uncached = <L>(loader: L) => ({ loader, opts: { cache: false } });

const loaders = {
  Customer: { usage: uncached(pages.usage) },
  InvoiceConnection: { nodes: uncached(pages.invoices), totalCount: uncached(pages.invoiceCounts) },
  InvoiceLineConnection: { nodes: uncached(pages.lines) },
  SubscriptionConnection: { nodes: uncached(pages.subscriptions) },
  SubscriptionItemConnection: { nodes: uncached(pages.items) },
};

const pageOf = ({ id: parent }: { id: string }, { first }: { first: number }) => ({ parent, first });

const resolvers = {
  Query: {
    customer: (_: unknown, { id }: { id: string }) => reads.customer(id),
    customers: async (_: unknown, { first, after }: { first: number; after?: string }) => {
      const nodes = await reads.customers(positionOf(after), first);
      const last = nodes.at(-1);
      return { nodes, pageInfo: { endCursor: last ? cursorOf(last) : null } };
    },
  },
  Mutation: {
    upsertCustomersByExternalId: async (_: unknown, { input }: { input: UpsertInput }) =>
      upsertPayload(await writes.upsert(input)),
    ingestUsageEvents: async (_: unknown, { input }: { input: EventsInput }) => {
      const ingested = await writes.ingest(input);
      return { ingested, duplicates: input.events.length - ingested, skipped: 0, failed: 0 };
    },
  },
  Customer: { invoices: pageOf, subscriptions: pageOf },
  Subscription: { items: pageOf },
  Invoice: {
    total: ({ total: amount, currency }: InvoiceRow) => ({ amount, currency }),
    lines: ({ id: parent, currency }: InvoiceRow, { first }: { first: number }) => ({
      parent,
      first,
      currency,
    }),
  },
};

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers: resolvers as never,
  loaders: loaders as unknown as MercuriusLoaders,
  jit: 1,
});
await app.listen({ port: 0, host: "127.0.0.1" });
tell((app.server.address() as AddressInfo).port);
