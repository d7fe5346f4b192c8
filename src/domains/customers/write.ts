import { changedValues, orStartOver } from "../../db/changes.ts";
import { quote, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { EventDraft } from "../../db/outbox.ts";
import type { Transaction } from "../../db/transaction.ts";
import { toRecords } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import type { CustomerRow } from "./merge.ts";

/** An external id that a customer gets. */
export interface NewLink {
  readonly customerId: string;
  readonly source: string;
  readonly externalId: string;
  readonly externalUpdatedAt: string | null;
}

/** A live external id whose record the source has changed. */
export interface TouchedLink {
  readonly linkId: string;
  readonly externalUpdatedAt: string;
}

/** What is to be written of customers whose identities and rows are locked. */
export interface ChangeList {
  readonly created: CustomerRow[];
  readonly updated: { readonly before: CustomerRow; readonly after: CustomerRow }[];
  readonly linked: NewLink[];
  readonly touched: TouchedLink[];
}

/** A list of changes to add to. */
export function noChanges(): ChangeList {
  return { created: [], updated: [], linked: [], touched: [] };
}

const customers = tableOf("Customer");
const mutableColumns = Object.values(customers.columns).filter(
  (column) => !["environment_id", "id", "created_at", "created_by"].includes(column),
);
const assignments = Prisma.raw(
  mutableColumns.map((column) => `${quote(column)} = n.${quote(column)}`).join(", "),
);
const allColumns = Prisma.raw(Object.values(customers.columns).map(quote).join(", "));

/**
 * Writes all changes in one statement, and one event for each customer that was created or updated. Starts over when a
 * customer, or an external id with its time, is not as it was when it was read. What has to be unique is written in one order by all,
 * so that waiting for each other never goes in a circle. With `last`, it is the last thing that the
 * transaction does.
 */
export async function writeChanges(
  transaction: Transaction,
  changes: ChangeList,
  last = false,
): Promise<void> {
  const { created, updated, linked, touched } = changes;
  if (created.length + updated.length + linked.length + touched.length === 0) return;
  const { environmentId } = transaction;
  const links = linked.map((link) => ({ id: newId(), ...link }));
  const statement = Prisma.sql`
    WITH created AS (
      INSERT INTO customers (${allColumns})
      SELECT ${allColumns} FROM jsonb_populate_recordset(NULL::customers, ${toRecords("Customer", created)}::jsonb)
      ORDER BY lower(email) COLLATE "C"
    ), updated AS (
      UPDATE customers t SET ${assignments}
      FROM jsonb_populate_recordset(
        NULL::customers, ${toRecords(
          "Customer",
          updated.map(({ after }) => after),
        )}::jsonb
      ) n
      WHERE t.environment_id = ${environmentId}::uuid AND t.id = n.id AND t.version = n.version - 1
      RETURNING t.id
    ), linked AS (
      INSERT INTO customer_external_ids (environment_id, id, customer_id, source, external_id, external_updated_at, created_at)
      SELECT ${environmentId}::uuid, n.id, n."customerId", n.source, n."externalId", n."externalUpdatedAt", ${transaction.now}
      FROM jsonb_to_recordset(${JSON.stringify(links)}::jsonb)
        AS n(id uuid, "customerId" uuid, source text, "externalId" text, "externalUpdatedAt" timestamptz)
      ORDER BY n.source, n."externalId"
    ), touched AS (
      UPDATE customer_external_ids x SET external_updated_at = n."externalUpdatedAt"
      FROM jsonb_to_recordset(${JSON.stringify(touched)}::jsonb) AS n("linkId" uuid, "externalUpdatedAt" timestamptz)
      WHERE x.environment_id = ${environmentId}::uuid AND x.id = n."linkId"
        AND x.replaced_at IS NULL AND x.released_at IS NULL
        AND (x.external_updated_at IS NULL OR x.external_updated_at <= n."externalUpdatedAt")
      RETURNING x.id
    )
    SELECT 1 / ((SELECT count(*) FROM updated) = ${updated.length}
      AND (SELECT count(*) FROM touched) = ${touched.length})::int AS "asRead"`;
  for (const customer of created) transaction.emit(customerEvent("customer.created", customer));
  for (const { before, after } of updated) {
    const { version: _, updatedAt: __, updatedBy: ___, ...previous } = changedValues(before, after) ?? {};
    transaction.emit({ ...customerEvent("customer.updated", after), previousAttributes: previous });
  }
  await orStartOver(last ? transaction.conclude(statement) : transaction.query(statement));
}

/** An event about a customer, which tells all of it. */
export function customerEvent(type: string, { environmentId: _, ...customer }: CustomerRow): EventDraft {
  return { type, objectType: "customer", objectId: customer.id, data: customer };
}

/** The row of a customer that is made now. */
export function newCustomer(
  transaction: Transaction,
  values: Pick<CustomerRow, "email"> & Partial<CustomerRow>,
): CustomerRow {
  const { environmentId, actor, now } = transaction;
  return {
    ...(values as CustomerRow),
    testClockId: values.testClockId ?? null,
    environmentId,
    id: newId(),
    version: 1,
    status: "ACTIVE",
    createdAt: now,
    updatedAt: now,
    createdBy: actor,
    updatedBy: actor,
    archivedAt: null,
  };
}

/** The row of a customer that is changed now. */
export function nextVersion(
  transaction: Transaction,
  before: CustomerRow,
  values: Partial<CustomerRow>,
): CustomerRow {
  const { actor, now } = transaction;
  return { ...before, ...values, version: before.version + 1, updatedAt: now, updatedBy: actor };
}
