import { Prisma } from "../../../db/generated/prisma/client.ts";
import { readByIds } from "../../../db/reads.ts";
import { Decimal, decimal, sum } from "../../../kit/decimal.ts";
import { total } from "../../../kit/money.ts";
import { type Period, earlier } from "../../../kit/period.ts";
import { tiersOf } from "../../catalog/index.ts";
import { billedPeriodOf, currentPeriodOf } from "../rules/billed-period.ts";
import { inTrial } from "../rules/billing-state.ts";
import { nextStep } from "../next-step.ts";
import { type Reading, type Subscription, loadStates } from "../state.ts";
import { type BilledUsage, billUsage, noUsage } from "./bill-usage.ts";
import type { ChargeState } from "./charge.ts";
import type { RatedCharge } from "./rate.ts";

/** What the next invoice of a subscription will bill of its usage, as things stand. */
export interface UpcomingUsage extends BilledUsage {
  readonly subscription: Subscription;
  /** The time that it is of; null where no usage is billed. */
  readonly period: Period | null;
}

/** What was used of an item in the current period, beside what costs nothing. */
export interface UsageBalance {
  readonly charge: ChargeState;
  readonly currency: string;
  readonly period: Period;
  /** The start of the period of the subscription. */
  readonly periodStart: Date;
  readonly current: Decimal;
  readonly included: Decimal;
  readonly amount: bigint;
}

/**
 * What the next invoices of these subscriptions will bill of their usage, in their order; null for an id that names none. The arithmetic
 * of the invoices; locks and writes nothing. As many statements for many as for one.
 */
export async function readUpcomingUsage(
  reading: Reading,
  ids: readonly string[],
  now: Date,
): Promise<(UpcomingUsage | null)[]> {
  const subscriptions = await readByIds(reading, reading.environmentId, "BillingSubscription", ids);
  const states = await loadStates(
    reading,
    subscriptions.filter((one) => one !== null),
  );
  const byDay = await isByDay(reading);
  const wanted = [...states.values()].map((state) => {
    const { subscription } = state;
    const basis = byDay
      ? ({ unit: "DAY", zone: subscription.timezone } as const)
      : ({ unit: "SECOND" } as const);
    const billable = !["CANCELED", "EXPIRED", "PENDING"].includes(subscription.status);
    const { whole } = billedPeriodOf(subscription);
    return { state, basis, period: billedPeriod(subscription), whole, corrects: billable };
  });
  const usage = await billUsage(reading, wanted, { now, lock: false, estimate: true });
  return subscriptions.map((subscription) => {
    if (!subscription) return null;
    const billed = usage.get(subscription.id) ?? noUsage;
    return { ...billed, subscription, period: billedPeriod(subscription) };
  });
}

/** What of the current period will be billed for its usage: up to its end, or that of the subscription; null in a trial and for what is billed no more. */
export function billedPeriod(subscription: Subscription): Period | null {
  const { status } = subscription;
  if (status !== "ACTIVE" && status !== "PAST_DUE" && status !== "PAUSED") return null;
  if (inTrial(subscription)) return null;
  const { start, end } = currentPeriodOf(subscription);
  const step = nextStep(subscription);
  const ends = step && (step.kind === "CANCEL" || step.kind === "EXPIRE") ? earlier(end, step.at) : end;
  return start < ends ? { start, end: ends } : null;
}

async function isByDay({ environmentId, query }: Reading): Promise<boolean> {
  const [settings] = await query<{ byDay: boolean }>(Prisma.sql`
    SELECT s.prorate_by_day AS "byDay" FROM billing_settings s WHERE s.environment_id = ${environmentId}::uuid`);
  return settings?.byDay ?? false;
}

/** The balance of each item, over all parts of the period. */
export function balancesOf({ rated, subscription, period }: UpcomingUsage): UsageBalance[] {
  if (!period) return [];
  const items = Map.groupBy(rated, ({ charge }) => charge.subscriptionItemId);
  return [...items.values()].flatMap((parts) => {
    const [latest] = parts.toSorted((one, other) => +other.charge.startsAt - +one.charge.startsAt);
    return latest ? [{ ...balanceOf(parts, latest, subscription.currency), periodStart: period.start }] : [];
  });
}

function balanceOf(
  parts: readonly RatedCharge[],
  { charge }: RatedCharge,
  currency: string,
): Omit<UsageBalance, "periodStart"> {
  const [first = charge] = parts
    .map((part) => part.charge)
    .toSorted((one, other) => +one.startsAt - +other.startsAt);
  return {
    charge,
    currency,
    period: { start: first.startsAt, end: charge.endsAt },
    current: sum(parts.map(({ quantity }) => quantity)),
    included: includedIn(charge),
    amount: total(parts.map(({ amount }) => amount)),
  };
}

/** The units that cost nothing before others do: those of the first tiers without amounts. */
export function includedIn({ price }: Pick<ChargeState, "price">): Decimal {
  if (price.tiersMode !== "GRADUATED") return new Decimal(0);
  let included = new Decimal(0);
  for (const { upTo, unitAmount, flatAmount } of tiersOf(price)) {
    if (upTo === null || !decimal(unitAmount ?? 0).isZero() || !decimal(flatAmount ?? 0).isZero()) break;
    included = decimal(upTo);
  }
  return included;
}
