import { z } from "zod";
import { objectEvent } from "../../db/changes.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { checkVersion } from "../../kit/versions.ts";
import { giveRedemptionsBack } from "../discounts/index.ts";
import { lockSubscription, target } from "./operate.ts";

const deleteInput = z.strictObject(target);

/** Deletes a subscription that was never billed, with its items; gives its id. */
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
    if (await isUsed(transaction, id)) {
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

async function isUsed({ query, environmentId }: Transaction, id: string): Promise<boolean> {
  const of = (table: string) =>
    Prisma.sql`EXISTS (SELECT FROM ${Prisma.raw(table)} t WHERE t.environment_id = ${environmentId}::uuid AND t.subscription_id = ${id}::uuid)`;
  const [row] = await query<{ used: boolean }>(Prisma.sql`
    SELECT ${of("invoices")} OR ${of("usage_events")} OR ${of("subscription_schedules")} AS used`);
  return row?.used ?? false;
}

async function removeRows({ query, environmentId }: Transaction, id: string): Promise<void> {
  const of = Prisma.sql`WHERE environment_id = ${environmentId}::uuid AND subscription_id = ${id}::uuid`;
  await query(Prisma.sql`DELETE FROM pending_invoice_items ${of}`);
  await query(Prisma.sql`DELETE FROM subscription_items ${of}`);
  await query(Prisma.sql`DELETE FROM subscription_tax_rates ${of}`);
  await query(
    Prisma.sql`DELETE FROM subscriptions WHERE environment_id = ${environmentId}::uuid AND id = ${id}::uuid`,
  );
}
