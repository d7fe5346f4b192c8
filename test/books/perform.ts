import { type Case, Fault, isMetered, itemInput, priceInput } from "./case.ts";
import { day, dayOf, iso, short } from "./calendar.ts";
import { type PriceKey, priceOf } from "./catalog.ts";
import type { Operation } from "./operations.ts";
import { adoptStatus, runClock } from "./run-clock.ts";
import type { ItemHistory, Mode, Named, Terms } from "./terms.ts";
import { ItemHistory as Item } from "./terms.ts";
import { performOnInvoice } from "./perform-on-invoice.ts";
import { performUsage } from "./perform-usage.ts";

/** Carries a step out in the product, and in the model what the product has accepted. */
export async function perform(one: Case, operation: Operation): Promise<void> {
  const { model, ledger } = one;
  switch (operation.op) {
    case "advance":
      return runClock(one, one.now + operation.days * day + (operation.hours ?? 0) * (day / 24));
    case "toPeriodEnd": {
      const at = model.next()?.at;
      return at !== undefined && at > one.now && at < one.now + 700 * day ? runClock(one, at) : undefined;
    }
    case "quantity":
    case "plan":
    case "update":
      return changeItem(one, operation);
    case "add":
      return addItem(one, operation.terms, operation.mode);
    case "remove":
      return removeItem(one, operation.item, operation.mode);
    case "cancelNow":
    case "cancelAtPeriodEnd":
    case "cancelAt":
    case "reactivate":
    case "pause":
    case "pauseAtPeriodEnd":
    case "resume":
      return performOnLife(one, operation);
    case "pauseByUpdate":
      if (await one.operate("updateSubscription", { pauseAtPeriodEnd: operation.on })) {
        model.pauseAtPeriodEnd = operation.on;
      }
      return;
    case "anchorDay":
      if (await one.operate("updateSubscription", { billingAnchorDay: operation.day })) {
        model.setAnchorDay(operation.day);
      }
      return;
    case "trialEnd": {
      const at = one.now + operation.days * day;
      if (model.status !== "TRIALING") return;
      if (await one.operate("updateSubscription", { trialEnd: iso(at) })) model.setTrialEnd(at);
      return;
    }
    case "taxes": {
      const taxRateIds = operation.taxes.map((key) => one.shop.taxIds.get(key));
      await one.operate("updateSubscription", { taxRateIds });
      return;
    }
    case "endsOn":
    case "maxCycles":
    case "indefinite":
      return changeEnd(one, operation);
    case "payments":
      await one.mutate(
        "updateCustomer",
        { customer: { id: one.customerId }, metadata: { sandbox_payment: operation.behavior } },
        "customer",
      );
      one.payments = operation.behavior;
      return;
    case "use":
    case "voidUse":
    case "grant":
      return performUsage(one, operation);
    default:
      if (ledger.subscription) await performOnInvoice(one, operation);
  }
}

const visible = (one: Case): ItemHistory[] => one.model.items.filter(({ seen }) => seen !== null);

/** Whether the first period waits for its payment: then a change replaces its invoice. */
const unstarted = ({ model }: Case): boolean => model.status === "PENDING" && model.period.billed;

/** What the rules leave open: what NONE means where no period has begun. */
const isOpen = (one: Case, mode: Mode): boolean => mode === "NONE" && unstarted(one);

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

async function changeItem(
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
  const other = price !== undefined && isOtherInterval(seen.price, price);
  // The rules leave open what another interval makes of what has not begun.
  if (other && (model.status === "PENDING" || operation.op !== "plan")) return;
  const name = {
    quantity: "changeSubscriptionQuantity",
    plan: "changeSubscriptionPlan",
    update: "updateSubscriptionItem",
  };
  if (!(await one.operate(name[operation.op], sent))) return;
  follow(one, mode, () => {
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

function isOtherInterval(some: PriceKey, other: PriceKey): boolean {
  const [a, b] = [priceOf(some), priceOf(other)];
  return a.interval !== b.interval || (a.count ?? 1) !== (b.count ?? 1);
}

function changeInterval({ model }: Case, price: PriceKey, mode: Mode): void {
  const { interval, count = 1 } = priceOf(price);
  if (model.status === "TRIALING") {
    const anchor = model.trialEnd ?? model.now;
    model.cycle = { interval, count, anchor, anchorDay: dayOf(anchor) };
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

async function addItem(one: Case, terms: Terms, mode: Mode): Promise<void> {
  const { model } = one;
  if (isOpen(one, mode)) return;
  if (visible(one).some(({ seen }) => seen && isMetered(seen.price)) && isMetered(terms.price)) return;
  const known = new Set(model.items.map(({ id }) => id));
  if (!(await one.operate("addSubscriptionItem", { item: itemInput(terms), prorationMode: mode }))) return;
  const id = one.ledger.subscription?.itemIds.find((candidate) => !known.has(candidate));
  if (id === undefined) throw new Fault("items-are-told", "an item that was added is not told of");
  follow(one, mode, () => model.items.push(new Item(id, model.now, terms, effective(one, mode))));
  markReplaced(one);
}

async function removeItem(one: Case, place: number, mode: Mode): Promise<void> {
  const items = visible(one);
  const item = items[place % items.length];
  if (!item || isOpen(one, mode)) return;
  if (!(await one.operate("removeSubscriptionItem", { itemId: item.id, prorationMode: mode }))) return;
  follow(one, mode, () => one.model.changeItem(item.id, { present: false }, effective(one, mode)));
  markReplaced(one);
}

async function changeEnd(
  one: Case,
  operation: Extract<Operation, { op: "endsOn" | "maxCycles" | "indefinite" }>,
): Promise<void> {
  const { model } = one;
  const endsOn = operation.op === "endsOn" ? one.now + operation.days * day : null;
  const maxCycles = operation.op === "maxCycles" ? Math.max(1, model.cycles + operation.more) : null;
  const input = endsOn
    ? { billingEndsOn: iso(endsOn) }
    : maxCycles
      ? { billingMaxCycles: maxCycles }
      : { billingEndStrategy: "INDEFINITE" };
  if (!(await one.operate("updateSubscription", input))) return;
  takeBackCut(one, () => {
    model.endsOn = endsOn;
    model.maxCycles = maxCycles;
  });
}

/** What of a period is billed beyond an end that is taken back, and when, is not ruled: only what it comes to in the end. */
function takeBackCut(one: Case, change: () => void): void {
  const { model } = one;
  const { period } = model;
  change();
  if (period.to < period.uncut.to && !period.trial) {
    model.uncertainUntil = Math.max(model.uncertainUntil, period.uncut.to);
    period.to = Math.max(period.to, Math.min(one.ledger.subscription?.to ?? 0, period.uncut.to));
  }
}

async function performOnLife(one: Case, operation: Operation): Promise<void> {
  const { model } = one;
  switch (operation.op) {
    case "cancelNow": {
      const { prorate } = operation;
      if (!(await one.operate("cancelSubscription", { mode: "NOW", prorate }))) return;
      model.status = "CANCELED";
      model.cancelAt = null;
      model.cancelAtPeriodEnd = false;
      return model.end(one.now, prorate);
    }
    case "cancelAtPeriodEnd":
      if (!(await one.operate("cancelSubscription", { mode: "PERIOD_END" }))) return;
      return takeBackCut(one, () => {
        model.cancelAtPeriodEnd = true;
        model.cancelAt = null;
      });
    case "cancelAt": {
      const cancelAt = one.now + operation.days * day;
      if (!(await one.operate("cancelSubscription", { mode: "AT_DATE", cancelAt: iso(cancelAt) }))) return;
      return takeBackCut(one, () => {
        model.cancelAt = cancelAt;
        model.cancelAtPeriodEnd = false;
      });
    }
    case "reactivate":
      return reactivate(one);
    case "pause":
    case "pauseAtPeriodEnd": {
      const { behavior, resumesIn, op } = operation;
      const atPeriodEnd = op === "pauseAtPeriodEnd";
      const resumesAt =
        resumesIn === undefined ? null : (atPeriodEnd ? model.period.to : one.now) + resumesIn * day;
      const input = { behavior, atPeriodEnd, ...(resumesAt && { resumesAt: iso(resumesAt) }) };
      if (!(await one.operate("pauseSubscription", input))) return;
      if (!atPeriodEnd) return model.pause(one.now, behavior, resumesAt);
      model.pauseAtPeriodEnd = true;
      model.pauseBehavior = behavior;
      model.resumesAt = resumesAt;
      return;
    }
    case "resume":
      if (!(await one.operate("resumeSubscription"))) return;
      if (model.status === "PAUSED") return model.resume(one.now);
      model.pauseAtPeriodEnd = false;
      model.resumesAt = null;
      model.pauseBehavior = null;
      return;
    default:
      return;
  }
}

async function reactivate(one: Case): Promise<void> {
  const { model } = one;
  if (!(await one.operate("reactivateSubscription"))) return;
  const over = model.over;
  model.cancelAtPeriodEnd = false;
  if (!over) return takeBackCut(one, () => void (model.cancelAt = null));
  model.cancelAt = null;
  const last = model.gaps.at(-1);
  if (last?.to === Infinity) model.gaps[model.gaps.length - 1] = { from: last.from, to: one.now };
  const { period } = model;
  const told = one.ledger.subscription?.to ?? period.to;
  if (told > period.to) {
    if (last?.from !== period.to) model.gaps.push({ from: period.to, to: one.now });
    period.to = Math.min(told, period.uncut.to);
  }
  const inTrial = model.trialEnd !== null && model.trialEnd > one.now;
  const future = !period.billed && model.start > one.now;
  model.status = future ? "PENDING" : inTrial ? "TRIALING" : "ACTIVE";
  model.setState(one.now, future ? "PENDING" : inTrial ? "TRIAL" : "ACTIVE");
  const unpaid = ["PAST_DUE", "UNPAID", "PENDING"] as const;
  const told2 = unpaid.find((status) => status === one.status);
  if (told2) model.adopt(told2);
  one.note(`is ${one.status} again, period to ${short(period.to)}`);
}

export { adoptStatus };
