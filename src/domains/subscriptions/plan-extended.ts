import { type Period, earlier } from "../../kit/period.ts";
import { type Plan, type Situation, changeBill, owedContext, planned } from "./plan.ts";
import { billedPeriodOf } from "./rules/billed-period.ts";
import { isBilled } from "./rules/billing-state.ts";
import { settleExtension } from "./settlement.ts";
import type { Subscription } from "./state.ts";

/**
 * Changes values of a subscription that say when it ends. Where the current period was cut at an end that is later now, or that is not any
 * more, the period goes on to there, and what it costs more is billed as changes are.
 */
export function planExtended(situation: Situation, values: Partial<Subscription>): Plan {
  const { state, history, ledger } = situation;
  const after = { ...state.subscription, ...values };
  const { period, uncut } = billedPeriodOf(state.subscription);
  const ends = [after.billingEndsOn, after.cancelAt].filter((end) => end !== null);
  const end = ends.reduce(earlier, uncut.end);
  if (!isBilled(state.subscription) || end <= period.end) return planned(situation, values);
  const added: Period = { start: period.end, end };
  const { lines } = settleExtension(added, { ...owedContext(situation), after: history.items, ledger });
  const extended = { ...values, currentPeriodEnd: end };
  if (!lines.length) return planned(situation, extended);
  if (after.prorationMode !== "IMMEDIATE") return planned(situation, extended, { waiting: lines });
  return planned(situation, extended, { bill: changeBill(added, lines) });
}
