import type { PoolClient } from "pg";
import { platform } from "./confine.ts";
import { Prisma } from "./generated/prisma/client.ts";
import { reader } from "./reader.ts";
import { type Setback, type TransactionHost, attempts, inTransaction, isTransient } from "./transaction.ts";

/** What a request is known by. */
export interface KeyedRequest {
  readonly environmentId: string;
  readonly key: string;
  /** The same for requests that ask for the same. */
  readonly fingerprint: string;
  /** Whether it has several parts, each of which locks what it is about. */
  readonly several?: boolean;
}

/** An answer, as it is stored. */
export interface StoredAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** JSON text. */
  readonly answer: string;
}

/** What became of a keyed request. */
export type KeyedOutcome<T> =
  | { readonly kind: "ran"; readonly result: T }
  /** It was answered before: nothing was done again. */
  | { readonly kind: "replayed"; readonly stored: StoredAnswer }
  /** The key was used for another request. */
  | { readonly kind: "conflict" }
  /** The first request with the key is still running. */
  | { readonly kind: "running" };

/** How long an answer is kept, by the database's clock. */
export const answersAreKeptFor = Prisma.sql`interval '24 hours'`;

/**
 * Runs `work` unless a request with the same key was answered in the last 24 hours. What `work` does in the given host and
 * the answer that it stores are one transaction: after a crash both are there, or neither. Without an answer to store,
 * which is how `work` says that it failed by our fault, all that it did is undone. When the database gives up a part of it
 * for the sake of another transaction, the whole of it is done again.
 */
export async function onceByKey<T>(
  host: TransactionHost,
  request: KeyedRequest,
  work: (host: TransactionHost) => Promise<Work<T>>,
): Promise<KeyedOutcome<T>> {
  for (let attempt = 1; ; attempt++) {
    const setback: Setback = {};
    try {
      const outcome = await attemptByKey({ ...host, setback }, request, work);
      if (!setback.error || attempt === attempts) return outcome;
    } catch (error) {
      if (!isTransient(error) || attempt === attempts) throw error;
    }
  }
}

/** What a keyed request came to, and the answer to keep. */
interface Work<T> {
  readonly result: T;
  readonly store: StoredAnswer | null;
}

async function attemptByKey<T>(
  host: TransactionHost,
  request: KeyedRequest,
  work: (host: TransactionHost) => Promise<Work<T>>,
): Promise<KeyedOutcome<T>> {
  let outcome: KeyedOutcome<T> | undefined;
  try {
    return await inTransaction(host, request.environmentId, async (client) => {
      const joined = { ...host, open: client };
      outcome = await earlierRequest(joined, request);
      if (outcome) return outcome;
      if (request.several) await awaitTurn(joined, request);
      const { result, store } = await work(joined);
      outcome = { kind: "ran", result };
      if (!store || host.setback?.error) throw new Undo();
      await keep(joined, request, store);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Undo && outcome) return outcome;
    throw error;
  }
}

class Undo extends Error {}

async function earlierRequest(
  host: TransactionHost & { readonly open: PoolClient },
  { environmentId, key, fingerprint }: KeyedRequest,
): Promise<Exclude<KeyedOutcome<never>, { kind: "ran" }> | undefined> {
  const { query } = reader(host, environmentId);
  const lock = JSON.stringify(["idempotency", environmentId, key]);
  const [{ free } = { free: false }] = await query<{ free: boolean }>(
    Prisma.sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${lock}, 0)) AS free`,
  );
  if (!free) return { kind: "running" };
  const [stored] = await query<StoredAnswer & { same: boolean }>(Prisma.sql`
    SELECT status, answer, fingerprint = ${fingerprint} AS same FROM idempotency_keys
    WHERE environment_id = ${environmentId}::uuid AND key = ${key} AND created_at > now() - ${answersAreKeptFor}`);
  if (!stored) return undefined;
  return stored.same ? { kind: "replayed", stored } : { kind: "conflict" };
}

/**
 * Lets the requests of several parts of an environment run one after the other. A transaction of one part takes its locks in
 * the one order that all keep to; one of several cannot, and would wait in a circle with the next.
 */
async function awaitTurn(host: TransactionHost, { environmentId }: KeyedRequest): Promise<void> {
  const lock = JSON.stringify(["several", environmentId]);
  await reader(host, environmentId).query(
    Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`,
  );
}

async function keep(
  host: TransactionHost,
  { environmentId, key, fingerprint }: KeyedRequest,
  { status, answer }: StoredAnswer,
): Promise<void> {
  await reader(host, environmentId).query(Prisma.sql`
    INSERT INTO idempotency_keys (environment_id, key, fingerprint, status, answer, created_at)
    VALUES (${environmentId}::uuid, ${key}, ${fingerprint}, ${status}, ${answer}, now())
    ON CONFLICT (environment_id, key) DO UPDATE
      SET fingerprint = excluded.fingerprint, status = excluded.status, answer = excluded.answer,
          created_at = excluded.created_at`);
}

/** Deletes answers that are kept no longer. Gives how many. */
export async function sweepAnswers(host: TransactionHost): Promise<number> {
  const [row] = await reader(host, platform).query<{ count: bigint }>(Prisma.sql`
    WITH swept AS (
      DELETE FROM idempotency_keys WHERE created_at <= now() - ${answersAreKeptFor} RETURNING 1
    )
    SELECT count(*) AS count FROM swept`);
  return Number(row?.count ?? 0n);
}
