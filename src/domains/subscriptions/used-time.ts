import type { PauseBehavior } from "../../db/generated/prisma/enums.ts";
import type { Period } from "../../kit/period.ts";
import type { InvoiceLineDraft, LedgerLine } from "../invoices/index.ts";
import type { TreatedBill } from "./plan.ts";
import type { RatingContext } from "./rating.ts";
import { type StateOfTime, countsUsage, timeIn } from "./rules/billing-state.ts";
import { owedInArrears } from "./rules/owed.ts";
import { beginning, forever } from "./rules/terms.ts";
import type { History } from "./rules/history.ts";

/** What was used of a period, by what becomes of its invoice: time in which the subscription was paused is treated as the pause said. */
export interface UsedTime {
  /** Is collected. */
  readonly collected: readonly InvoiceLineDraft[];
  readonly paused: readonly {
    readonly behavior: PauseBehavior;
    readonly lines: readonly InvoiceLineDraft[];
  }[];
}

export interface Using extends RatingContext {
  readonly history: History;
  readonly ledger: readonly LedgerLine[];
  /** The lines of what meters measured. */
  readonly usage: readonly InvoiceLineDraft[];
}

/** The parts of a period whose usage is billed: those that are collected, and those in which the subscription was paused. */
export function usedParts({ states }: History, period: Period | null): Period[] {
  if (!period) return [];
  const parts = [
    ...timeIn(states, period, countsUsage),
    ...pausedParts(states, period).flatMap((one) => one.parts),
  ];
  return parts.toSorted((one, other) => one.start.getTime() - other.start.getTime());
}

/** The lines that bill what was used of a period and was not billed before: prices in arrears, and usage. */
export function linesOfUse(period: Period | null, { history, ledger, usage, ...context }: Using): UsedTime {
  if (!period) return { collected: usage, paused: [] };
  const { states, items } = history;
  const arrears = (condition: (state: StateOfTime) => boolean) =>
    owedInArrears(items, period, { ...context, states, condition, ledger });
  const pauses = pausedParts(states, period);
  const isIn = (line: InvoiceLineDraft, parts: readonly Period[]) =>
    parts.some(({ start, end }) => line.period && line.period.start >= start && line.period.start < end);
  return {
    collected: [
      ...arrears(({ state }) => state === "ACTIVE"),
      ...usage.filter((line) => !pauses.some(({ parts }) => isIn(line, parts))),
    ],
    paused: pauses.map(({ behavior, parts }) => ({
      behavior,
      lines: [
        ...arrears(({ state, pauseBehavior }) => state === "PAUSED" && pauseBehavior === behavior),
        ...usage.filter((line) => isIn(line, parts)),
      ],
    })),
  };
}

/** The time of a subscription that is not billed, whatever was used in it: its invoices are void, or written off. */
export function freeTime({ states }: History): Period[] {
  const always = { start: beginning, end: forever };
  return timeIn(
    states,
    always,
    ({ state, pauseBehavior }) => state === "PAUSED" && pauseBehavior !== "KEEP_AS_DRAFT",
  );
}

/** The invoices of time that was paused, where it comes to something. */
export function treatedBills(
  reason: TreatedBill["reason"],
  period: Period,
  paused: UsedTime["paused"],
): TreatedBill[] {
  return paused.flatMap((one) => (one.lines.length ? [{ ...one, reason, period }] : []));
}

const behaviors = ["KEEP_AS_DRAFT", "VOID", "MARK_UNCOLLECTIBLE"] as const;

/** The parts of a period in which a subscription was paused, by what becomes of their invoices. */
function pausedParts(
  states: History["states"],
  period: Period,
): { readonly behavior: PauseBehavior; readonly parts: readonly Period[] }[] {
  return behaviors
    .map((behavior) => ({
      behavior,
      parts: timeIn(states, period, (one) => one.state === "PAUSED" && one.pauseBehavior === behavior),
    }))
    .filter(({ parts }) => parts.length > 0);
}
