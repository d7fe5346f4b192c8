import { z } from "zod";
import { lockRows } from "../../../db/changes.ts";
import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { type Decimal, decimal } from "../../../kit/decimal.ts";
import { isId } from "../../../kit/ids.ts";
import { refuse } from "../../../kit/refusal.ts";
import { nowFor } from "../../clocks/index.ts";
import { readEntitlements } from "../access/read.ts";
import { benefitReference } from "../benefits/find.ts";

export type SeatRow = Row<"Seat">;

/** Names the seats of an item: those of one of its benefits, which need not be said when it has only one with seats. */
export const poolReference = { subscriptionItemId: z.string(), benefit: benefitReference.nullish() };

type PoolReference = { readonly subscriptionItemId: string } & {
  readonly benefit?: z.infer<typeof benefitReference> | null | undefined;
};

/** The seats that an item of a subscription gives by one benefit, locked. */
export interface Pool {
  readonly customerId: string;
  readonly subscriptionId: string;
  readonly subscriptionItemId: string;
  readonly benefitId: string;
  /** How many there are; null for any number. */
  readonly capacity: Decimal | null;
  /** Whether the subscription gives access at all at present. */
  readonly open: boolean;
  /** Those that are taken, in the order in which they were. */
  readonly taken: readonly SeatRow[];
  /** What time it is for the customer. */
  readonly now: Date;
}

/** Locks the subscription of an item, which every change of its quantity does too, and reads a pool of its seats. */
export async function lockPool(transaction: Transaction, reference: PoolReference): Promise<Pool> {
  const item = await itemOf(transaction, reference.subscriptionItemId);
  const subscription = (await lockRows(transaction, "BillingSubscription", [item.subscriptionId])).get(
    item.subscriptionId,
  );
  if (!subscription) throw new Error(`there is no subscription ${item.subscriptionId}`);
  const { customerId, id: subscriptionId } = subscription;
  const key = await keyOf(transaction, item.id, reference.benefit);
  const asked = [{ customer: { id: customerId }, key }];
  const [[entitlement] = []] = (
    await readEntitlements(transaction, transaction.environmentId, asked, transaction.now)
  ).map((one) => one ?? []);
  const source = entitlement?.sources.find(({ subscriptionItemId }) => subscriptionItemId === item.id);
  if (!entitlement?.benefitId || !source) throw new Error(`item ${item.id} gives no ${key}`);
  const { benefitId } = entitlement;
  return {
    customerId,
    subscriptionId,
    subscriptionItemId: item.id,
    benefitId,
    capacity: source.limit && decimal(source.limit),
    open: source.access.level !== "NONE" && entitlement.accessLevel !== "NONE",
    taken: await takenSeats(transaction, item.id, benefitId),
    now: (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now,
  };
}

async function itemOf(
  { environmentId, query }: Transaction,
  id: string,
): Promise<{ id: string; subscriptionId: string }> {
  const [item] = isId(id)
    ? await query<{ id: string; subscriptionId: string }>(Prisma.sql`
        SELECT t.id, t.subscription_id AS "subscriptionId" FROM subscription_items t
        WHERE t.environment_id = ${environmentId}::uuid AND t.id = ${id}::uuid AND t.removed_at IS NULL`)
    : [];
  return item ?? refuse("NOT_FOUND", "There is no such item of a subscription.", ["subscriptionItemId"]);
}

/** The key of the benefit whose seats are meant. One statement. */
async function keyOf(
  { environmentId, query }: Transaction,
  itemId: string,
  benefit: PoolReference["benefit"],
): Promise<string> {
  const rows = await query<{ id: string; key: string }>(Prisma.sql`
    SELECT b.id, b.key FROM subscription_items i
    JOIN prices p ON p.environment_id = i.environment_id AND p.id = i.price_id
    JOIN product_benefits l ON l.environment_id = i.environment_id AND l.product_id = p.product_id
    JOIN benefits b ON b.environment_id = i.environment_id AND b.id = l.benefit_id
    WHERE i.environment_id = ${environmentId}::uuid AND i.id = ${itemId}::uuid AND b.type::text = 'SEATS'
    ORDER BY b.key`);
  const named = rows.filter(
    ({ id, key }) => !benefit || ("key" in benefit ? key === benefit.key : id === benefit.id.toLowerCase()),
  );
  const [first, ...others] = named;
  if (!first && benefit) refuse("NOT_FOUND", "The item gives no seats by this benefit.", ["benefit"]);
  if (!first) {
    refuse("ILLEGAL_STATE", "The item gives no seats: attach a benefit of the type SEATS to its product.", [
      "subscriptionItemId",
    ]);
  }
  if (others.length)
    refuse("REQUIRED", "The item gives seats by several benefits: say which one.", ["benefit"]);
  return first.key;
}

function takenSeats(
  { environmentId, query }: Transaction,
  itemId: string,
  benefitId: string,
): Promise<SeatRow[]> {
  const { name, select } = tableOf("Seat");
  return query<SeatRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid
      AND t.subscription_item_id = ${itemId}::uuid AND t.benefit_id = ${benefitId}::uuid AND t.unassigned_at IS NULL
    ORDER BY t.assigned_at, t.id`);
}
