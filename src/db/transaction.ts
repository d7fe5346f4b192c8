import type { Pool, PoolClient } from "pg";
import { type Executor, type StatementObserver, preparedName } from "./executor.ts";
import type { Prisma } from "./generated/prisma/client.ts";
import { type EventDraft, writeEvents } from "./outbox.ts";

/** On whose behalf a transaction writes. */
export interface Writer {
  readonly environmentId: string;
  /** Who writes, for `createdBy` and `updatedBy`: `key:<id of the API key>`. */
  readonly actor: string;
  /** The request that caused the write, for events; null for work that no request caused. */
  readonly requestId: string | null;
  /** The instant that the write counts as, for `createdAt`, `updatedAt` and the like. */
  readonly now: Date;
}

/** A database that transactions can be opened on. */
export interface TransactionHost {
  readonly pool: Pool;
  /** Whether statements may be prepared by name. */
  readonly prepares: boolean;
  /** Told of every statement, for counting. */
  readonly observe?: StatementObserver | undefined;
}

/** One open transaction. */
export interface Transaction extends Executor, Writer {
  /** Puts events into the outbox when the transaction commits, in the order of the calls. */
  emit(...events: readonly EventDraft[]): void;
}

/** How often a transaction is tried that the database gave up for the sake of another one. */
const attempts = 10;

/** SQLSTATE of a serialization failure and of a deadlock: nothing was written, and the work may be done again. */
const transient: ReadonlySet<unknown> = new Set(["40001", "40P01"]);

/**
 * Runs `work` in one transaction, with its events. It commits when `work` returns and rolls back when it throws; a
 * deadlock or serialization failure runs `work` again, so it must do nothing but use the transaction.
 */
export async function transact<T>(
  host: TransactionHost,
  writer: Writer,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(host, writer, work);
    } catch (error) {
      if (attempt === attempts || !transient.has((error as { code?: unknown }).code)) throw error;
    }
  }
}

async function once<T>(
  host: TransactionHost,
  writer: Writer,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const client = await host.pool.connect();
  const drafts: EventDraft[] = [];
  const transaction: Transaction = {
    ...writer,
    query: (statement) => run(client, host, statement),
    emit: (...events) => void drafts.push(...events),
  };
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(transaction);
    if (drafts.length) await writeEvents(transaction, drafts);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((reason: Error) => {
      broken = reason;
    });
    throw error;
  } finally {
    // A connection that could not roll back is not given to anyone else.
    client.release(broken);
  }
}

async function run<R extends object>(
  client: PoolClient | Pool,
  host: TransactionHost,
  statement: Prisma.Sql,
): Promise<R[]> {
  const { text, values } = statement;
  host.observe?.(text, values);
  const name = host.prepares ? preparedName(text) : undefined;
  const { rows } = await client.query<R>(name ? { name, text, values } : { text, values });
  return rows;
}

/** Reads outside a transaction: each statement takes whichever connection is free. */
export function reader(host: TransactionHost): Executor {
  return { query: (statement) => run(host.pool, host, statement) };
}
