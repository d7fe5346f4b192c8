import { readByIds } from "../../../db/reads.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { newId } from "../../../kit/ids.ts";
import { Refusal } from "../../../kit/refusal.ts";
import { type Redeemable, type Redeemer, requireRedeemable } from "../../discounts/index.ts";
import type { Plan, Situation } from "../plan.ts";
import { planInterval, planItems } from "../plan-items.ts";
import { type ItemState, withPrices } from "../state.ts";
import type { Phase } from "./read.ts";

/** What a phase makes of a subscription: its items, at their interval, and how it is paid. */
export async function planPhase(transaction: Transaction, situation: Situation, phase: Phase): Promise<Plan> {
  const { subscription } = situation.state;
  const items = await itemsOf(transaction, situation, phase);
  const [only, ...others] = items;
  const interval = only?.price.interval ?? subscription.interval;
  const count = only?.price.intervalCount ?? subscription.intervalCount;
  const same = interval === subscription.interval && count === subscription.intervalCount;
  const plan =
    same || !only
      ? planItems(situation, items, phase.prorationMode)
      : await planInterval(transaction, situation, only, phase.prorationMode, others);
  const { collectionMethod } = phase;
  return collectionMethod ? { ...plan, subscription: { ...plan.subscription, collectionMethod } } : plan;
}

/** The items of a phase; those that have the same price already stay what they are. */
async function itemsOf(
  transaction: Transaction,
  { state, now }: Situation,
  phase: Phase,
): Promise<ItemState[]> {
  const free = [...state.items];
  const { environmentId, id: subscriptionId } = state.subscription;
  const rows = phase.items.map(({ priceId, quantity }, index) => {
    const at = free.findIndex((item) => item.priceId === priceId);
    const known = at < 0 ? undefined : free.splice(at, 1)[0];
    const fresh = {
      environmentId,
      id: newId(),
      subscriptionId,
      priceId,
      description: null,
      unitAmount: null,
      metadata: {},
      createdAt: now,
      updatedAt: now,
      pricedFrom: null,
      countedFrom: null,
      removedAt: null,
    };
    return { ...(known ?? fresh), quantity, position: index + 1 };
  });
  return withPrices(transaction, rows);
}

/** The discount that a phase gives to a subscription; null without one, where it holds already, and where it cannot be redeemed any more. */
export async function newDiscount(
  transaction: Transaction,
  { state, now }: Situation,
  phase: Phase,
): Promise<Redeemable | null> {
  const { customerId, currency } = state.subscription;
  if (state.discounts.some(({ discount }) => discount.id === phase.discountId)) return null;
  const { productIds } = await soldIn(transaction, phase);
  return redeemable(transaction, phase, { customerId, currency, productIds, now });
}

/** The discount of a phase; null without one, and when it cannot be redeemed any more: the phase begins all the same. */
export async function redeemable(
  transaction: Transaction,
  { discountId }: Phase,
  redeemer: Omit<Redeemer, "for">,
): Promise<Redeemable | null> {
  if (discountId === null) return null;
  const [stored] = await readByIds(transaction, transaction.environmentId, "Discount", [discountId]);
  if (!stored) return null;
  try {
    const codes = [{ code: stored.code, path: [] }];
    const [found] = await requireRedeemable(transaction, codes, { ...redeemer, for: "SUBSCRIPTION" });
    return found ?? null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** What a phase sells, and in which currency. */
export async function soldIn(
  transaction: Transaction,
  phase: Phase,
): Promise<{ readonly currency: string; readonly productIds: readonly string[] }> {
  const items = await withPrices(transaction, phase.items);
  return {
    currency: items[0]?.price.currency ?? "",
    productIds: items.map(({ price }) => price.productId),
  };
}
