import { Decimal } from "../../../kit/decimal.ts";
import type { InvoiceLineDraft } from "../../invoices/index.ts";
import { billedPeriodOf } from "../rules/billed-period.ts";
import type { Situation } from "../plan.ts";
import { isBilled } from "../rules/billing-state.ts";
import type { Reading } from "../state.ts";
import { type BilledUsage, type UsageToBill, billUsage, noUsage } from "./bill-usage.ts";
import type { ChargeState } from "./charge.ts";
import { readMeasured } from "./figures.ts";
import { openCharges } from "./open-charges.ts";
import { rateCharge, usageLine } from "./rate.ts";
import { readStoredCharges } from "./stored-charges.ts";

/**
 * Gives the usage of one invoice of a subscription after the other: of the first what was measured by now, and of those
 * that follow what is due without any use. Locks nothing.
 */
export function previewUsage(reading: Reading) {
  let first = true;
  return async (wanted: UsageToBill, now: Date): Promise<BilledUsage> => {
    if (!first) return { ...noUsage, lines: unusedLines(wanted, now) };
    first = false;
    const usage = await billUsage(reading, [wanted], { now, lock: false });
    return usage.get(wanted.state.subscription.id) ?? noUsage;
  };
}

function unusedLines({ state, period, parts, whole, basis }: UsageToBill, now: Date): InvoiceLineDraft[] {
  const billed = period && { period, whole: whole ?? period };
  const charges = billed ? openCharges(state, parts ?? [billed.period], { now, basis, billed }) : [];
  return charges.flatMap(
    (charge) =>
      usageLine(rateCharge(charge, { quantity: new Decimal(0), before: null, shared: false })) ?? [],
  );
}

/** What was used in the period by now, as its invoice would bill it after a change that leaves `situation`, with these charges more. Locks nothing. */
export async function usageAfter(
  reading: Reading,
  { state, now, basis }: Pick<Situation, "state" | "now" | "basis">,
  added: readonly ChargeState[],
): Promise<readonly InvoiceLineDraft[]> {
  const { subscription } = state;
  if (!isBilled(subscription) || subscription.status === "CANCELED") return [];
  const billed = billedPeriodOf(subscription);
  const stored = await readStoredCharges(reading, [subscription], { lock: false });
  const charges = [
    ...stored.map(({ charge }) => charge),
    ...added,
    ...openCharges(state, [billed.period], { now, basis, billed }),
  ].filter(({ billedAt }) => billedAt === null);
  const measured = await readMeasured(reading, charges);
  return charges.flatMap((charge) => {
    const figures = measured.get(charge.id);
    return (figures && usageLine(rateCharge(charge, figures))) ?? [];
  });
}
