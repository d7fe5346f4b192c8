import { Prisma } from "../../db/generated/prisma/client.ts";
import { anchorFor, firstPeriod } from "../../kit/billing-cycle.ts";
import { addDays, civilDate } from "../../kit/civil-time.ts";
import { newId } from "../../kit/ids.ts";
import { newMetadata, type Metadata } from "../../kit/metadata.ts";
import { earlier } from "../../kit/period.ts";
import { type Fault, Refusal } from "../../kit/refusal.ts";
import { cycleOf } from "./rules/billed-period.ts";
import type { CreateFields } from "./create-fields.ts";
import { nextStepAt } from "./next-step.ts";
import type { Offer } from "./prices.ts";
import type { ItemState, Subscription } from "./state.ts";

/** How far from now a subscription can start. */
const mostYearsBack = 2;
const mostYearsAhead = 10;
const year = 366 * 24 * 60 * 60 * 1000;

/** What a new subscription is made from. */
export interface NewSubscription {
  readonly environmentId: string;
  readonly customer: { readonly id: string; readonly timezone: string };
  readonly fields: CreateFields;
  /** What each item is sold at, in their order. */
  readonly offers: readonly [Offer, ...Offer[]];
  readonly now: Date;
}

/** The rows of a new subscription. It starts PENDING where its start is yet to come, and TRIALING or ACTIVE otherwise. */
export function planCreate(made: NewSubscription): {
  readonly subscription: Subscription;
  readonly items: readonly ItemState[];
} {
  const { environmentId, customer, fields, offers, now } = made;
  const [{ price, product }] = offers;
  const zone = customer.timezone;
  const start = fields.startDate ?? now;
  const trialEnd = trialEndOf(made, start);
  const term = termOf(fields, product);
  refuseTimes(made, start, trialEnd, term.billingEndsOn);
  const { interval, intervalCount } = {
    interval: price.interval ?? "MONTH",
    intervalCount: price.intervalCount ?? 1,
  };
  const paidFrom = trialEnd ?? start;
  const billingAnchorDay = fields.billingAnchorDay ?? anchorDayOf(product) ?? civilDate(paidFrom, zone).day;
  const billingAnchor = anchorFor(paidFrom, { interval, anchorDay: billingAnchorDay, zone });
  const cycle = { interval, intervalCount, billingAnchor, billingAnchorDay, timezone: zone };
  const first = trialEnd ? { start, end: trialEnd } : firstPeriod(cycleOf(cycle), start);
  const status = start > now ? "PENDING" : trialEnd ? "TRIALING" : "ACTIVE";
  const id = newId();
  const subscription: Subscription = {
    ...cycle,
    ...term,
    environmentId,
    id,
    customerId: customer.id,
    status,
    currency: price.currency,
    collectionMethod: fields.collectionMethod ?? "CHARGE_AUTOMATICALLY",
    startedAt: start,
    currentPeriodStart: first.start,
    currentPeriodEnd: term.billingEndsOn ? earlier(first.end, term.billingEndsOn) : first.end,
    trialStart: trialEnd ? start : null,
    trialEnd,
    cyclesBilled: status === "ACTIVE" ? 1 : 0,
    prorationMode: fields.prorationMode ?? "IMMEDIATE",
    pauseAtPeriodEnd: fields.pauseAtPeriodEnd ?? false,
    pauseBehavior: null,
    pausedAt: null,
    resumesAt: null,
    cancelAt: null,
    cancellationReason: null,
    dunningSince: null,
    dunningRetries: 0,
    nextRetryAt: null,
    nextStepAt: null,
    currentCycleStart: null,
    currentCycleEnd: null,
    anchorDayAsked: fields.billingAnchorDay != null || anchorDayOf(product) !== null,
    version: 1,
    cancelAtPeriodEnd: fields.cancelAtPeriodEnd ?? false,
    canceledAt: null,
    endedAt: null,
    metadata: newMetadata(fields.metadata as Metadata),
    createdAt: now,
    updatedAt: now,
  };
  return {
    subscription: { ...subscription, nextStepAt: nextStepAt(subscription) },
    items: fields.items.map((item, index) =>
      newItemState(subscription, item, offers[index] ?? offers[0], index + 1, now),
    ),
  };
}

/** An item that a subscription gets. */
export function newItemState(
  { environmentId, id: subscriptionId }: Pick<Subscription, "environmentId" | "id">,
  item: CreateFields["items"][number],
  { price, product }: Offer,
  position: number,
  now: Date,
): ItemState {
  return {
    environmentId,
    id: newId(),
    subscriptionId,
    priceId: price.id,
    position,
    description: item.description ?? null,
    quantity: item.quantity ?? new Prisma.Decimal(1),
    unitAmount: item.unitAmount ?? null,
    metadata: newMetadata(item.metadata as Metadata),
    createdAt: now,
    updatedAt: now,
    pricedFrom: null,
    countedFrom: null,
    removedAt: null,
    price,
    productName: product.name,
  };
}

function trialEndOf({ fields, offers, customer }: NewSubscription, start: Date): Date | null {
  if (fields.trialEnd) return fields.trialEnd;
  const days = fields.trialDays ?? Math.max(...offers.map(({ price }) => price.trialPeriodDays));
  return days > 0 ? addDays(start, days, customer.timezone) : null;
}

function anchorDayOf({ billingAnchorRule, billingAnchorDay }: Offer["product"]): number | null {
  if (billingAnchorRule === "LAST_DAY") return 31;
  return billingAnchorRule === "DAY_OF_MONTH" ? billingAnchorDay : null;
}

/** How a subscription ends by itself: as it was said, or else as its first product does. */
export function termOf(
  fields: Pick<CreateFields, "billingEndStrategy" | "billingEndsOn" | "billingMaxCycles">,
  product: Offer["product"] | null,
): Pick<Subscription, "billingEndStrategy" | "billingEndsOn" | "billingMaxCycles"> {
  const { billingEndStrategy: said, billingEndsOn = null, billingMaxCycles = null } = fields;
  const cycles =
    product?.endBehavior === "FIXED_PAYMENTS" && said == null ? product.maxPayments : billingMaxCycles;
  const strategy = said ?? (billingEndsOn ? "ON_DATE" : cycles ? "AFTER_CYCLES" : "INDEFINITE");
  const faults: Fault[] = [];
  const expect = (field: string, holds: boolean, message: string) => {
    if (!holds) faults.push({ code: "INVALID", message, path: [field] });
  };
  expect(
    "billingEndsOn",
    (strategy === "ON_DATE") === (billingEndsOn !== null),
    "billingEndsOn goes with ON_DATE, and ON_DATE with it.",
  );
  expect(
    "billingMaxCycles",
    (strategy === "AFTER_CYCLES") === (cycles !== null),
    "billingMaxCycles goes with AFTER_CYCLES, and AFTER_CYCLES with it.",
  );
  if (faults.length) throw new Refusal(faults);
  return { billingEndStrategy: strategy, billingEndsOn, billingMaxCycles: cycles };
}

function refuseTimes(
  { now }: NewSubscription,
  start: Date,
  trialEnd: Date | null,
  endsOn: Date | null,
): void {
  const faults: Fault[] = [];
  const expect = (field: string, holds: boolean, message: string) => {
    if (!holds) faults.push({ code: "INVALID", message, path: [field] });
  };
  expect(
    "startDate",
    +start >= +now - mostYearsBack * year && +start <= +now + mostYearsAhead * year,
    `startDate is at most ${mostYearsBack} years back and ${mostYearsAhead} years ahead.`,
  );
  expect("trialEnd", !trialEnd || trialEnd > start, "The trial ends after the start.");
  expect(
    "billingEndsOn",
    !endsOn || endsOn > (trialEnd ?? start),
    "The term ends after the start and after the trial.",
  );
  if (faults.length) throw new Refusal(faults);
}
