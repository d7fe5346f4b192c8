import type { Row } from "../../../db/datamodel.ts";
import { earlier } from "../../../kit/period.ts";
import type { ItemState, Subscription } from "../state.ts";
import { type StateSpan, stateOf, stateSpans } from "./billing-state.ts";
import type { ItemHistory } from "./owed.ts";
import {
  type ItemTerms,
  type TermsTimeline,
  type WrittenTerms,
  always,
  beginning,
  changeOf,
  forever,
  sameIn,
  timelineOf,
  writtenFrom,
} from "./terms.ts";

/** What the time of a subscription was billed by: its items' terms, and its states. */
export interface History {
  readonly states: readonly StateSpan[];
  /** The items, those that were removed in the current period among them. */
  readonly items: readonly ItemHistory[];
  /** The terms that were written of each item: what is written next is numbered after them. */
  readonly written: ReadonlyMap<string, readonly WrittenTerms[]>;
}

/** The prices that items are or were sold at, by their ids. */
export type PriceOf = ReadonlyMap<string, Pick<ItemState, "price" | "productName">>;

/** An item with what it has been billed by for all time. */
export function historyOf(
  { id, description }: Pick<Row<"SubscriptionItem">, "id" | "description">,
  timeline: TermsTimeline,
  priceOf: PriceOf,
  known?: ItemHistory,
): ItemHistory {
  return {
    id,
    description,
    timeline,
    rated: (terms) => {
      const { priceId, quantity, unitAmount } = terms;
      const sold = priceOf.get(priceId);
      if (!sold && known) return { ...known.rated(terms), description };
      if (!sold) throw new Error(`there is no price ${priceId}`);
      const { price, productName } = sold;
      return { id, description, quantity, unitAmount, price, productName };
    },
  };
}

/** The terms that an item has agreed to last. */
export function termsOfItem({
  priceId,
  quantity,
  unitAmount,
}: Pick<Row<"SubscriptionItem">, "priceId" | "quantity" | "unitAmount">): ItemTerms {
  return { priceId, quantity, unitAmount };
}

/** What becomes of items' terms by an operation: timelines afterwards, and what is to be written. */
export interface TermsChange {
  readonly items: readonly ItemHistory[];
  readonly rows: readonly (WrittenTerms & { readonly itemId: string })[];
}

/** How items change: from `from` on, they are billed as `after` is instead of as `before` was. */
export interface ItemsChange {
  readonly before: readonly ItemState[];
  readonly after: readonly ItemState[];
  readonly from: Date;
  /** What the operation names of an item, whether it is different or not. */
  readonly named?: NamedTerms | undefined;
}

/** The terms of an item that an operation names. */
export interface NamedTerms {
  readonly itemId: string;
  readonly fields: readonly (keyof ItemTerms)[];
}

/** Makes items' terms those of `after` from an instant on: each item changes in what is different in it only. */
export function changeItemTerms(history: History, { before, after, from, named }: ItemsChange): TermsChange {
  const known = new Map(before.map((item) => [item.id, item]));
  const next = new Map(after.map((item) => [item.id, item]));
  const changes = [...new Set([...known.keys(), ...next.keys()])].map((id) => {
    const [old, now] = [known.get(id), next.get(id)];
    const fields = named?.itemId === id ? named.fields : [];
    return { id, change: changeOf(old ? termsOfItem(old) : null, now ? termsOfItem(now) : null, fields) };
  });
  return applyChanges(history, changes, from, [...before, ...after]);
}

/** Lets items begin at an instant, at which a period ends before its time: also what was put off to the end of the period holds from then on. */
export function beginTerms(history: History, after: readonly ItemState[], from: Date): TermsChange {
  const ids = new Set([...history.items, ...after].map(({ id }) => id));
  const next = new Map(after.map((item) => [item.id, termsOfItem(item)]));
  const changes = [...ids].map((id) => ({ id, change: () => next.get(id) ?? null }));
  return applyChanges(history, changes, from, after);
}

/** Makes all items not billed from an instant on. */
export function endTerms(history: History, from: Date): TermsChange {
  return applyChanges(
    history,
    history.items.map(({ id }) => ({ id, change: () => null })),
    from,
    [],
  );
}

/**
 * Makes items billed again from an instant on, as they would be if their terms had not ended at another one. `kept` are those that are not
 * removed.
 */
export function resumeTerms(
  { items, written }: History,
  kept: readonly Pick<ItemState, "id">[],
  { endedAt, from }: { readonly endedAt: Date | null; readonly from: Date },
): TermsChange {
  const stay = new Set(kept.map(({ id }) => id));
  const rows: (WrittenTerms & { itemId: string })[] = [];
  const resumed = items.map((item) => {
    const all = written.get(item.id) ?? [];
    const last = all.at(-1);
    if (!last || last.terms !== null || last.end !== null || last.start.getTime() !== endedAt?.getTime()) {
      return item;
    }
    const before = timelineOf(all.slice(0, -1));
    // What was removed at the very instant of the end stays removed.
    if (!stay.has(item.id) && before.at(-1)?.terms) return item;
    const next = writtenFrom(before, from, (terms) => terms);
    rows.push(...next.map((one) => ({ ...one, itemId: item.id })));
    return { ...item, timeline: timelineOf([...all, ...next]) };
  });
  return { items: resumed, rows };
}

function applyChanges(
  { items, written }: History,
  changes: readonly { readonly id: string; readonly change: ReturnType<typeof changeOf> }[],
  from: Date,
  sold: readonly ItemState[],
): TermsChange {
  const known = new Map(items.map((item) => [item.id, item]));
  const priceOf = new Map(sold.map((item) => [item.priceId, item]));
  const named = new Map(sold.map(({ id, description }) => [id, description]));
  const rows: (WrittenTerms & { itemId: string })[] = [];
  const after = new Map(known);
  for (const { id, change } of changes) {
    const item = known.get(id);
    const whole = writtenFrom(item?.timeline ?? always(null), beginning, (terms) => terms);
    const next = writtenFrom(item?.timeline ?? always(null), from, change);
    const timeline = timelineOf([...whole, ...next]);
    const description = named.get(id) ?? item?.description ?? null;
    after.set(id, historyOf({ id, description }, timeline, priceOf, item));
    if (item && sameIn(item.timeline, timeline, { start: beginning, end: forever })) continue;
    // What was never written down is, before it changes.
    const base = item && !written.get(id)?.length ? whole : [];
    rows.push(...[...base, ...next].map((one) => ({ ...one, itemId: id })));
  }
  return { items: [...after.values()], rows };
}

/** Items that have always been what they are. */
export function newHistory(items: readonly ItemState[], subscription: Subscription): History {
  const priceOf = new Map(items.map((item) => [item.priceId, item]));
  return {
    states: stateSpans([], stateOf(subscription)),
    items: items.map((item) => historyOf(item, always(termsOfItem(item)), priceOf)),
    written: new Map(),
  };
}

/** A history as it will be after terms are written, and after a subscription has become something at an instant. */
export function continued(
  { items, states, written }: History,
  {
    rows = [],
    sold,
    after,
    at,
  }: {
    readonly rows?: TermsChange["rows"];
    readonly sold: readonly ItemState[];
    readonly after: Subscription;
    readonly at: Date;
  },
): History {
  const priceOf = new Map(sold.map((item) => [item.priceId, item]));
  const known = new Map(items.map((item) => [item.id, item]));
  const byItem = Map.groupBy(rows, ({ itemId }) => itemId);
  for (const [id, own] of byItem) {
    const item = known.get(id);
    const timeline = timelineOf([...(item?.timeline ?? always(null)), ...own]);
    const description = sold.find((one) => one.id === id)?.description ?? item?.description ?? null;
    known.set(id, historyOf({ id, description }, timeline, priceOf, item));
  }
  const state = stateOf(after);
  const cut = states.map((span) => ({ ...span, end: earlier(span.end, at) }));
  const spans = [...cut.filter(({ start, end }) => start < end), { start: at, end: forever, ...state }];
  return { items: [...known.values()], states: spans, written };
}
