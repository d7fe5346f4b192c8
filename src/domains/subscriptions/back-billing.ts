import type { Interval } from "../../kit/billing-cycle.ts";
import { Refusal } from "../../kit/refusal.ts";

/** How many periods of a new subscription may be over already: an invoice is made for each of them, at once. */
const mostPeriodsBack = 60;

const day = 24 * 60 * 60 * 1000;

/** How long an interval lasts at the most. */
const longest: Readonly<Record<Interval, number>> = {
  DAY: day,
  WEEK: 7 * day,
  MONTH: 31 * day,
  YEAR: 366 * day,
};

/** Refuses a start so long ago, for how often is billed, that one request would be a heap of invoices. */
export function refuseBackBilling(
  { interval, intervalCount }: { readonly interval: Interval; readonly intervalCount: number },
  paidFrom: Date,
  now: Date,
): void {
  const periods = (+now - +paidFrom) / (longest[interval] * intervalCount);
  if (periods <= mostPeriodsBack) return;
  const message = `startDate is at most ${mostPeriodsBack} periods back, since each gets an invoice. Start later, or bill less often.`;
  throw new Refusal([{ code: "INVALID", message, path: ["startDate"] }]);
}
