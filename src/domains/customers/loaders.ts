import { equals, isOneOf, isWithin } from "../../db/conditions.ts";
import { columnOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { byInstant, byText } from "../../db/orders.ts";
import type { Context } from "../../graph/context.ts";
import { requestError } from "../../graph/errors.ts";
import { loadById, loader } from "../../graph/loaders.ts";
import type { List } from "../../graph/pages.ts";
import type { ExternalReferenceValue, InstantRange, MoneyValue } from "../../graph/values.ts";
import { ownSource } from "../../kit/own-source.ts";
import { likeLiteral } from "../../kit/text.ts";
import { findByExternalIds } from "./find.ts";
import type { CustomerRow } from "./merge.ts";

export interface CustomerFilter {
  readonly search?: string | null | undefined;
  readonly status?: readonly CustomerRow["status"][] | null | undefined;
  readonly email?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
  readonly updated?: InstantRange | null | undefined;
  readonly externalSource?: string | null | undefined;
  readonly metadata?: readonly { readonly key: string; readonly value: string }[] | null | undefined;
}

// The same texts as in the expression indexes of the table.
const haystack = Prisma.sql`lower(t.email || chr(10) || coalesce(t.name, '') || chr(10)
  || coalesce(t.company_name, '') || chr(10) || coalesce(t.phone, ''))`;
const lowerName = Prisma.sql`(lower(coalesce(t.name, '')) COLLATE "C")`;
const lowerEmail = Prisma.sql`(lower(t.email) COLLATE "C")`;

const createdAt = columnOf("Customer", "createdAt");
const updatedAt = columnOf("Customer", "updatedAt");

export const customers: List<"Customer", CustomerFilter> = {
  model: "Customer",
  orders: {
    CREATED_AT: byInstant("Customer", "createdAt"),
    UPDATED_AT: byInstant("Customer", "updatedAt"),
    NAME: { name: "name", expression: lowerName, type: "text", ascending: true },
    EMAIL: byText("Customer", "email"),
  },
  where: (filter) => [
    ...contains(filter.search),
    ...isOneOf(columnOf("Customer", "status"), filter.status),
    ...equals(lowerEmail, filter.email?.toLowerCase()),
    ...isWithin(createdAt, filter.created),
    ...isWithin(updatedAt, filter.updated),
    ...hasExternalIdOf(filter.externalSource),
    ...hasMetadata(filter.metadata ?? []),
  ],
};

function contains(search: string | null | undefined): Prisma.Sql[] {
  const wanted = search?.trim().toLowerCase();
  return wanted ? [Prisma.sql`${haystack} LIKE ${`%${likeLiteral(wanted)}%`}`] : [];
}

function hasExternalIdOf(source: string | null | undefined): Prisma.Sql[] {
  if (source == null) return [];
  return [
    Prisma.sql`EXISTS (
      SELECT FROM customer_external_ids x
      WHERE x.environment_id = t.environment_id AND x.customer_id = t.id AND x.source = ${source}
        AND x.replaced_at IS NULL AND x.released_at IS NULL
    )`,
  ];
}

/** The most entries of metadata that a filter may ask for. */
export const mostMetadata = 20;

/** All entries are looked for at once, which an index finds. A key has one value: no row has two. */
function hasMetadata(entries: NonNullable<CustomerFilter["metadata"]>): Prisma.Sql[] {
  if (!entries.length) return [];
  if (entries.length > mostMetadata) {
    const message = `filter.metadata must have at most ${mostMetadata} entries, not ${entries.length}.`;
    throw requestError("INVALID_REQUEST", message);
  }
  const wanted = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  if (entries.some(({ key, value }) => wanted[key] !== value)) return [Prisma.sql`FALSE`];
  return [Prisma.sql`t.metadata @> ${JSON.stringify(wanted)}::jsonb`];
}

export interface ExternalIdFilter {
  readonly source?: string | null | undefined;
  readonly live?: boolean | null | undefined;
}

export const externalIds: List<"ExternalId", ExternalIdFilter> = {
  model: "ExternalId",
  orders: { CREATED_AT: byInstant("ExternalId", "createdAt") },
  where: ({ source, live }) => [
    ...equals(columnOf("ExternalId", "source"), source),
    ...(live == null ? [] : [Prisma.sql`(t.replaced_at IS NULL AND t.released_at IS NULL) = ${live}`]),
  ],
};

export interface IntegrationFilter {
  readonly providerType?: string | null | undefined;
}

export const integrations: List<"IntegrationMapping", IntegrationFilter> = {
  model: "IntegrationMapping",
  orders: { CREATED_AT: byInstant("IntegrationMapping", "createdAt") },
  where: ({ providerType }) => equals(columnOf("IntegrationMapping", "providerType"), providerType),
};

/** The customer with an external id; all that are asked for at the same level are found in two statements. */
export async function loadByExternalId(
  context: Context,
  source: string,
  id: string,
): Promise<CustomerRow | null> {
  const found = await loader<string | null>(context, "customerByExternalId", (keys) => {
    const references = keys.map((key) => JSON.parse(key) as [string, string]);
    return findByExternalIds(
      context.reads,
      context.viewer.environmentId,
      references.map(([from, externalId]) => ({ source: from, id: externalId })),
    );
  }).load(JSON.stringify([source, id]));
  return found === null ? null : loadById(context, "Customer", found);
}

/** What another system calls a customer now: the merchant's own where it does, else the one that began to first. */
export function loadExternal(customerId: string, context: Context): Promise<ExternalReferenceValue | null> {
  return loader<ExternalReferenceValue | null>(context, "externalOfCustomer", async (ids) => {
    const rows = await context.reads.query<ExternalReferenceValue & { customerId: string }>(Prisma.sql`
      SELECT DISTINCT ON (x.customer_id) x.customer_id AS "customerId", x.source, x.external_id AS id
      FROM customer_external_ids x
      WHERE x.environment_id = ${context.viewer.environmentId}::uuid AND x.customer_id = ANY(${ids}::uuid[])
        AND x.replaced_at IS NULL AND x.released_at IS NULL
      ORDER BY x.customer_id, x.source = ${ownSource} DESC, x.created_at, x.id`);
    const byCustomer = new Map(rows.map((row) => [row.customerId, row]));
    return ids.map((id) => byCustomer.get(id) ?? null);
  }).load(customerId);
}

export interface BalanceTransactionFilter {
  readonly created?: InstantRange | null | undefined;
}

export const balanceTransactions: List<"CustomerBalanceTransaction", BalanceTransactionFilter> = {
  model: "CustomerBalanceTransaction",
  orders: { CREATED_AT: byInstant("CustomerBalanceTransaction", "createdAt") },
  where: ({ created }) => isWithin(columnOf("CustomerBalanceTransaction", "createdAt"), created),
};

/** What a customer has to its credit, by currency; of all customers of a level in one statement. */
export function loadBalances(customerId: string, context: Context): Promise<MoneyValue[]> {
  return loader<MoneyValue[]>(context, "balancesOfCustomer", async (ids) => {
    const rows = await context.reads.query<MoneyValue & { customerId: string }>(Prisma.sql`
      SELECT b.customer_id AS "customerId", b.currency, b.amount FROM customer_balances b
      WHERE b.environment_id = ${context.viewer.environmentId}::uuid AND b.customer_id = ANY(${ids}::uuid[])
      ORDER BY b.customer_id, b.currency`);
    const byCustomer = Map.groupBy(rows, (row) => row.customerId);
    return ids.map((id) => byCustomer.get(id) ?? []);
  }).load(customerId);
}
