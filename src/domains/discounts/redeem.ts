import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { Refusal } from "../../kit/refusal.ts";
import { type Discount, type Redeemer, redemptionFault } from "./redeemable.ts";

/** A discount that may be redeemed, locked until the transaction ends. */
export interface Redeemable {
  readonly discount: Discount;
  /** The products of SPECIFIC_PRODUCTS. */
  readonly productIds: readonly string[];
}

/**
 * The discounts with these codes, in their order, if this customer, who is locked, may redeem them for what is bought; refuses each
 * that it may not at its path. Their rows stay locked until the transaction ends, so that their limits hold whatever runs at
 * once. Three statements, however many.
 */
export async function requireRedeemable(
  transaction: Transaction,
  codes: readonly { readonly code: string; readonly path: readonly string[] }[],
  redeemer: Redeemer,
): Promise<Redeemable[]> {
  if (!codes.length) return [];
  const { environmentId } = transaction;
  const { name, select } = tableOf("Discount");
  const wanted = codes.map(({ code }) => code.toUpperCase());
  const rows = await transaction.query<Discount>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.code = ANY(${wanted}::text[]) ORDER BY t.id FOR UPDATE`);
  const ids = rows.map(({ id }) => id);
  const products = await transaction.query<{ discountId: string; id: string }>(Prisma.sql`
    SELECT p.discount_id AS "discountId", p.product_id AS id FROM discount_products p
    WHERE p.environment_id = ${environmentId}::uuid AND p.discount_id = ANY(${ids}::uuid[])`);
  const { used, known } = await historyOf(transaction, ids, redeemer.customerId);
  const found = codes.map(({ path }, index) => {
    const discount = rows.find(({ code }) => code === wanted[index]);
    if (!discount) {
      return { fault: { code: "NOT_FOUND" as const, message: "There is no discount with this code.", path } };
    }
    if (wanted.indexOf(discount.code) < index) {
      return { fault: { code: "CONFLICT" as const, message: "The discount stands here twice.", path } };
    }
    const productIds = products.filter((one) => one.discountId === discount.id).map(({ id }) => id);
    const history = { used: used.get(discount.id) ?? 0, known };
    const fault = redemptionFault(discount, productIds, redeemer, history);
    return fault ? { fault: { ...fault, path } } : { discount, productIds };
  });
  const faults = found.flatMap(({ fault }) => fault ?? []);
  if (faults.length) throw new Refusal(faults);
  return found.flatMap((one) => (one.discount ? [one] : []));
}

async function historyOf(
  { environmentId, query }: Transaction,
  discountIds: readonly string[],
  customerId: string,
): Promise<{ readonly used: ReadonlyMap<string, number>; readonly known: boolean }> {
  const rows = await query<{ id: string | null; used: bigint; known: boolean }>(Prisma.sql`
    SELECT history.known, r.discount_id AS id, count(r.id) AS used
    FROM (
      SELECT EXISTS (SELECT FROM subscriptions s
          WHERE s.environment_id = ${environmentId}::uuid AND s.customer_id = ${customerId}::uuid)
        OR EXISTS (SELECT FROM invoices i
          WHERE i.environment_id = ${environmentId}::uuid AND i.customer_id = ${customerId}::uuid
            AND i.status NOT IN ('DRAFT', 'PENDING_APPROVAL', 'REJECTED', 'VOID'))
        OR EXISTS (SELECT FROM discount_redemptions f
          JOIN discounts d ON d.environment_id = f.environment_id AND d.id = f.discount_id
          WHERE f.environment_id = ${environmentId}::uuid AND f.customer_id = ${customerId}::uuid AND d.first_time_only) AS known
    ) history
    LEFT JOIN discount_redemptions r ON r.environment_id = ${environmentId}::uuid
      AND r.customer_id = ${customerId}::uuid AND r.discount_id = ANY(${discountIds}::uuid[])
    GROUP BY history.known, r.discount_id`);
  return {
    used: new Map(rows.flatMap(({ id, used }) => (id === null ? [] : [[id, Number(used)]]))),
    known: rows.some(({ known }) => known),
  };
}

/** What discounts are redeemed for: a subscription, for as long as each lasts, or one invoice. */
export type RedeemedFor = { readonly customerId: string; readonly now: Date } & (
  | { readonly subscriptionId: string }
  | { readonly invoiceId: string }
);

/** A redemption that is about to be written, and what it is of. */
export interface Redeemed extends Redeemable {
  readonly redemption: Row<"DiscountRedemption">;
}

/** The redemptions of discounts, which are not written yet. */
export function redemptionsOf(
  { environmentId }: Pick<Transaction, "environmentId">,
  redeemables: readonly Redeemable[],
  by: RedeemedFor,
): Redeemed[] {
  const { customerId, now } = by;
  const once = "invoiceId" in by;
  return redeemables.map((redeemable) => ({
    ...redeemable,
    redemption: {
      environmentId,
      id: newId(),
      discountId: redeemable.discount.id,
      customerId,
      subscriptionId: once ? null : by.subscriptionId,
      invoiceId: once ? by.invoiceId : null,
      cyclesApplied: once ? 1 : 0,
      redeemedAt: now,
      countedFrom: null,
      endedAt: once ? now : null,
    },
  }));
}

/** Notes that locked discounts were redeemed, for a subscription or an invoice that there is. Two statements, or none. */
export async function redeem(transaction: Transaction, redeemed: readonly Redeemed[]): Promise<void> {
  if (!redeemed.length) return;
  const ids = redeemed.map(({ discount }) => discount.id);
  await transaction.query(Prisma.sql`
    UPDATE discounts SET redemptions = redemptions + 1, updated_at = ${transaction.now}
    WHERE environment_id = ${transaction.environmentId}::uuid AND id = ANY(${ids}::uuid[])`);
  await insertRows(
    transaction,
    "DiscountRedemption",
    redeemed.map(({ redemption }) => redemption),
  );
}

/** Takes back that an invoice used up a period of discounts: they hold for one more again. One statement. */
export async function uncountCycles({ environmentId, query }: Transaction, invoiceId: string): Promise<void> {
  await query(Prisma.sql`
    UPDATE discount_redemptions r SET cycles_applied = greatest(r.cycles_applied - 1, 0), ended_at = NULL, counted_from = NULL
    FROM invoice_discounts d
    WHERE d.environment_id = ${environmentId}::uuid AND d.invoice_id = ${invoiceId}::uuid AND d.counts_cycle
      AND r.environment_id = ${environmentId}::uuid AND r.id = d.redemption_id`);
}

/** What redemptions are given back of: all of a subscription or of an invoice, or some by their ids. */
export type GivenBack = Partial<Readonly<Record<"subscriptionId" | "invoiceId", string>>> & {
  readonly ids?: readonly string[];
};

/** Gives redemptions back that come to nothing: they can be redeemed again. One statement. */
export async function giveRedemptionsBack(
  { environmentId, query }: Transaction,
  { subscriptionId, invoiceId, ids }: GivenBack,
): Promise<void> {
  const which =
    subscriptionId !== undefined
      ? Prisma.sql`subscription_id = ${subscriptionId}::uuid`
      : invoiceId !== undefined
        ? Prisma.sql`invoice_id = ${invoiceId}::uuid`
        : Prisma.sql`id = ANY(${ids ?? []}::uuid[])`;
  await query(Prisma.sql`
    WITH gone AS (
      DELETE FROM discount_redemptions WHERE environment_id = ${environmentId}::uuid AND ${which} RETURNING discount_id
    ), counted AS (SELECT discount_id, count(*)::int AS count FROM gone GROUP BY discount_id)
    UPDATE discounts d SET redemptions = d.redemptions - counted.count
    FROM counted WHERE d.environment_id = ${environmentId}::uuid AND d.id = counted.discount_id`);
}
