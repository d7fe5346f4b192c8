import { z } from "zod";
import { objectEvent } from "../../db/changes.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { checkVersion } from "../../kit/versions.ts";
import { giveRedemptionsBack } from "../discounts/index.ts";
import { lockSubscription, target } from "./operate.ts";
import type { Subscription } from "./state.ts";

const deleteInput = z.strictObject(target);

/** Deletes a subscription that was never billed, with its items and seats; gives its id. */
export function deleteSubscription(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ readonly deletedId: string }> {
  const input = checked(deleteInput, sent);
  return transact(host, writer, async (transaction) => {
    const subscription = await lockSubscription(transaction, input.subscriptionId);
    checkVersion("subscription", subscription.version, input.expectedVersion);
    const { id } = subscription;
    if (await isUsed(transaction, subscription)) {
      const message = "The subscription was billed, measured or scheduled: cancel it instead.";
      refuse("ILLEGAL_STATE", message, ["subscriptionId"]);
    }
    // A redemption that comes to nothing is given back.
    await giveRedemptionsBack(transaction, { subscriptionId: id });
    await removeRows(transaction, id);
    transaction.emit(objectEvent("subscription.deleted", subscription));
    return { deletedId: id };
  });
}

/**
 * Whether somebody counts on it: an invoice has it, or a line or a waiting amount of it; usage was measured for it, or may be
 * billed by it; or a schedule leads it. It is locked, so that nothing new can refer to it.
 */
async function isUsed(
  { query, environmentId }: Transaction,
  { id, customerId, startedAt }: Subscription,
): Promise<boolean> {
  const own = Prisma.sql`t.environment_id = ${environmentId}::uuid AND t.subscription_id = ${id}::uuid`;
  const of = (table: string) => Prisma.sql`EXISTS (SELECT FROM ${Prisma.raw(table)} t WHERE ${own})`;
  const [row] = await query<{ used: boolean }>(Prisma.sql`
    SELECT ${of("invoices")} OR ${of("usage_events")} OR ${of("usage_charges")} OR ${of("subscription_schedules")}
      OR EXISTS (SELECT FROM pending_invoice_items t WHERE ${own} AND t.invoice_id IS NOT NULL)
      OR EXISTS (
        SELECT FROM subscription_items t JOIN invoice_lines l
          ON l.environment_id = t.environment_id AND l.subscription_item_id = t.id
        WHERE ${own})
      OR EXISTS (
        SELECT FROM subscription_items t JOIN prices p ON p.environment_id = t.environment_id AND p.id = t.price_id
          JOIN usage_events e ON e.environment_id = p.environment_id AND e.customer_id = ${customerId}::uuid
            AND e.meter_id = p.meter_id AND e.timestamp >= ${startedAt}
        WHERE ${own}) AS used`);
  return row?.used ?? false;
}

async function removeRows({ query, environmentId }: Transaction, id: string): Promise<void> {
  const of = Prisma.sql`WHERE environment_id = ${environmentId}::uuid AND subscription_id = ${id}::uuid`;
  await query(Prisma.sql`DELETE FROM pending_invoice_items ${of}`);
  await query(Prisma.sql`
    DELETE FROM usage_thresholds t USING subscription_items i
    WHERE i.environment_id = ${environmentId}::uuid AND i.subscription_id = ${id}::uuid
      AND t.environment_id = i.environment_id AND t.subscription_item_id = i.id`);
  await query(Prisma.sql`DELETE FROM waived_lines ${of}`);
  await query(Prisma.sql`DELETE FROM subscription_item_terms ${of}`);
  await query(Prisma.sql`DELETE FROM subscription_states ${of}`);
  await query(Prisma.sql`DELETE FROM subscription_items ${of}`);
  await query(Prisma.sql`DELETE FROM subscription_tax_rates ${of}`);
  await query(
    Prisma.sql`DELETE FROM subscriptions WHERE environment_id = ${environmentId}::uuid AND id = ${id}::uuid`,
  );
}
