import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import type { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction, TransactionHost, Writer } from "../../db/transaction.ts";
import { changedMetadata, metadataInput } from "../../kit/metadata.ts";
import { refuse } from "../../kit/refusal.ts";
import { requireMove } from "../../kit/state-machine.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { refuseBeyond } from "./beyond.ts";
import type { Outcome } from "./carry-out.ts";
import { type Pricing, chosenAmount, newItem, pricing, prorationMode, quantity } from "./fields.ts";
import { refuseMixed } from "./mixed.ts";
import { type Decide, operate, target } from "./operate.ts";
import type { Situation } from "./plan.ts";
import { newItemState } from "./plan-create.ts";
import { changesInterval, planInterval, planItems } from "./plan-items.ts";
import { type Offer, refuseUnfitAmounts, requireOffers } from "./prices.ts";
import { type ItemState, type Subscription, itemRow } from "./state.ts";
import type { NamedTerms } from "./rules/history.ts";
import { subscriptionMachine } from "./status.ts";

/** A subscription after one of its items was changed, and that item. */
export interface ItemOutcome extends Outcome {
  readonly item: Row<"SubscriptionItem">;
}

const mostItems = 50;
const mode = { prorationMode: prorationMode.nullish() };

export const addItemInput = z.strictObject({ ...target, ...mode, item: newItem });
export const updateItemInput = z.strictObject({
  ...target,
  ...mode,
  ...pricing,
  itemId: z.string(),
  quantity: quantity.nullish(),
  unitAmount: chosenAmount.nullish(),
  description: clearable(text(500)),
  metadata: metadataInput.nullish(),
  replaceMetadata: z.boolean().nullish(),
});
export const removeItemInput = z.strictObject({ ...target, ...mode, itemId: z.string() });
export const changeQuantityInput = z.strictObject({
  ...target,
  ...mode,
  itemId: z.string().nullish(),
  quantity,
});
export const changePlanInput = z.strictObject({
  ...target,
  ...mode,
  ...pricing,
  itemId: z.string().nullish(),
  quantity: quantity.nullish(),
  unitAmount: chosenAmount.nullish(),
});

/** Adds an item at the subscription's interval and currency. */
export async function addItem(host: TransactionHost, writer: Writer, sent: unknown): Promise<ItemOutcome> {
  const input = checked(addItemInput, sent);
  const outcome = await operate(host, writer, input, decideAdd(input));
  const item = outcome.items.at(-1);
  if (!item) throw new Error("no item was added");
  return { ...outcome, item: itemRow(item) };
}

export function decideAdd(input: z.infer<typeof addItemInput>): Decide {
  return async (situation, transaction) => {
    const { subscription, items } = changeable(situation);
    if (items.length >= mostItems)
      refuse("TOO_LONG", `A subscription has at most ${mostItems} items.`, ["item"]);
    const offer = await offerFor(transaction, input.item, ["item"]);
    refuseMixed(subscription, [offer], () => ["item"]);
    refuseUnfitAmounts([offer], [input.item], () => ["item", "unitAmount"]);
    const position = Math.max(0, ...items.map((item) => item.position)) + 1;
    const added = newItemState(subscription, input.item, offer, position, situation.now);
    refuseBeyond([added], () => ["item", "quantity"]);
    // What is billed at the interval to come begins with it.
    const chosen = changesInterval(situation) ? "NONE" : modeOf(subscription, input);
    return planItems(situation, [...items, added], chosen);
  };
}

/** Changes an item: its quantity, its price, or what it is called. */
export async function updateItem(host: TransactionHost, writer: Writer, sent: unknown): Promise<ItemOutcome> {
  const input = checked(updateItemInput, sent);
  return withItem(await operate(host, writer, input, decideUpdate(input)), input.itemId);
}

export function decideUpdate(input: z.infer<typeof updateItemInput>): Decide {
  return async (situation, transaction) => {
    const { subscription, items } = changeable(situation);
    const before = itemOf(items, input.itemId);
    const offer = input.price || input.product ? await offerFor(transaction, input, []) : null;
    if (offer) {
      refuseMixed(subscription, [offer], () => [input.price ? "price" : "product"]);
      refuseOtherMeter(before, offer, [input.price ? "price" : "product"]);
    }
    const after = {
      ...repriced(before, offer, input),
      description: input.description === undefined ? before.description : input.description,
      metadata: changedMetadata(before.metadata, input.metadata, { replace: input.replaceMetadata }),
    };
    if (offer || input.quantity || input.unitAmount) refuseBeyond([after], () => ["quantity"]);
    const others = items.filter(({ id }) => id !== before.id);
    // A price of the interval to come cannot hold in a period of the one that runs out.
    if (offer && changesInterval(situation)) {
      return planInterval(transaction, situation, after, modeOf(subscription, input), others);
    }
    return planItems(
      situation,
      items.map((item) => (item.id === before.id ? after : item)),
      modeOf(subscription, input),
      namedIn(before.id, input),
    );
  };
}

/** Removes an item; the last one stays. */
export function removeItem(host: TransactionHost, writer: Writer, sent: unknown): Promise<Outcome> {
  const input = checked(removeItemInput, sent);
  return operate(host, writer, input, decideRemove(input));
}

export function decideRemove(input: z.infer<typeof removeItemInput>): Decide {
  return (situation) => {
    const { subscription, items } = changeable(situation);
    const gone = itemOf(items, input.itemId);
    if (items.length === 1) {
      refuse("CONFLICT", "This is the last item: cancel the subscription instead.", ["itemId"]);
    }
    const rest = items.filter(({ id }) => id !== gone.id);
    return planItems(situation, rest, modeOf(subscription, input));
  };
}

/** Changes how many units of an item are billed. */
export async function changeQuantity(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<ItemOutcome> {
  const input = checked(changeQuantityInput, sent);
  return withItem(await operate(host, writer, input, decideQuantity(input)), input.itemId);
}

export function decideQuantity(input: z.infer<typeof changeQuantityInput>): Decide {
  return (situation) => {
    const { subscription, items } = changeable(situation);
    const before = itemOf(items, input.itemId);
    const after = { ...before, quantity: input.quantity };
    refuseBeyond([after], () => ["quantity"]);
    return planItems(
      situation,
      items.map((item) => (item.id === before.id ? after : item)),
      modeOf(subscription, input),
      namedIn(before.id, input),
    );
  };
}

/** Swaps the price of an item for another one, of another product too. The only item may change its interval. */
export async function changePlan(host: TransactionHost, writer: Writer, sent: unknown): Promise<ItemOutcome> {
  const input = checked(changePlanInput, sent);
  return withItem(await operate(host, writer, input, decidePlan(input)), input.itemId);
}

export function decidePlan(input: z.infer<typeof changePlanInput>): Decide {
  return async (situation, transaction) => {
    const { subscription, items } = changeable(situation);
    const before = itemOf(items, input.itemId);
    const path = [input.price ? "price" : "product"];
    const offer = await offerFor(transaction, input, []);
    const { currency } = subscription;
    const { interval, intervalCount } = offer.price;
    const alone = items.length === 1;
    refuseMixed(alone ? { currency, interval, intervalCount } : subscription, [offer], () => path);
    refuseOtherMeter(before, offer, path);
    const after = repriced(before, offer, input);
    refuseBeyond([after], () => ["quantity"]);
    const chosen = modeOf(subscription, input);
    const differs = interval !== subscription.interval || intervalCount !== subscription.intervalCount;
    const others = items.filter(({ id }) => id !== before.id);
    if (differs || changesInterval(situation)) {
      return planInterval(transaction, situation, after, chosen, others);
    }
    return planItems(
      situation,
      items.map((item) => (item.id === before.id ? after : item)),
      chosen,
      namedIn(before.id, input),
    );
  };
}

/** The subscription and its items, if its state allows to change what it bills. */
export function changeable({ state }: Situation): Situation["state"] {
  requireMove(subscriptionMachine, state.subscription.status, "change", {
    noun: "The subscription",
    path: ["subscriptionId"],
  });
  return state;
}

/** The terms that an input names. */
function namedIn(
  itemId: string,
  { price, product, quantity: units, unitAmount }: Pricing & { readonly quantity?: unknown },
): NamedTerms {
  const names = { priceId: price ?? product, quantity: units, unitAmount };
  const fields = (["priceId", "quantity", "unitAmount"] as const).filter((field) => names[field] != null);
  return { itemId, fields };
}

function modeOf(
  subscription: Subscription,
  { prorationMode: said }: { readonly prorationMode?: Subscription["prorationMode"] | null | undefined },
): Subscription["prorationMode"] {
  return said ?? subscription.prorationMode;
}

function itemOf(items: readonly ItemState[], id: string | null | undefined): ItemState {
  const [only, ...others] = items;
  if (id == null) {
    if (only && !others.length) return only;
    refuse("REQUIRED", "The subscription has several items: say which one.", ["itemId"]);
  }
  const item = items.find((one) => one.id === id.toLowerCase());
  return item ?? refuse("NOT_FOUND", "The subscription has no such item.", ["itemId"]);
}

async function offerFor(transaction: Transaction, named: Pricing, path: readonly string[]): Promise<Offer> {
  const [offer] = await requireOffers(transaction, [named], () => path);
  if (!offer) throw new Error("there is no offer");
  return offer;
}

function refuseOtherMeter(before: ItemState, { price }: Offer, path: readonly string[]): void {
  if (price.meterId === before.price.meterId) return;
  refuse("CONFLICT", "The two prices do not bill by the same meter. Add an item, and remove this one.", path);
}

function repriced(
  before: ItemState,
  offer: Offer | null,
  input: {
    readonly quantity?: Prisma.Decimal | null | undefined;
    readonly unitAmount?: Prisma.Decimal | null | undefined;
  },
): ItemState {
  const price = offer?.price ?? before.price;
  const free = price.pricingModel === "PAY_WHAT_YOU_WANT";
  if (input.unitAmount && !free) {
    const message = "Only prices with the model PAY_WHAT_YOU_WANT leave the amount to the customer.";
    refuse("INVALID", message, ["unitAmount"]);
  }
  const unitAmount = free ? (input.unitAmount ?? before.unitAmount) : null;
  // What was agreed holds until the price or the amount changes.
  if (offer || input.unitAmount) refuseUnfitAmounts([{ price }], [{ unitAmount }], () => ["unitAmount"]);
  return {
    ...before,
    price,
    priceId: price.id,
    productName: offer?.product.name ?? before.productName,
    quantity: input.quantity ?? before.quantity,
    unitAmount,
  };
}

function withItem(outcome: Outcome, id: string | null | undefined): ItemOutcome {
  const item = outcome.items.find((one) => one.id === id?.toLowerCase()) ?? outcome.items[0];
  if (!item) throw new Error("the subscription has no item");
  return { ...outcome, item: itemRow(item) };
}
