import { giveBackAmount } from "../../../src/domains/invoices/index.ts";
import { type RatedItem, rateSpan, timingOf } from "../../../src/domains/subscriptions/index.ts";
import { lineAmount } from "../../../src/domains/catalog/pricing/amount.ts";
import { addDays } from "../../../src/kit/civil-time.ts";
import { type Numeric, decimal, roundTo, roundToInteger, sum } from "../../../src/kit/decimal.ts";
import { majorUnits, minorUnits, total } from "../../../src/kit/money.ts";
import { type Period, later, remainderOf } from "../../../src/kit/period.ts";
import { type TimeBasis, timeShare } from "../../../src/kit/time-share.ts";
import { dayAfter, instant } from "./dates.ts";
import { itemAt, paidLine, settle } from "./settling.ts";

interface PlanChange {
  period_start: string;
  period_end: string;
  end_inclusive?: boolean;
  change_date: string;
  currency: string;
  old_unit?: string;
  old_quantity?: string;
  new_unit?: string;
  new_quantity?: string;
  paid?: string;
}

interface LineItem {
  period_start: string;
  period_end: string;
  currency: string;
  prices: string[];
  date: string;
  action: string;
  billed_rows?: string[];
  behavior?: string;
  usage_price?: boolean;
  one_time_price?: boolean;
}

interface Grant {
  period_start: string;
  period_end: string;
  strategy: string;
  date: string;
  credits: string;
}

interface FlatByDays {
  amount: string;
  bill_from: string;
  bill_to: string;
  period_days: number;
  exclude_last_day?: boolean;
  trial_ends_on?: string;
}

interface FlatBySeconds {
  period_from: string;
  period_to: string;
  service_from: string;
  service_to: string;
  currency: string;
  amount: string;
  mode?: string;
}

const days = { unit: "DAY", zone: "UTC" } as const;
const seconds = { unit: "SECOND" } as const;

/** What the product bills an item for a part of a period. */
function owed(item: RatedItem, span: Period, whole: Period, basis: TimeBasis) {
  const line = rateSpan(item, span, {
    billed: { period: span, whole, uncut: { start: span.start, end: whole.end }, first: false },
    basis,
  });
  if (!line) throw new Error("nothing is owed");
  return line;
}

/** The credit for an amount of which something was given back before. */
function capped(wanted: Numeric, charged: Numeric, credited: Numeric): bigint {
  const period = { start: new Date(0), end: new Date(1) };
  const line = paidLine(roundToInteger(charged), period, {
    givenBack: [{ net: roundToInteger(credited), period: null }],
  });
  return total(giveBackAmount([line], roundToInteger(wanted), period).map(({ net }) => net));
}

export const proration = {
  "proration.plan_change": (input: PlanChange) => {
    const { currency, old_unit, new_unit, paid } = input;
    const end = input.end_inclusive ? dayAfter(input.period_end) : instant(input.period_end);
    const period = { start: instant(input.period_start), end };
    const unitOf = (unit: string) => minorUnits(unit, currency);
    const old = old_unit ? lineAmount(input.old_quantity ?? "1", unitOf(old_unit)) : 0n;
    const net = paid === undefined ? old : roundToInteger(minorUnits(paid, currency));
    const { credit, charge } = settle({
      period,
      at: instant(input.change_date),
      basis: days,
      before: old_unit ? itemAt(unitOf(old_unit), input.old_quantity) : null,
      after: new_unit ? itemAt(unitOf(new_unit), input.new_quantity, { id: "another" }) : null,
      ledger: old_unit ? [paidLine(old, period, { discount: old - net })] : [],
    });
    return {
      credit: majorUnits(-credit, currency),
      charge: majorUnits(charge, currency),
      net: majorUnits(charge - credit, currency),
    };
  },
  "proration.credit_cap": (input: { potential: string; original: string; previous_credits: string }) => ({
    amount: majorUnits(
      capped(
        minorUnits(input.potential, "USD"),
        minorUnits(input.original, "USD"),
        minorUnits(input.previous_credits, "USD"),
      ),
      "USD",
    ),
  }),
  "proration.credit_grant": (input: Grant) => {
    const period = { start: instant(input.period_start), end: instant(input.period_end) };
    const service = remainderOf(period, instant(input.date));
    const basis = input.strategy === "day_based" ? days : seconds;
    return { credits: roundTo(timeShare(input.credits, { period, service, basis }), 8) };
  },
  "proration.line_item": (input: LineItem) => {
    const { currency, billed_rows, action, behavior, usage_price, one_time_price } = input;
    const period = { start: instant(input.period_start), end: instant(input.period_end) };
    const prices = input.prices.map((price) => minorUnits(price, currency));
    const meterId = usage_price ? "meter" : null;
    const items = prices.map((price) => itemAt(price, 1n, { meterId }));
    const prorated = behavior !== "none" && !one_time_price;
    if (!prorated || items.some(({ price }) => timingOf(price) !== "IN_ADVANCE")) return { amount: "0" };
    const at = instant(input.date);
    const settled = items.map((item, index) => {
      const amount = roundToInteger(prices[index] ?? 0n);
      return settle({
        period,
        at,
        basis: seconds,
        before: action === "add" ? null : item,
        after: action === "add" ? item : null,
        ledger: action === "add" ? [] : [paidLine(amount, period)],
      });
    });
    if (action === "add") return { amount: majorUnits(total(settled.map(({ charge }) => charge)), currency) };
    const credit = total(settled.map((one) => one.credit));
    const billed = billed_rows && minorUnits(sum(billed_rows), currency);
    return { amount: majorUnits(billed ? capped(credit, billed, 0) : credit, currency) };
  },
  "proration.flat_by_days": (input: FlatByDays) => {
    const end = input.exclude_last_day ? instant(input.bill_to) : dayAfter(input.bill_to);
    const from = instant(input.bill_from);
    const start = input.trial_ends_on ? later(from, instant(input.trial_ends_on)) : from;
    const whole = { start: from, end: addDays(from, input.period_days, "UTC") };
    const { unitAmount, amount } = owed(itemAt(decimal(input.amount)), { start, end }, whole, days);
    return { precise: roundTo(unitAmount, 4), amount_minor: amount };
  },
  "proration.flat_by_seconds": (input: FlatBySeconds) => {
    const { currency } = input;
    const period = { start: instant(input.period_from), end: instant(input.period_to) };
    const service = { start: instant(input.service_from), end: instant(input.service_to) };
    const rule = input.mode === "bill_full_period" ? "IMMEDIATE" : "PRORATE";
    const item = itemAt(minorUnits(input.amount, currency), 1n, { startRule: rule });
    const line = rateSpan(item, service, {
      billed: {
        period: service,
        whole: period,
        uncut: service,
        first: true,
      },
      basis: seconds,
    });
    return { amount: majorUnits(line?.amount ?? 0n, currency) };
  },
};
