import { Decimal } from "../../../kit/decimal.ts";
import type { InvoiceLineDraft } from "../../invoices/index.ts";
import { currentPeriodOf } from "../cycle.ts";
import type { Situation } from "../plan.ts";
import { isBilled } from "../prorate-items.ts";
import type { Reading } from "../state.ts";
import { type UsageToBill, billUsage } from "./bill-usage.ts";
import type { ChargeState } from "./charge.ts";
import { readMeasured } from "./figures.ts";
import { openCharges } from "./open-charges.ts";
import { rateCharge, usageLine } from "./rate.ts";
import { readStoredCharges } from "./stored-charges.ts";

/**
 * Gives the lines of usage of one invoice of a subscription after the other: of the first what was measured by now, and of those
 * that follow what is due without any use. Locks nothing.
 */
export function previewUsage(reading: Reading) {
  let first = true;
  return async (wanted: UsageToBill, now: Date): Promise<readonly InvoiceLineDraft[]> => {
    if (!first) return unusedLines(wanted, now);
    first = false;
    const usage = await billUsage(reading, [wanted], { now, lock: false });
    return usage.get(wanted.state.subscription.id)?.lines ?? [];
  };
}

function unusedLines({ state, period, basis }: UsageToBill, now: Date): InvoiceLineDraft[] {
  const charges = period ? openCharges(state, period, { now, basis }) : [];
  return charges.flatMap(
    (charge) =>
      usageLine(rateCharge(charge, { quantity: new Decimal(0), before: null, shared: false })) ?? [],
  );
}

/** What was used in the period by now, as its invoice would bill it after a change that leaves `situation`, with these charges more. Locks nothing. */
export async function usageAfter(
  reading: Reading,
  { state, now, basis }: Situation,
  added: readonly ChargeState[],
): Promise<readonly InvoiceLineDraft[]> {
  const { subscription } = state;
  if (!isBilled(subscription) || subscription.status === "CANCELED") return [];
  const stored = await readStoredCharges(reading, [subscription], { lock: false });
  const charges = [
    ...stored.map(({ charge }) => charge),
    ...added,
    ...openCharges(state, currentPeriodOf(subscription), { now, basis }),
  ].filter(({ billedAt }) => billedAt === null);
  const measured = await readMeasured(reading, charges);
  return charges.flatMap((charge) => {
    const figures = measured.get(charge.id);
    return (figures && usageLine(rateCharge(charge, figures))) ?? [];
  });
}
