import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { decimal } from "../../../kit/decimal.ts";
import { newId } from "../../../kit/ids.ts";
import { earlier } from "../../../kit/period.ts";
import { type StateOfTime, type StateSpan, sameState, stateOf, stateSpans } from "../rules/billing-state.ts";
import type { ItemHistory } from "../rules/owed.ts";
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
} from "../rules/terms.ts";
import { type ItemState, type Reading, type Subscription, withPrices } from "../state.ts";

type TermsRow = Row<"SubscriptionItemTerms">;
type StateRow = Row<"SubscriptionState">;

/** What the time of a subscription was billed by: its items' terms, and its states. */
export interface History {
  readonly states: readonly StateSpan[];
  /** The items, those that were removed in the current period among them. */
  readonly items: readonly ItemHistory[];
  /** The terms that were written of each item: what is written next is numbered after them. */
  readonly written: ReadonlyMap<string, readonly WrittenTerms[]>;
}

/** The histories of these subscriptions, by id. Five statements at most, however many. */
export async function readHistories(
  reading: Reading,
  subscriptions: readonly Subscription[],
): Promise<ReadonlyMap<string, History>> {
  if (!subscriptions.length) return new Map();
  const { environmentId } = reading;
  const ids = subscriptions.map(({ id }) => id);
  const starts = subscriptions.map(({ currentPeriodStart }) => currentPeriodStart);
  const items = await reading.query<Row<"SubscriptionItem">>(Prisma.sql`
    SELECT ${tableOf("SubscriptionItem").select} FROM unnest(${ids}::uuid[], ${starts}::timestamptz[]) AS w(id, since)
    JOIN subscription_items t ON t.environment_id = ${environmentId}::uuid AND t.subscription_id = w.id
      AND (t.removed_at IS NULL OR t.removed_at >= w.since)
    ORDER BY t.subscription_id, t.position, t.id`);
  const terms = await reading.query<TermsRow>(Prisma.sql`
    SELECT ${tableOf("SubscriptionItemTerms").select} FROM subscription_item_terms t
    WHERE t.environment_id = ${environmentId}::uuid AND t.subscription_id = ANY(${ids}::uuid[])
    ORDER BY t.item_id, t.sequence`);
  const states = await reading.query<StateRow>(Prisma.sql`
    SELECT ${tableOf("SubscriptionState").select} FROM subscription_states t
    WHERE t.environment_id = ${environmentId}::uuid AND t.subscription_id = ANY(${ids}::uuid[])
    ORDER BY t.subscription_id, t.starts_at, t.sequence`);
  const prices = await withPrices(reading, [
    ...items.map(({ priceId }) => ({ priceId })),
    ...terms.flatMap(({ priceId }) => (priceId ? [{ priceId }] : [])),
  ]);
  const priceOf = new Map(prices.map((one) => [one.priceId, one]));
  const termsOf = Map.groupBy(terms, ({ itemId }) => itemId);
  const statesOf = Map.groupBy(states, ({ subscriptionId }) => subscriptionId);
  const itemsOf = Map.groupBy(items, ({ subscriptionId }) => subscriptionId);
  return new Map(
    subscriptions.map((subscription) => {
      const own = itemsOf.get(subscription.id) ?? [];
      const written = statesOf.get(subscription.id) ?? [];
      return [
        subscription.id,
        {
          states: stateSpans(
            written.map(({ startsAt: start, state, pauseBehavior }) => ({ start, state, pauseBehavior })),
            stateOf(subscription),
          ),
          items: own.map((item) => historyOf(item, timelineFrom(item, termsOf.get(item.id) ?? []), priceOf)),
          written: new Map(own.map((item) => [item.id, (termsOf.get(item.id) ?? []).map(writtenOf)])),
        },
      ];
    }),
  );
}

type PriceOf = ReadonlyMap<string, Pick<ItemState, "price" | "productName">>;

function historyOf(
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

function timelineFrom(item: Row<"SubscriptionItem">, rows: readonly TermsRow[]): TermsTimeline {
  if (rows.length) return timelineOf(rows.map(writtenOf));
  const whole = termsOfItem(item);
  return item.removedAt
    ? timelineOf([{ start: beginning, end: item.removedAt, terms: whole }])
    : always(whole);
}

function writtenOf({ startsAt: start, endsAt: end, priceId, quantity, unitAmount }: TermsRow): WrittenTerms {
  return { start, end, terms: priceId === null ? null : { priceId, quantity, unitAmount } };
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
}

/** Makes items' terms those of `after` from an instant on: each item changes in what is different in it only. */
export function changeItemTerms(history: History, { before, after, from }: ItemsChange): TermsChange {
  const known = new Map(before.map((item) => [item.id, item]));
  const next = new Map(after.map((item) => [item.id, item]));
  const changes = [...new Set([...known.keys(), ...next.keys()])].map((id) => {
    const [old, now] = [known.get(id), next.get(id)];
    return { id, change: changeOf(old ? termsOfItem(old) : null, now ? termsOfItem(now) : null) };
  });
  return applyChanges(history, changes, from, [...before, ...after]);
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

/** Makes items billed again from an instant on, as they would be if their terms had not ended at another one. */
export function resumeTerms(history: History, endedAt: Date | null, from: Date): TermsChange {
  const { items, written } = history;
  const rows: (WrittenTerms & { itemId: string })[] = [];
  const resumed = items.map((item) => {
    const all = written.get(item.id) ?? [];
    const last = all.at(-1);
    if (!last || last.terms !== null || last.end !== null || last.start.getTime() !== endedAt?.getTime()) {
      return item;
    }
    const next = writtenFrom(timelineOf(all.slice(0, -1)), from, (terms) => terms);
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

/** The terms that a subscription gets. */
export interface NewTerms extends Pick<History, "written"> {
  readonly subscriptionId: string;
  readonly rows: TermsChange["rows"];
}

/** Writes terms of subscriptions. One statement, or none. */
export async function writeTerms(
  transaction: Transaction,
  changes: readonly NewTerms[],
  now: Date,
): Promise<void> {
  const next = new Map(
    changes.flatMap(({ written }) => [...written].map(([id, rows]) => [id, rows.length] as const)),
  );
  const all = changes.flatMap(({ subscriptionId, rows }) => rows.map((row) => ({ ...row, subscriptionId })));
  await insertRows(
    transaction,
    "SubscriptionItemTerms",
    all.map(({ subscriptionId, itemId, start, end, terms }): TermsRow => {
      const sequence = (next.get(itemId) ?? 0) + 1;
      next.set(itemId, sequence);
      return {
        environmentId: transaction.environmentId,
        id: newId(),
        subscriptionId,
        itemId,
        sequence,
        startsAt: start,
        endsAt: end,
        priceId: terms?.priceId ?? null,
        quantity: new Prisma.Decimal(decimal(terms?.quantity ?? 1).toFixed()),
        unitAmount:
          terms?.unitAmount == null ? null : new Prisma.Decimal(decimal(terms.unitAmount).toFixed()),
        createdAt: now,
      };
    }),
  );
}

/** A subscription whose state may have changed at an instant. */
export interface StateChange {
  readonly before: Subscription;
  readonly after: Subscription;
  readonly at: Date;
}

/** Writes the states of time that have changed. Two statements, or none. */
export async function writeStates(transaction: Transaction, changes: readonly StateChange[]): Promise<void> {
  const changed = changes.filter(({ before, after }) => !sameState(stateOf(before), stateOf(after)));
  if (!changed.length) return;
  const { environmentId } = transaction;
  const counts = await transaction.query<{ id: string; count: number }>(Prisma.sql`
    SELECT t.subscription_id AS id, max(t.sequence) AS count FROM subscription_states t
    WHERE t.environment_id = ${environmentId}::uuid AND t.subscription_id = ANY(${changed.map(({ after }) => after.id)}::uuid[])
    GROUP BY t.subscription_id`);
  const countOf = new Map(counts.map(({ id, count }) => [id, count]));
  await insertRows(
    transaction,
    "SubscriptionState",
    changed.flatMap(({ before, after, at }) => {
      const known = countOf.get(after.id) ?? 0;
      const row = (sequence: number, startsAt: Date, state: StateOfTime): StateRow => ({
        environmentId,
        id: newId(),
        subscriptionId: after.id,
        sequence,
        startsAt,
        ...state,
        createdAt: at,
      });
      const first = known === 0 ? [row(1, beginning, stateOf(before))] : [];
      return [...first, row(known + first.length + 1, at, stateOf(after))];
    }),
  );
}
