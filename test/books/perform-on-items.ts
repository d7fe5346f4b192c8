import { type Case, isMetered, itemInput, priceInput } from "./case.ts";
import { Fault } from "./fault.ts";
import { type Cycle, dayOf } from "./calendar.ts";
import { type PriceKey, priceOf } from "./catalog.ts";
import type { Operation } from "./operations.ts";
import { ItemHistory, type Mode, type Named, type Terms } from "./terms.ts";

const visible = (one: Case): ItemHistory[] => one.model.items.filter(({ seen }) => seen !== null);

/** Whether the first period waits for its payment: then a change replaces its invoice. */
const unstarted = ({ model }: Case): boolean => model.status === "PENDING" && model.period.billed;

/**
 * What the rules leave open: what NONE means where no period has begun, or where its end may yet be taken back, and what a change does
 * at the very end of a period whose next one has not begun.
 */
function isOpen(one: Case, mode: Mode): boolean {
  const { period, now, trialEnd } = one.model;
  const cut = period.to < period.uncut.to;
  return (mode === "NONE" && (unstarted(one) || cut)) || (period.to <= now && trialEnd !== now);
}

/** Before the start there is no period whose rest could keep its terms. */
const effective = ({ model }: Case, mode: Mode): Mode => (model.status === "PENDING" ? "IMMEDIATE" : mode);

/** Lets the model follow a change of items that was carried out. */
function follow(one: Case, mode: Mode, change: () => void): void {
  const { model } = one;
  change();
  if (model.status === "PENDING") for (const item of model.items) item.rewrite(model.period.from);
  if (mode === "NEXT_INVOICE" && model.period.billed) {
    one.putOff = true;
    model.waiting = true;
  }
}

export async function changeItem(
  one: Case,
  operation: Extract<Operation, { op: "quantity" | "plan" | "update" }>,
): Promise<void> {
  const { model } = one;
  const items = visible(one);
  const item = items[operation.item % items.length];
  const seen = item?.seen;
  if (!item || !seen) return;
  const { mode, quantity } = operation;
  const price = "price" in operation ? operation.price : undefined;
  const chosen = "chosen" in operation ? operation.chosen : undefined;
  if (isOpen(one, mode) || (isMetered(price ?? seen.price) && quantity !== undefined)) return;
  const choice = chosenFor(price, chosen);
  const named: Named = {
    ...(price !== undefined && { price, chosen: choice ?? null }),
    ...(quantity !== undefined && { quantity }),
    ...(chosen !== undefined && { chosen }),
  };
  const sent = {
    itemId: item.id,
    prorationMode: mode,
    ...(price !== undefined && { price: priceInput(price) }),
    ...(quantity !== undefined && { quantity: String(quantity) }),
    ...(choice !== undefined && { unitAmount: String(choice) }),
  };
  const other = price !== undefined && isOtherInterval(model.cycle, price);
  // The rules leave open what another interval makes of what has not begun.
  if (other && (model.status === "PENDING" || operation.op !== "plan")) return;
  const name = {
    quantity: "changeSubscriptionQuantity",
    plan: "changeSubscriptionPlan",
    update: "updateSubscriptionItem",
  };
  if (!(await one.operate(name[operation.op], sent))) return;
  follow(one, mode, () => {
    // The period ends now, and what was put off to its end holds.
    if (other && mode !== "NONE" && model.status !== "TRIALING") {
      for (const each of model.items) each.endPeriod(model.now);
    }
    model.changeItem(
      item.id,
      named,
      other && model.status === "TRIALING" ? "IMMEDIATE" : effective(one, mode),
    );
    if (other) changeInterval(one, price, mode);
  });
  markReplaced(one);
}

function chosenFor(price: PriceKey | undefined, chosen: number | undefined): number | undefined {
  if (chosen !== undefined) return chosen;
  return price !== undefined && priceOf(price).scheme === "CHOSEN" ? 2000 : undefined;
}

function isOtherInterval({ interval, count }: Pick<Cycle, "interval" | "count">, price: PriceKey): boolean {
  const other = priceOf(price);
  return interval !== other.interval || count !== (other.count ?? 1);
}

function changeInterval({ model }: Case, price: PriceKey, mode: Mode): void {
  const { interval, count = 1 } = priceOf(price);
  if (model.status === "TRIALING") {
    model.restartAfterTrial(interval, count);
  } else if (mode === "NONE") {
    model.restartLater(interval, count);
  } else {
    model.restart(model.now, { interval, count, anchor: model.now, anchorDay: dayOf(model.now) });
  }
}

function markReplaced(one: Case): void {
  if (!unstarted(one)) return;
  // Whatever the change itself has made void was replaced.
  for (const { id, status } of one.ledger.invoices) {
    if (status === "VOID" && !one.voidBefore.has(id)) one.replaced.add(id);
  }
}

export async function addItem(one: Case, terms: Terms, mode: Mode): Promise<void> {
  const { model } = one;
  // Nor what an item at an interval that is to come costs until then.
  if (isOpen(one, mode) || isOtherInterval(model.cycle, terms.price)) return;
  if (visible(one).some(({ seen }) => seen && isMetered(seen.price)) && isMetered(terms.price)) return;
  const known = new Set(model.items.map(({ id }) => id));
  if (!(await one.operate("addSubscriptionItem", { item: itemInput(terms), prorationMode: mode }))) return;
  const id = one.ledger.subscription?.itemIds.find((candidate) => !known.has(candidate));
  if (id === undefined) throw new Fault("items-are-told", "an item that was added is not told of");
  follow(one, mode, () => model.items.push(new ItemHistory(id, model.now, terms, effective(one, mode))));
  markReplaced(one);
}

export async function removeItem(one: Case, place: number, mode: Mode): Promise<void> {
  const items = visible(one);
  const item = items[place % items.length];
  if (!item || isOpen(one, mode)) return;
  if (!(await one.operate("removeSubscriptionItem", { itemId: item.id, prorationMode: mode }))) return;
  follow(one, mode, () => one.model.changeItem(item.id, { present: false }, effective(one, mode)));
  markReplaced(one);
}
