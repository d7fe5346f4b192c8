import { day, short } from "../calendar.ts";
import type { Case } from "../case.ts";
import { Fault } from "../fault.ts";
import type { Invoice, Line } from "../ledger.ts";
import { type Owed, add, owedInAdvance, owedInArrears } from "../owed.ts";
import { owedForUsage } from "../owed-usage.ts";
import { Rational, zero } from "../rational.ts";
import type { ItemHistory } from "../terms.ts";

const rule = "billed-is-owed";

/** For every item: what all invoices have billed of it is what its terms owe, as soon as nothing waits. */
export function billedIsOwed(one: Case): void {
  const { model } = one;
  for (const { id, status } of one.ledger.invoices) if (status === "UNCOLLECTIBLE") one.writtenOff.add(id);
  if (model.waiting || model.uncertainUntil > model.now || waitsForUsage(one)) return;
  // What waits for its first payment is billed anew with every change.
  if (model.status === "PENDING") return;
  const lines = linesOf(one);
  const owed = new Map(model.items.map((item) => [item, owedBy(one, item)]));
  if ([...owed.values()].some((value) => value === null)) return;
  const stray = lines.filter(({ line }) => !model.items.some(({ id }) => id === line.item));
  if (stray.length) {
    // Lines that name no item are looked at with all the others.
    return compare("all items", add(...[...owed.values()].filter((value) => value !== null)), lines, one);
  }
  for (const [item, value] of owed) {
    const own = lines.filter(({ line }) => line.item === item.id);
    if (value) compare(describe(item, one), value, own, one);
  }
}

function owedBy(one: Case, item: ItemHistory): Owed | null {
  const { model, shop } = one;
  const parts = model.periods.map((period) => {
    const usage = owedForUsage(item, period, model, one.events, shop.byDay);
    if (usage === null) return null;
    return add(
      owedInAdvance(item, period, model.items, { gaps: model.gaps, byDay: shop.byDay }),
      owedInArrears(item, period, model, shop.byDay),
      usage,
    );
  });
  return parts.includes(null) ? null : add(...parts.filter((part) => part !== null));
}

/** Whether late usage may not be on an invoice yet. */
function waitsForUsage(one: Case): boolean {
  const { lateSince: since, model } = one;
  if (since === null) return false;
  const billed = !model.over && model.status !== "PAUSED" && model.period.billed && model.period.from > since;
  const end = model.ends.at(-1) ?? 0;
  const looked =
    model.over && [1, 31, 61, 91].some((days) => end + days * day > since && end + days * day <= one.now);
  if (!billed && !looked) return true;
  one.lateSince = null;
  return false;
}

const text = String as (amount: Rational) => string;

interface Billed {
  readonly line: Line;
  readonly invoice: Invoice;
  /** How much of it counts no more: void, written off, refunded, credited or deleted. From 0 to 1. */
  readonly waived: Rational;
  /** The same with notes that are void by now. */
  readonly everWaived: Rational;
}

const whole = new Rational(1n);

function linesOf(one: Case): Billed[] {
  const { ledger, deleted, replaced } = one;
  const live = ledger.invoices.filter(({ id }) => !replaced.has(id));
  return [
    ...live.flatMap((invoice) =>
      invoice.lines.map((line) => ({
        line,
        invoice,
        waived: waivedShare(one, invoice, line),
        // What was written off once was waived while terms may have changed.
        everWaived: one.writtenOff.has(invoice.id) ? whole : waivedShare(one, invoice, line, true),
      })),
    ),
    ...live.flatMap((invoice) => loweredLines(one, invoice)),
    ...deleted.flatMap((invoice) =>
      invoice.lines.map((line) => ({ line, invoice, waived: whole, everWaived: whole })),
    ),
  ].filter(({ line }) => line.kind !== "CARRIED_OVER");
}

/** What was given back by lowering what is due: credit notes say of which lines. */
function loweredLines({ ledger }: Case, invoice: Invoice): Billed[] {
  const notes = ledger.notes.filter(
    (note) => note.invoiceId === invoice.id && note.method === "AMOUNT_DUE" && note.status !== "VOID",
  );
  return notes.flatMap((note) =>
    note.lines.flatMap(({ amount, lineId }) => {
      const line = invoice.lines.find(({ id }) => id === lineId);
      if (!line) return [];
      const waived = invoice.status === "VOID" ? whole : zero;
      const back = { ...line, kind: "AMOUNT_DUE", amount: -amount, discount: 0n };
      return [{ line: back, invoice, waived, everWaived: waived }];
    }),
  );
}

function waivedShare({ ledger }: Case, invoice: Invoice, line: Line, voided = false): Rational {
  const { status, total, due, refunded } = invoice;
  // Of what is refunded nothing is due any more, paid or not.
  if (status === "VOID" || status === "REFUNDED") return whole;
  const worth = total > 0n ? total : 1n;
  const unpaid = status === "UNCOLLECTIBLE" ? new Rational(due, worth) : zero;
  // A note that is void now may have been what was not given back a second time.
  const notes = ledger.notes.filter(
    (note) =>
      note.invoiceId === invoice.id && note.method !== "AMOUNT_DUE" && (voided || note.status !== "VOID"),
  );
  // A note of some lines takes back these alone, but how much of each is not asked here: at most all of it.
  if (notes.some((note) => note.lines.some(({ lineId }) => lineId === line.id))) return whole;
  const noted = notes.reduce(
    (sum, { amount, lines }) => sum + (lines.some(({ lineId }) => lineId) ? 0n : amount),
    0n,
  );
  const back = new Rational(refunded + noted, worth).plus(unpaid);
  return back.compare(whole) > 0 ? whole : back;
}

function compare(what: string, owed: Owed, billed: readonly Billed[], one: Case): void {
  let [sum, waived, undone, live, revived] = [zero, zero, zero, zero, zero];
  let roundings = owed.off;
  for (const { line, waived: share, everWaived } of billed) {
    const net = new Rational(line.amount - line.discount);
    const gone = net.times(share);
    sum = sum.plus(net);
    live = live.plus(net.minus(gone));
    if (net.compare(zero) > 0) revived = revived.plus(net.times(everWaived).minus(gone));
    if (net.compare(zero) > 0) waived = waived.plus(net.times(everWaived));
    else undone = undone.minus(gone);
    // What is given back is rounded for itself.
    if (line.amount < 0n) roundings = roundings.plus(new Rational(1n, 2n));
    if (!share.isZero()) roundings = roundings.plus(new Rational(1n));
  }
  const low = owed.low.minus(undone).minus(roundings);
  const high = owed.high.plus(waived).plus(roundings);
  if (sum.compare(low) < 0 || sum.compare(high) > 0) {
    const range = owed.low.compare(owed.high) ? `${text(owed.low)} to ${text(owed.high)}` : text(owed.low);
    throw new Fault(
      rule,
      `${what}: owed ${range}, billed ${text(sum)} (void or given back otherwise ${text(waived)}, rounding up to ${text(roundings)})\n${table(billed)}`,
    );
  }
  if (live.compare(owed.high.plus(undone).plus(revived).plus(roundings)) > 0) {
    throw new Fault(
      "billed-once",
      `${what}: owed ${text(owed.high)}, and ${text(live)} stand on invoices\n${table(billed)}`,
    );
  }
  one.checked += 1;
}

function describe(item: ItemHistory, { model }: Case): string {
  const terms = item.within({ from: model.start, to: Math.max(model.now, model.start) + 1 });
  const parts = terms.map(
    ({ span, terms: { price, quantity } }) => `${quantity} × ${price} from ${short(span.from)}`,
  );
  return `item of ${parts.join(", ")}`;
}

function table(billed: readonly Billed[]): string {
  return billed
    .map(({ line, invoice: { status, reason } }) => {
      const span = line.from === null ? "" : `${short(line.from)}…${short(line.to ?? 0)}`;
      return `    ${String(line.amount - line.discount).padStart(8)}  ${span}  ${line.kind} "${line.description}" (${reason}, ${status})`;
    })
    .join("\n");
}
