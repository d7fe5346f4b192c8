import {
  capCredit,
  chargeFrom,
  creditFrom,
  isProrated,
  prorate,
  prorateChange,
  prorateDays,
} from "../../../src/domains/subscriptions/proration.ts";
import { billedPart } from "../../../src/domains/subscriptions/trial.ts";
import { lineAmount } from "../../../src/domains/catalog/pricing/amount.ts";
import { roundTo, roundToInteger, sum } from "../../../src/kit/decimal.ts";
import { majorUnits, minorUnits, total } from "../../../src/kit/money.ts";
import { remainderOf } from "../../../src/kit/period.ts";
import { timeShare } from "../../../src/kit/time-share.ts";
import { dayAfter, instant } from "./dates.ts";

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

export const proration = {
  "proration.plan_change": (input: PlanChange) => {
    const { currency, old_unit, new_unit, paid } = input;
    const end = input.end_inclusive ? dayAfter(input.period_end) : instant(input.period_end);
    const amountOf = (unit: string, quantity = "1") => lineAmount(quantity, minorUnits(unit, currency));
    const change = prorateChange({
      period: { start: instant(input.period_start), end },
      at: instant(input.change_date),
      basis: days,
      before: old_unit
        ? {
            amount: amountOf(old_unit, input.old_quantity),
            creditable: paid === undefined ? undefined : minorUnits(paid, currency),
          }
        : null,
      after: new_unit ? { amount: amountOf(new_unit, input.new_quantity) } : null,
    });
    return {
      credit: majorUnits(change.credit, currency),
      charge: majorUnits(change.charge, currency),
      net: majorUnits(change.net, currency),
    };
  },
  "proration.credit_cap": (input: { potential: string; original: string; previous_credits: string }) => ({
    amount: capCredit(input.potential, input.original, input.previous_credits),
  }),
  "proration.credit_grant": (input: Grant) => {
    const period = { start: instant(input.period_start), end: instant(input.period_end) };
    const service = remainderOf(period, instant(input.date));
    const basis = input.strategy === "day_based" ? days : seconds;
    return { credits: roundTo(timeShare(input.credits, { period, service, basis }), 8) };
  },
  "proration.line_item": (input: LineItem) => {
    const { currency, billed_rows } = input;
    const change = {
      period: { start: instant(input.period_start), end: instant(input.period_end) },
      at: instant(input.date),
    };
    const prorated = isProrated({
      recurring: !input.one_time_price,
      metered: input.usage_price ?? false,
      mode: input.behavior === "none" ? "NONE" : "IMMEDIATE",
    });
    if (!prorated) return { amount: "0" };
    const prices = input.prices.map((price) => minorUnits(price, currency));
    if (input.action === "add") {
      return { amount: majorUnits(total(prices.map((price) => chargeFrom(price, change))), currency) };
    }
    const credit = total(prices.map((price) => creditFrom(price, change)));
    const billed = billed_rows && minorUnits(sum(billed_rows), currency);
    return { amount: majorUnits(billed ? capCredit(credit, billed, 0) : credit, currency) };
  },
  "proration.flat_by_days": (input: FlatByDays) => {
    const end = input.exclude_last_day ? instant(input.bill_to) : dayAfter(input.bill_to);
    const trialEnd = input.trial_ends_on ? instant(input.trial_ends_on) : null;
    const service = billedPart({ start: instant(input.bill_from), end }, trialEnd);
    const exact = prorateDays(input.amount, { service, periodDays: input.period_days, zone: "UTC" });
    return { precise: roundTo(exact, 4), amount_minor: roundToInteger(exact) };
  },
  "proration.flat_by_seconds": (input: FlatBySeconds) => {
    const { currency } = input;
    const amount = minorUnits(input.amount, currency);
    const period = { start: instant(input.period_from), end: instant(input.period_to) };
    const service = { start: instant(input.service_from), end: instant(input.service_to) };
    const billed = input.mode === "bill_full_period" ? period : service;
    return { amount: majorUnits(prorate(amount, { period, service: billed }), currency) };
  },
};
