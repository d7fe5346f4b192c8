import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { readByIds } from "../../db/reads.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { TaxRateDraft } from "../invoices/index.ts";
import { type HeldDiscount, readHeldDiscounts } from "./held-discounts.ts";

export type Subscription = Row<"BillingSubscription">;

/** What reads within an environment, be it in a transaction that writes or not. */
export type Reading = Pick<Transaction, "environmentId" | "query" | "confined">;

/** An item with what it is billed by. */
export type ItemState = Row<"SubscriptionItem"> & {
  readonly price: Row<"Price">;
  readonly productName: string;
};

/** A subscription with all that decides about its invoices. */
export interface SubscriptionState {
  readonly subscription: Subscription;
  /** By position, without those that were removed. */
  readonly items: readonly ItemState[];
  readonly taxRates: readonly TaxRateDraft[];
  /** The discounts that still hold, in the order in which they were redeemed. */
  readonly discounts: readonly HeldDiscount[];
}

/** Reads what decides about the invoices of these subscriptions, by id. Five statements, however many they are. */
export async function loadStates(
  transaction: Reading,
  subscriptions: readonly Subscription[],
): Promise<Map<string, SubscriptionState>> {
  if (!subscriptions.length) return new Map();
  const ids = subscriptions.map(({ id }) => id);
  const items = Map.groupBy(await readItems(transaction, ids), ({ subscriptionId }) => subscriptionId);
  const taxRates = await readTaxRates(transaction, ids);
  const discounts = await readHeldDiscounts(transaction, ids);
  return new Map(
    subscriptions.map((subscription) => [
      subscription.id,
      {
        subscription,
        items: items.get(subscription.id) ?? [],
        taxRates: taxRates.get(subscription.id) ?? [],
        discounts: discounts.get(subscription.id) ?? [],
      },
    ]),
  );
}

async function readItems(transaction: Reading, ids: readonly string[]): Promise<ItemState[]> {
  const { name, select } = tableOf("SubscriptionItem");
  const rows = await transaction.query<Row<"SubscriptionItem">>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.subscription_id = ANY(${ids}::uuid[])
      AND t.removed_at IS NULL
    ORDER BY t.subscription_id, t.position, t.id`);
  return withPrices(transaction, rows);
}

/** Items with their prices and the names of their products. Two statements. */
export async function withPrices<I extends { readonly priceId: string }>(
  transaction: Reading,
  items: readonly I[],
): Promise<(I & { readonly price: Row<"Price">; readonly productName: string })[]> {
  const { environmentId } = transaction;
  const priceIds = [...new Set(items.map(({ priceId }) => priceId))];
  const prices = (await readByIds(transaction, environmentId, "Price", priceIds)).filter(
    (one) => one !== null,
  );
  const productIds = [...new Set(prices.map(({ productId }) => productId))];
  const names = await transaction.query<{ id: string; name: string }>(Prisma.sql`
    SELECT t.id, t.name FROM products t
    WHERE t.environment_id = ${environmentId}::uuid AND t.id = ANY(${productIds}::uuid[])`);
  const priceOf = new Map(prices.map((price) => [price.id, price]));
  const nameOf = new Map(names.map(({ id, name }) => [id, name]));
  return items.map((item) => {
    const price = priceOf.get(item.priceId);
    if (!price) throw new Error(`there is no price ${item.priceId}`);
    return { ...item, price, productName: nameOf.get(price.productId) ?? "" };
  });
}

/** An item as it is stored. */
export function itemRow({ price: _, productName: __, ...row }: ItemState): Row<"SubscriptionItem"> {
  return row;
}

async function readTaxRates(
  transaction: Reading,
  ids: readonly string[],
): Promise<Map<string, TaxRateDraft[]>> {
  const { select } = tableOf("TaxRate");
  const rows = await transaction.query<Row<"TaxRate"> & { subscriptionId: string }>(Prisma.sql`
    SELECT l.subscription_id AS "subscriptionId", ${select}
    FROM subscription_tax_rates l
    JOIN tax_rates t ON t.environment_id = l.environment_id AND t.id = l.tax_rate_id
    WHERE l.environment_id = ${transaction.environmentId}::uuid AND l.subscription_id = ANY(${ids}::uuid[])
    ORDER BY l.subscription_id, t.created_at, t.id`);
  return Map.groupBy(rows, ({ subscriptionId }) => subscriptionId);
}
