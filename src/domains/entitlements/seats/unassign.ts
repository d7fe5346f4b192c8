import { z } from "zod";
import { changeEvent, lockRows, nextVersion, updateRows } from "../../../db/changes.ts";
import { tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { isId } from "../../../kit/ids.ts";
import { refuse } from "../../../kit/refusal.ts";
import { check, checked } from "../../../kit/validate.ts";
import { nowFor } from "../../clocks/index.ts";
import { requireBenefit } from "../benefits/find.ts";
import { people, person, seatsOf } from "./person.ts";
import type { SeatResult } from "./plan.ts";
import { type SeatRow, poolReference } from "./pool.ts";

const unassignInput = z.strictObject({ ...poolReference, people });

/**
 * Frees the seats that people have of an item of a subscription, whatever state it is in; one result each, in their order.
 * Who has none is left as it is.
 */
export async function unassignSeats(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ readonly results: readonly SeatResult[] }> {
  const input = checked(unassignInput, sent);
  const named = input.people.map((one, index) => check(person, one, ["people", String(index)]));
  return transact(host, writer, async (transaction) => {
    const customerId = await lockOwner(transaction, input.subscriptionItemId);
    const benefit = input.benefit && (await requireBenefit(transaction, input.benefit));
    const taken = await seatsOfItem(transaction, input.subscriptionItemId, benefit?.id ?? null);
    const now = (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now;
    const freed = new Map<string, { before: SeatRow; after: SeatRow }>();
    const results = named.map((one, index): SeatResult => {
      if ("faults" in one) return { index, outcome: "FAILED", seat: null, faults: one.faults };
      const seats = seatsOf(taken, one.value).filter(({ id }) => !freed.has(id));
      for (const before of seats) {
        const values = { unassignedAt: now, updatedBy: transaction.actor };
        freed.set(before.id, { before, after: nextVersion(transaction, before, values) });
      }
      const [first] = seats;
      const seat = first ? (freed.get(first.id)?.after ?? null) : null;
      return { index, outcome: seat ? "UNASSIGNED" : "UNCHANGED", seat, faults: [] };
    });
    const changes = [...freed.values()];
    await updateRows(transaction, "Seat", changes);
    transaction.emit(...changes.map((change) => changeEvent("seat.unassigned", change)));
    return { results };
  });
}

/** Locks the subscription of an item, also of one that was removed, and gives its customer. */
async function lockOwner(transaction: Transaction, itemId: string): Promise<string> {
  const [item] = isId(itemId)
    ? await transaction.query<{ id: string }>(Prisma.sql`
        SELECT t.subscription_id AS id FROM subscription_items t
        WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = ${itemId}::uuid`)
    : [];
  if (!item) refuse("NOT_FOUND", "There is no such item of a subscription.", ["subscriptionItemId"]);
  const subscription = (await lockRows(transaction, "BillingSubscription", [item.id])).get(item.id);
  return (
    subscription?.customerId ??
    refuse("NOT_FOUND", "There is no such item of a subscription.", ["subscriptionItemId"])
  );
}

function seatsOfItem(
  { environmentId, query }: Transaction,
  itemId: string,
  benefitId: string | null,
): Promise<SeatRow[]> {
  const { name, select } = tableOf("Seat");
  return query<SeatRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid
      AND t.subscription_item_id = ${itemId}::uuid AND t.unassigned_at IS NULL
      AND (${benefitId}::uuid IS NULL OR t.benefit_id = ${benefitId}::uuid)
    ORDER BY t.assigned_at, t.id`);
}
