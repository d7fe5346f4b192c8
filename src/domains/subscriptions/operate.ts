import { z } from "zod";
import { tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { readByIds } from "../../db/reads.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checkVersion, expectedVersion } from "../../kit/versions.ts";
import { nowFor } from "../clocks/index.ts";
import { readBasis } from "./basis.ts";
import { type Outcome, carryOut } from "./carry-out.ts";
import { readLedger } from "../invoices/index.ts";
import type { Plan, Situation } from "./plan.ts";
import { type Subscription, loadStates } from "./state.ts";
import { readHistories } from "./store/history.ts";
import { findWaiting } from "./store/waiting.ts";

/** What every operation on a subscription is told. */
export const target = { subscriptionId: z.string(), expectedVersion };

export interface Target {
  readonly subscriptionId: string;
  readonly expectedVersion?: number | null | undefined;
}

/** Decides what becomes of a subscription. It may read, but does not write. */
export type Decide = (situation: Situation, transaction: Transaction) => Plan | Promise<Plan>;

/** Locks a subscription, lets `decide` plan, and carries the plan out, in one transaction. */
export function operate(host: TransactionHost, writer: Writer, on: Target, decide: Decide): Promise<Outcome> {
  return transact(host, writer, (transaction) => operateWithin(transaction, on, decide));
}

/** The same within a transaction that is open. */
export async function operateWithin(transaction: Transaction, on: Target, decide: Decide): Promise<Outcome> {
  const situation = await situationOf(transaction, on);
  return carryOut(transaction, situation, await decide(situation, transaction));
}

/** Locks a subscription, and reads all that operations on it are decided on. `given` is what time it is; looked up unless given. */
export async function situationOf(transaction: Transaction, on: Target, given?: Date): Promise<Situation> {
  const subscription = await lockSubscription(transaction, on.subscriptionId);
  return situationWith(transaction, subscription, on, { locked: true, now: given });
}

/** The same without locking anything, for those who only look. */
export async function readSituation(transaction: Transaction, on: Target): Promise<Situation> {
  const [subscription] = isId(on.subscriptionId)
    ? await readByIds(transaction, transaction.environmentId, "BillingSubscription", [on.subscriptionId])
    : [];
  if (!subscription) refuse("NOT_FOUND", "There is no such subscription.", ["subscriptionId"]);
  return situationWith(transaction, subscription, on, { locked: false });
}

async function situationWith(
  transaction: Transaction,
  subscription: Subscription,
  on: Target,
  { locked, now: given }: { readonly locked: boolean; readonly now?: Date | undefined },
): Promise<Situation> {
  checkVersion("subscription", subscription.version, on.expectedVersion);
  const { customerId, id, timezone } = subscription;
  const now = given ?? (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now;
  const state = (await loadStates(transaction, [subscription])).get(id);
  const history = (await readHistories(transaction, [subscription])).get(id);
  if (!state || !history) throw new Error(`there is no subscription ${id}`);
  const from = subscription.currentPeriodStart;
  return {
    state,
    history,
    now,
    locked,
    ledger: await readLedger(transaction, { subscriptions: [{ id, from }] }),
    waiting: (await findWaiting(transaction, [id])).has(id),
    basis: await readBasis(transaction, timezone),
  };
}

/** Locks a subscription until the transaction ends; refuses an id that names none. */
export async function lockSubscription(
  transaction: Transaction,
  id: string,
  path: readonly string[] = ["subscriptionId"],
): Promise<Subscription> {
  const { name, select } = tableOf("BillingSubscription");
  const [row] = isId(id)
    ? await transaction.query<Subscription>(Prisma.sql`
        SELECT ${select} FROM ${name} t
        WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = ${id}::uuid FOR UPDATE`)
    : [];
  return row ?? refuse("NOT_FOUND", "There is no such subscription.", path);
}
