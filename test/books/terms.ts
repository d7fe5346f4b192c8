import { type Instant, type Span, meet } from "./calendar.ts";
import type { PriceKey } from "./catalog.ts";

/** What an item is billed by. */
export interface Terms {
  readonly price: PriceKey;
  readonly quantity: number;
  /** What the customer chose to pay for a unit; only for prices that leave it open. */
  readonly chosen: number | null;
}

/** What of an item changes; what is left out stays. */
export type Named = Partial<Terms> & { readonly present?: boolean };

export type Mode = "IMMEDIATE" | "NEXT_INVOICE" | "NONE";

/** The terms of one item through time: null where it is not there. */
export class ItemHistory {
  readonly id: string;
  /** From when each terms hold, oldest first; of one instant the last counts. */
  private readonly past: { readonly from: Instant; readonly terms: Terms | null }[] = [];
  /** What is to hold from the end of the period on. */
  private next: Named = {};
  /** What it was last, or is to be: for terms that name a part only. */
  private full: Terms;

  constructor(id: string, at: Instant, terms: Terms, mode: Mode) {
    this.id = id;
    this.full = terms;
    if (mode === "NONE") {
      this.next = { ...terms, present: true };
      this.past.push({ from: at, terms: null });
    } else {
      this.past.push({ from: at, terms });
    }
  }

  at(instant: Instant): Terms | null {
    return this.past.findLast(({ from }) => from <= instant)?.terms ?? null;
  }

  /** The price that it has once nothing waits any more: what a caller sees. */
  get seen(): Terms | null {
    if (this.next.present === false) return null;
    const now = this.past.at(-1)?.terms ?? null;
    return now || this.next.present ? { ...(now ?? this.full), ...onlyTerms(this.next) } : null;
  }

  change(at: Instant, named: Named, mode: Mode): void {
    const now = this.at(at);
    if (mode === "NONE" || (!now && named.present === undefined)) {
      this.next = { ...this.next, ...named };
      return;
    }
    this.next = Object.fromEntries(Object.entries(this.next).filter(([field]) => !(field in named))) as Named;
    if (named.present === false) {
      this.next = {};
      this.past.push({ from: at, terms: null });
    } else {
      this.full = { ...(now ?? this.full), ...onlyTerms(named) };
      this.past.push({ from: at, terms: this.full });
    }
  }

  /** A period ends: what was to hold from then on does. */
  endPeriod(at: Instant): void {
    const { present } = this.next;
    if (!Object.keys(this.next).length) return;
    const now = this.at(at);
    this.full = { ...(now ?? this.full), ...onlyTerms(this.next) };
    const there = present ?? now !== null;
    this.past.push({ from: at, terms: there ? this.full : null });
    this.next = {};
  }

  /** The spans of equal terms within a span of time, those where it is not there left out. */
  within(span: Span): { readonly span: Span; readonly terms: Terms }[] {
    const cuts = [...new Set(this.past.map(({ from }) => from))];
    const parts = cuts.flatMap((from, index) => {
      const terms = this.at(from);
      const part = meet(span, { from, to: cuts[index + 1] ?? Infinity });
      return terms && part ? [{ span: part, terms }] : [];
    });
    return parts.reduce<{ span: Span; terms: Terms }[]>((merged, part) => {
      const last = merged.at(-1);
      if (last && last.span.to === part.span.from && same(last.terms, part.terms)) {
        merged[merged.length - 1] = { span: { from: last.span.from, to: part.span.to }, terms: last.terms };
      } else {
        merged.push(part);
      }
      return merged;
    }, []);
  }

  /** For what never began: the terms now hold from the start. */
  rewrite(from: Instant): void {
    const terms = this.past.at(-1)?.terms ?? null;
    this.past.splice(0, this.past.length, { from, terms });
  }
}

function onlyTerms({ present: _, ...terms }: Named): Partial<Terms> {
  return terms;
}

function same(some: Terms, other: Terms): boolean {
  return some.price === other.price && some.quantity === other.quantity && some.chosen === other.chosen;
}
