import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { type Collected, type Collection, collect } from "../payments/index.ts";
import { type AfterAttempt, afterAttempt, hasRetriesLeft } from "../subscriptions/index.ts";
import type { Billed, StepContext } from "./bill.ts";
import type { EngineSettings } from "./settings.ts";

type InvoiceRow = Row<"Invoice">;

/**
 * Collects what steps have billed, and what retries are about, and gives each subscription as that leaves it, by its id.
 */
export async function collectFor(
  transaction: Transaction,
  billed: readonly Billed[],
  { settings, now }: Pick<StepContext, "settings" | "now">,
): Promise<ReadonlyMap<string, AfterAttempt>> {
  const retried = billed.filter((one) => isRetry(one, settings));
  const owed = await lockOwed(
    transaction,
    retried.map(({ before }) => before.id),
  );
  const wanted = billed.map((one) =>
    isRetry(one, settings) ? (owed.get(one.before.id) ?? []) : one.invoices,
  );
  const collections = wanted.flatMap((invoices, index) =>
    invoices.map((invoice): Collection => ({ invoice, earlierAttempts: attemptsOf(billed[index]) })),
  );
  const results = await collect(transaction, collections, now);
  const byInvoice = new Map(collections.map(({ invoice }, index) => [invoice.id, results[index]]));
  return new Map(
    billed.map((one, index) => {
      const outcomes = (wanted[index] ?? []).map(({ id }) => byInvoice.get(id) ?? "WAITING");
      return [one.before.id, outcomeOf(one, outcomes, { settings, now })];
    }),
  );
}

function isRetry({ step, before }: Billed, settings: EngineSettings): boolean {
  return step.kind === "RETRY" && hasRetriesLeft(before, settings);
}

/** One for the charge that made it past due, and one for each retry since. */
function attemptsOf(billed: Billed | undefined): number {
  return billed?.step.kind === "RETRY" ? billed.before.dunningRetries + 1 : 0;
}

/** What subscriptions still owe by invoices that are charged automatically, locked. One statement, or none. */
async function lockOwed(
  { environmentId, query }: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string | null, InvoiceRow[]>> {
  if (!ids.length) return new Map();
  const { name, select } = tableOf("Invoice");
  const rows = await query<InvoiceRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.subscription_id = ANY(${ids}::uuid[])
      AND t.status IN ('FINALIZED', 'APPROVED', 'SENT', 'PARTIALLY_PAID', 'OVERDUE') AND t.amount_due > 0
      AND t.collection_method = 'CHARGE_AUTOMATICALLY'
    ORDER BY t.created_at, t.id FOR NO KEY UPDATE`);
  return Map.groupBy(rows, ({ subscriptionId }) => subscriptionId);
}

function outcomeOf(
  one: Billed,
  outcomes: readonly Collected[],
  { settings, now }: Pick<StepContext, "settings" | "now">,
): AfterAttempt {
  const { taken, step, before } = one;
  const failure = outcomes.find((outcome) => outcome === "HARD_DECLINED") ?? outcomes.find(isDecline);
  if (isRetry(one, settings)) {
    // What was paid in the meantime leaves nothing to collect.
    const result = failure ?? (outcomes.includes("WAITING") ? "DECLINED" : "PAID");
    return afterAttempt(before, result, settings, { now, retry: true });
  }
  if (failure === undefined) return taken;
  // What was never paid for does not begin.
  if (step.kind === "START") return { after: { ...taken.after, status: "PENDING" }, events: [] };
  const failed = afterAttempt(taken.after, failure, settings, { now, retry: false });
  return { after: failed.after, events: [...taken.events, ...failed.events] };
}

function isDecline(outcome: Collected): outcome is "DECLINED" | "HARD_DECLINED" {
  return outcome === "DECLINED" || outcome === "HARD_DECLINED";
}
