import type { Row } from "../../db/datamodel.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { TimeBasis } from "../../kit/time-share.ts";
import { createInvoices } from "../invoices/index.ts";
import {
  type Step,
  type Subscription,
  type SubscriptionState,
  type Taken,
  billUsage,
  countCycle,
  draftBill,
  findWaiting,
  noUsage,
  usageOf,
  writeCharges,
} from "../subscriptions/index.ts";
import type { EngineSettings } from "./settings.ts";

/** A subscription with the step that is due, and what it makes of it. */
export interface Stepping {
  readonly before: Subscription;
  readonly step: Step;
  readonly taken: Taken;
}

/** A step with the invoice that it has made; null when there was nothing to bill. */
export interface Billed extends Stepping {
  readonly invoice: Row<"Invoice"> | null;
}

/** What steps are taken with. */
export interface StepContext {
  readonly settings: EngineSettings;
  /** The subscriptions before their steps, with all that decides about their invoices, by id. */
  readonly states: ReadonlyMap<string, SubscriptionState>;
  readonly now: Date;
}

/** Makes the invoices of steps, all at once. A period that was billed before keeps its invoice. */
export async function billSteps(
  transaction: Transaction,
  steppings: readonly Stepping[],
  { settings, states, now }: StepContext,
): Promise<Billed[]> {
  const ids = steppings.filter(({ taken }) => taken.bill).map(({ before }) => before.id);
  const waiting = ids.length ? await findWaiting(transaction, ids) : new Set();
  const billing = steppings.flatMap(({ before: { id, timezone }, step, taken: { after, bill } }) => {
    const before = states.get(id);
    if (!bill || !before) return [];
    const basis = basisOf(settings, timezone);
    return [{ id, bill, state: { ...before, subscription: after }, basis, paidUpTo: step.at }];
  });
  const usage = await billUsage(
    transaction,
    billing.map(({ state, bill, basis }) => usageOf(state, bill, basis)),
    { now, lock: true },
  );
  const drafted = billing.flatMap(({ id, bill, state, basis, paidUpTo }) => {
    const { lines } = usage.get(id) ?? noUsage;
    const draft = draftBill(state, bill, { now, basis, waiting: waiting.has(id), usage: lines });
    return draft ? [{ id, draft: { ...draft, paidUpTo }, discounts: state.discounts }] : [];
  });
  await writeCharges(transaction, {
    added: [...usage.values()].flatMap(({ charges }) => charges.added),
    changed: [...usage.values()].flatMap(({ charges }) => charges.changed),
  });
  const created = await createInvoices(
    transaction,
    drafted.map(({ draft }) => draft),
  );
  await countCycle(
    transaction,
    drafted.flatMap(({ discounts }, index) =>
      created[index]?.created ? discounts.map((discount) => ({ discount, now })) : [],
    ),
  );
  const invoices = new Map(drafted.map(({ id }, index) => [id, created[index]?.invoice ?? null]));
  return steppings.map((stepping) => ({ ...stepping, invoice: invoices.get(stepping.before.id) ?? null }));
}

/** What parts of periods are counted in. */
export function basisOf({ prorateByDay }: Pick<EngineSettings, "prorateByDay">, zone: string): TimeBasis {
  return prorateByDay ? { unit: "DAY", zone } : { unit: "SECOND" };
}
