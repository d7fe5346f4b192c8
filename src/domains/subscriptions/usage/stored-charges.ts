import { quote, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { toRecords } from "../../../db/writes.ts";
import { type Reading, withPrices } from "../state.ts";
import { type ChargeState, type UsageCharge, chargeRow } from "./charge.ts";
import type { OnInvoices } from "./rate.ts";

/** A charge that an invoice may still have to do with. */
export interface StoredCharge {
  readonly charge: ChargeState;
  readonly onInvoices: OnInvoices;
  readonly currency: string;
  /** Whether its subscription has ended, so that no invoice of its own will come. */
  readonly ended: boolean;
}

type StoredRow = UsageCharge & {
  readonly currency: string;
  readonly description: string | null;
  readonly ended: boolean;
} & OnInvoices;

/**
 * The charges that are not settled of these subscriptions, and of those of the same customers that have ended. With `lock`, until the
 * transaction ends nobody else bills them. One statement, and two more where there are any.
 */
export async function readStoredCharges(
  reading: Reading,
  subscriptions: readonly { readonly id: string; readonly customerId: string }[],
  { lock }: { readonly lock: boolean },
): Promise<StoredCharge[]> {
  const { name, select } = tableOf("UsageCharge");
  const ids = subscriptions.map(({ id }) => id);
  const customerIds = [...new Set(subscriptions.map(({ customerId }) => customerId))];
  const rows = await reading.query<StoredRow>(Prisma.sql`
    SELECT ${select}, s.currency, i.description, s.status IN ('CANCELED', 'EXPIRED') AS ended,
      ${onInvoices(Prisma.sql`l.amount`)} AS gross,
      ${onInvoices(Prisma.sql`l.amount - l.discount - coalesce((SELECT sum(c.amount) FROM credit_note_lines c
        JOIN credit_notes n ON n.environment_id = c.environment_id AND n.id = c.credit_note_id
        WHERE c.environment_id = l.environment_id AND c.invoice_line_id = l.id AND n.status <> 'VOID'), 0)`)} AS net
    FROM ${name} t
    JOIN subscriptions s ON s.environment_id = t.environment_id AND s.id = t.subscription_id
    JOIN subscription_items i ON i.environment_id = t.environment_id AND i.id = t.subscription_item_id
    WHERE t.environment_id = ${reading.environmentId}::uuid AND t.customer_id = ANY(${customerIds}::uuid[]) AND NOT t.settled
      AND (t.subscription_id = ANY(${ids}::uuid[]) OR (s.ended_at IS NOT NULL AND t.billed_at IS NOT NULL))
    ORDER BY t.id ${lock ? Prisma.sql`FOR NO KEY UPDATE OF t` : Prisma.empty}`);
  if (!rows.length) return [];
  const charges = await withPrices(reading, rows);
  return charges.map(({ currency, gross, net, ended, ...charge }) => ({
    charge,
    currency,
    ended,
    onInvoices: { gross, net },
  }));
}

/** What of a charge stands on invoices that somebody owes or has paid. */
function onInvoices(amount: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT coalesce(sum(${amount}), 0)::bigint FROM invoice_lines l
    JOIN invoices o ON o.environment_id = l.environment_id AND o.id = l.invoice_id
    WHERE l.environment_id = t.environment_id AND l.usage_charge_id = t.id AND o.status NOT IN ('VOID', 'UNCOLLECTIBLE'))`;
}

/** Charges that are to be written. */
export interface ChargeChanges {
  readonly added: readonly ChargeState[];
  readonly changed: readonly ChargeState[];
}

export const noCharges: ChargeChanges = { added: [], changed: [] };

const { name: table, columns } = tableOf("UsageCharge");
const assignments = Prisma.raw(
  (["endsAt", "share", "minimum", "quantity", "amount", "billedAt", "settled", "updatedAt"] as const)
    .map((field) => `${quote(columns[field] ?? field)} = n.${quote(columns[field] ?? field)}`)
    .join(", "),
);

/** Writes charges, before the lines that name them. What was billed before its time is stored already, and ends where the new one does. Two statements at most, however many they are. */
export async function writeCharges(
  transaction: Transaction,
  { added, changed }: ChargeChanges,
): Promise<void> {
  if (added.length) {
    await transaction.query(Prisma.sql`
      INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, ${toRecords("UsageCharge", added.map(chargeRow))}::jsonb)
      ON CONFLICT (environment_id, subscription_item_id, starts_at) DO UPDATE
      SET ends_at = excluded.ends_at, share = excluded.share, minimum = excluded.minimum, updated_at = excluded.updated_at`);
  }
  if (!changed.length) return;
  await transaction.query(Prisma.sql`
    UPDATE ${table} t SET ${assignments}
    FROM jsonb_populate_recordset(NULL::${table}, ${toRecords("UsageCharge", changed.map(chargeRow))}::jsonb) n
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = n.id`);
}
