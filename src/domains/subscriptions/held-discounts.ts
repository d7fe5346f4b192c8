import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { Numeric } from "../../kit/decimal.ts";
import { holdsForCycle } from "../catalog/index.ts";

/** What of a discount decides about amounts. */
export interface Discount extends Pick<
  Row<"Discount">,
  "id" | "code" | "name" | "type" | "scope" | "duration" | "durationCycles"
> {
  readonly value: Numeric;
}

/** A discount that a subscription has redeemed and that still holds. */
export interface HeldDiscount {
  readonly redemption: Row<"DiscountRedemption">;
  readonly discount: Discount;
  /** The products of SPECIFIC_PRODUCTS. */
  readonly productIds: readonly string[];
  /** What cancellations of the current period that were taken back have taken off: a fixed amount gives its value once a period. */
  readonly used?: bigint | undefined;
}

/**
 * The discounts that hold for these subscriptions, by subscription, in the order of their redemption: those that are not used up, and those
 * that were used up by the current period, which they hold for. One statement.
 */
export async function readHeldDiscounts(
  transaction: Pick<Transaction, "environmentId" | "query">,
  subscriptionIds: readonly string[],
): Promise<Map<string, HeldDiscount[]>> {
  const rows = await transaction.query<
    Row<"DiscountRedemption"> & { discount: Discount; products: string[]; used: bigint }
  >(
    Prisma.sql`
    SELECT ${tableOf("DiscountRedemption").select}, d.discount, d.products, (
      SELECT coalesce(sum(x.amount), 0)::bigint FROM invoices i
      JOIN invoice_discounts x ON x.environment_id = i.environment_id AND x.invoice_id = i.id AND x.redemption_id = t.id
      WHERE i.environment_id = t.environment_id AND i.subscription_id = t.subscription_id AND i.status <> 'VOID'
        AND i.billing_reason = 'SUBSCRIPTION_CANCEL' AND i.period_end > own.current_period_start
    ) AS used
    FROM discount_redemptions t
    CROSS JOIN LATERAL (
      SELECT json_build_object(${discountFields}) AS discount,
        ARRAY(SELECT p.product_id::text FROM discount_products p
          WHERE p.environment_id = t.environment_id AND p.discount_id = t.discount_id) AS products
      FROM discounts s WHERE s.environment_id = t.environment_id AND s.id = t.discount_id
    ) d
    JOIN subscriptions own ON own.environment_id = ${transaction.environmentId}::uuid AND own.id = t.subscription_id
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.subscription_id = ANY(${subscriptionIds}::uuid[])
      AND (t.ended_at IS NULL OR t.counted_from = own.current_period_start)
    ORDER BY t.subscription_id, t.redeemed_at, t.id`,
  );
  const held = rows.map(({ discount, products, used, ...redemption }) => ({
    redemption,
    discount,
    productIds: products,
    used,
  }));
  return Map.groupBy(held, ({ redemption }) => redemption.subscriptionId ?? "");
}

/** What of a discount decides about amounts, as JSON; the value as a text, so that it stays exact. */
const discountFields = Prisma.raw(
  [
    ["id", "s.id"],
    ["code", "s.code"],
    ["name", "s.name"],
    ["type", "s.type"],
    ["value", "s.value::text"],
    ["scope", "s.scope"],
    ["duration", "s.duration"],
    ["durationCycles", "s.duration_cycles"],
  ]
    .map(([field, column]) => `'${field}', ${column}`)
    .join(", "),
);

interface Held {
  readonly discounts: readonly HeldDiscount[];
}

/** The discounts that hold in the current period: also those that it has used up. */
export function heldNow({ discounts }: Held): readonly HeldDiscount[] {
  return discounts;
}

/** The discounts that hold for a period that is to be billed. */
export function heldNext({ discounts }: Held): readonly HeldDiscount[] {
  return discounts.filter(({ redemption }) => redemption.endedAt === null);
}

/** The redemption after one more billed period, which starts at `start`: it has ended when the discount holds no more. */
export function afterCycle(
  { redemption, discount }: HeldDiscount,
  { now, start }: { readonly now: Date; readonly start: Date },
): Row<"DiscountRedemption"> {
  const cyclesApplied = redemption.cyclesApplied + 1;
  const holds = holdsForCycle(discount.duration, cyclesApplied, discount.durationCycles);
  return { ...redemption, cyclesApplied, countedFrom: start, endedAt: holds ? null : now };
}

/** The discount as it was before the current period was counted. */
export function beforeCycle(held: HeldDiscount, start: Date): HeldDiscount {
  const { redemption } = held;
  if (redemption.countedFrom?.getTime() !== start.getTime()) return held;
  const cyclesApplied = redemption.cyclesApplied - 1;
  return { ...held, redemption: { ...redemption, cyclesApplied, countedFrom: null, endedAt: null } };
}

/** Counts one more billed period for these discounts; those that are used up end. One statement, or none. */
export async function countCycle(
  transaction: Transaction,
  held: readonly { readonly discount: HeldDiscount; readonly now: Date; readonly start: Date }[],
): Promise<void> {
  if (!held.length) return;
  const after = held.map(({ discount, ...when }) => afterCycle(discount, when));
  await transaction.query(Prisma.sql`
    UPDATE discount_redemptions t SET cycles_applied = n.cycles, ended_at = n.ended, counted_from = n.counted
    FROM unnest(
      ${after.map(({ id }) => id)}::uuid[], ${after.map(({ cyclesApplied }) => cyclesApplied)}::int[],
      ${after.map(({ endedAt }) => endedAt)}::timestamptz[], ${after.map(({ countedFrom }) => countedFrom)}::timestamptz[]
    ) AS n(id, cycles, ended, counted)
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = n.id`);
}
