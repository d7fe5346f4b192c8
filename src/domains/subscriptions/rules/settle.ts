import { allocate } from "../../../kit/allocation.ts";
import { Decimal, decimal, roundTo, roundToInteger, sum } from "../../../kit/decimal.ts";
import { total } from "../../../kit/money.ts";
import type { Period } from "../../../kit/period.ts";
import {
  type GiveBack,
  type InvoiceLineDraft,
  type LedgerLine,
  giveBackTime,
  waivedIn,
} from "../../invoices/index.ts";
import { timeShare } from "../../../kit/time-share.ts";
import { type RatedItem, timingOf } from "../rating.ts";
import {
  type ItemHistory,
  type OwedContext,
  type OwedInAdvance,
  itemsAt,
  netOwed,
  owedInAdvance,
} from "./owed.ts";
import { sameTerms, spansIn, termsAt } from "./terms.ts";

/** What settles a change of terms: what is given back of what was billed, and what is charged. */
export interface Settlement {
  readonly giveBacks: readonly GiveBack[];
  readonly charges: readonly InvoiceLineDraft[];
}

export interface Settling extends OwedContext {
  /** All items, by their terms before the change and after it. */
  readonly before: readonly ItemHistory[];
  readonly after: readonly ItemHistory[];
  readonly ledger: readonly LedgerLine[];
}

/**
 * Settles the time of a period for items that are billed in advance and whose terms have changed: owed less billed. What was billed for
 * that time and is owed or paid is given back, and what is owed for it now is charged, as far as it was not waived before: on invoices
 * that are void, written off or refunded. So any number of changes comes to what the terms say.
 */
export function settleAdvance(time: Period | null, settling: Settling): Settlement {
  if (!time) return { giveBacks: [], charges: [] };
  const segments = segmentsOf(time, [...settling.before, ...settling.after]);
  const settled = segments.map((segment) => settleSegment(segment, settling));
  return {
    giveBacks: settled.flatMap(({ giveBacks }) => giveBacks),
    charges: settled.flatMap(({ charges }) => charges),
  };
}

/** The parts of a time in which no terms change. */
function segmentsOf(time: Period, items: readonly ItemHistory[]): Period[] {
  const cuts = items.flatMap(({ timeline }) => spansIn(timeline, time).map(({ start }) => start.getTime()));
  const starts = [...new Set([time.start.getTime(), ...cuts])].toSorted((one, other) => one - other);
  return starts.map((start, index) => ({
    start: new Date(start),
    end: new Date(starts[index + 1] ?? time.end.getTime()),
  }));
}

function settleSegment(span: Period, { before, after, ledger, ...context }: Settling): Settlement {
  const owedBefore = owedInAdvance(itemsAt(before, span.start), span, context);
  const owedAfter = owedInAdvance(itemsAt(after, span.start), span, context);
  const rated = new Map(itemsAt(after, span.start).map((item) => [item.id, item]));
  const ids = [...new Set([...before, ...after].map(({ id }) => id))];
  const changed = ids.filter((id) => {
    const [one, other] = [before, after].map((list) => {
      const item = list.find((each) => each.id === id);
      return item ? termsAt(item.timeline, span.start) : null;
    });
    if (!sameTerms(one ?? null, other ?? null)) return true;
    const [was, is] = [owedBefore.get(id), owedAfter.get(id)];
    return was !== undefined && is !== undefined && netOwed(was) !== netOwed(is);
  });
  const lines = Map.groupBy(ledger, ({ itemId }) => itemId);
  return {
    giveBacks: changed.flatMap((id) =>
      giveBackTime(advanceLines(lines.get(id) ?? [], id, before), span, context.basis),
    ),
    charges: changed.flatMap((id) => {
      const owed = owedAfter.get(id);
      const item = rated.get(id);
      return owed && item ? (chargeOf(owed, item, lines.get(id) ?? [], span, context) ?? []) : [];
    }),
  };
}

/** The lines that billed an item in advance: what was billed in arrears was used. */
function advanceLines(
  lines: readonly LedgerLine[],
  id: string,
  before: readonly ItemHistory[],
): readonly LedgerLine[] {
  const item = before.find((one) => one.id === id);
  if (!item) return lines;
  return lines.filter(({ period }) => {
    const terms = termsAt(item.timeline, period.start);
    return !terms || timingOf(item.rated(terms).price) === "IN_ADVANCE";
  });
}

/** The line that charges what is owed and was not waived; null for nothing. */
function chargeOf(
  owed: OwedInAdvance,
  item: RatedItem,
  lines: readonly LedgerLine[],
  span: Period,
  context: OwedContext,
): InvoiceLineDraft | null {
  const waived = lines.map((line) => waivedIn(line, span, context.basis));
  const waivedAmount = roundToInteger(sum(waived.map(({ amount }) => amount)));
  const waivedDiscount = roundToInteger(sum(waived.map(({ discount }) => discount)));
  const owedDiscount = total(owed.discounts.map(({ amount }) => amount));
  const corrected = owed.line.amount + restored(owed, lines, span, context);
  const net = corrected - owedDiscount - (waivedAmount - waivedDiscount);
  if (net <= 0n) return null;
  const discount = owedDiscount > waivedDiscount ? owedDiscount - waivedDiscount : 0n;
  const amount = net + discount;
  const { line } = owed;
  const shares = allocate(
    discount,
    owed.discounts.map((one) => one.amount),
  );
  return {
    ...line,
    kind: "PRORATION_CHARGE",
    description: `Remaining time: ${line.description}`,
    amount,
    unitAmount: roundTo(line.quantity.isZero() ? decimal(amount) : decimal(amount).div(line.quantity), 12),
    breakdown: null,
    productId: item.price.productId,
    period: span,
    settled: {
      discounts: owed.discounts.flatMap((one, index) =>
        (shares[index] ?? 0n) > 0n ? [{ ...one, amount: shares[index] ?? 0n }] : [],
      ),
      prepaid: null,
      taxes: null,
    },
  };
}

/**
 * By how much an amount differs from what is owed where the time was billed at the same terms before, and given back: it is charged as it was
 * given back, so that a change and the change back come to nothing.
 */
function restored(
  owed: OwedInAdvance,
  lines: readonly LedgerLine[],
  span: Period,
  { basis }: OwedContext,
): bigint {
  for (const { priceId, amount, discount, period, givenBack } of lines) {
    const wasGivenBack = givenBack.some((back) => {
      const part = back.period ?? period;
      return part.start < span.end && part.end > span.start;
    });
    if (priceId !== owed.line.priceId || !wasGivenBack) continue;
    const exact = timeShare(amount - discount, { period, service: span, basis });
    const was = roundToInteger(exact, "HALF_TOWARDS_ZERO");
    if (Decimal.abs(exact.minus(decimal(netOwed(owed)))).lte(1)) return was - netOwed(owed);
  }
  return 0n;
}
