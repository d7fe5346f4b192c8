import { type Row, tableOf } from "../../../db/datamodel.ts";
import { stored } from "../../../db/decimals.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { type StateOfTime, sameState, stateOf, stateSpans } from "../rules/billing-state.ts";
import { type History, type TermsChange, historyOf, termsOfItem } from "../rules/history.ts";
import { type TermsTimeline, type WrittenTerms, always, beginning, timelineOf } from "../rules/terms.ts";
import { type Reading, type Subscription, withPrices } from "../state.ts";

type TermsRow = Row<"SubscriptionItemTerms">;
type StateRow = Row<"SubscriptionState">;

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
        quantity: stored(terms?.quantity ?? 1),
        unitAmount: terms?.unitAmount == null ? null : stored(terms.unitAmount),
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
