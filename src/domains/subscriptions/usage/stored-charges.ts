import { quote, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { toRecords } from "../../../db/writes.ts";
import { type Reading, withPrices } from "../state.ts";
import { type ChargeState, type UsageCharge, chargeRow } from "./charge.ts";

/** A charge that an invoice may still have to do with. */
export interface StoredCharge {
  readonly charge: ChargeState;
  readonly currency: string;
  /** Whether its subscription has ended, so that no invoice of its own will come. */
  readonly ended: boolean;
}

type StoredRow = UsageCharge & {
  readonly currency: string;
  readonly description: string | null;
  readonly ended: boolean;
};

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
    SELECT ${select}, s.currency, i.description, s.status IN ('CANCELED', 'EXPIRED') AS ended
    FROM ${name} t
    JOIN subscriptions s ON s.environment_id = t.environment_id AND s.id = t.subscription_id
    JOIN subscription_items i ON i.environment_id = t.environment_id AND i.id = t.subscription_item_id
    WHERE t.environment_id = ${reading.environmentId}::uuid AND t.customer_id = ANY(${customerIds}::uuid[]) AND NOT t.settled
      AND (t.subscription_id = ANY(${ids}::uuid[]) OR (s.ended_at IS NOT NULL AND t.billed_at IS NOT NULL))
    ORDER BY t.id ${lock ? Prisma.sql`FOR NO KEY UPDATE OF t` : Prisma.empty}`);
  if (!rows.length) return [];
  const charges = await withPrices(reading, rows);
  return charges.map(({ currency, ended, ...charge }) => ({ charge, currency, ended }));
}

/** Charges that are to be written. */
export interface ChargeChanges {
  readonly added: readonly ChargeState[];
  readonly changed: readonly ChargeState[];
}

export const noCharges: ChargeChanges = { added: [], changed: [] };

const { name: table, columns } = tableOf("UsageCharge");
const assignments = Prisma.raw(
  (
    [
      "startsAt",
      "endsAt",
      "share",
      "minimum",
      "quantity",
      "amount",
      "billedAt",
      "settled",
      "updatedAt",
    ] as const
  )
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
