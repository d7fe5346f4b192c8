import type { Period } from "../../kit/period.ts";
import {
  type GiveBack,
  type InvoiceLineDraft,
  type Postings,
  giveBackLine,
  routeGiveBacks,
} from "../invoices/index.ts";
import { type ItemHistory, itemsAt } from "./rules/owed.ts";
import { type Settlement, type Settling, settleAdvance } from "./rules/settle.ts";
import { always, beginning } from "./rules/terms.ts";

/** A settlement as it is written: where each part of it goes. */
export interface Settled extends Postings {
  /** For an invoice, now or the next one. */
  readonly lines: readonly InvoiceLineDraft[];
  /** Gives back what is on no invoice yet, and waits with it. */
  readonly waiting: readonly InvoiceLineDraft[];
}

export const nothingSettled: Settled = { lines: [], waiting: [], adjustments: [], onDrafts: [] };

/** Settles a change of terms for a time: see `settleAdvance`. */
export function settleChange(time: Period | null, settling: Settling): Settled {
  return routed(settleAdvance(time, settling), settling.before);
}

/** Gives back what these items were billed for a time: they are not billed for it any more. */
export function settleEnd(time: Period | null, settling: Omit<Settling, "after">): Settled {
  const after = settling.before.map((item) => ({ ...item, timeline: always(null) }));
  return settleChange(time, { ...settling, after });
}

/** Charges these items for a time for which they were not billed. */
export function settleExtension(time: Period | null, settling: Omit<Settling, "before">): Settled {
  const before = settling.after.map((item) => ({ ...item, timeline: always(null) }));
  return settleChange(time, { ...settling, before });
}

function routed({ giveBacks, charges }: Settlement, items: readonly ItemHistory[]): Settled {
  const { adjustments, onDrafts, waiting, onInvoice } = routeGiveBacks(giveBacks);
  const lineOf = (part: GiveBack) => unusedLine(part, items);
  return {
    adjustments,
    onDrafts: onDrafts.flatMap((part) => {
      const invoiceId = part.line.invoice?.id;
      return invoiceId === undefined ? [] : [{ invoiceId, line: lineOf(part) }];
    }),
    waiting: waiting.map(lineOf),
    lines: [...onInvoice.map(lineOf), ...charges],
  };
}

/** The line that gives unused time back, which is called as the item was. */
function unusedLine(part: GiveBack, items: readonly ItemHistory[]): InvoiceLineDraft {
  const item = items.filter(({ id }) => id === part.line.itemId);
  const rated = itemsAt(item, part.period.start)[0] ?? itemsAt(item, beginning)[0];
  return giveBackLine(part, {
    kind: "PRORATION_CREDIT",
    description: `Unused time: ${rated?.description ?? rated?.productName ?? part.line.description}`,
    quantity: rated?.quantity ?? 1n,
  });
}
