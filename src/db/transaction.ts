import type { Pool, PoolClient } from "pg";
import { type Executor, type StatementObserver, preparedName } from "./executor.ts";
import type { Prisma } from "./generated/prisma/client.ts";
import { type Abandonable, whileWanted } from "./abandon.ts";
import { type EventDraft, writeEvents } from "./outbox.ts";
import { isSilence } from "./silence.ts";
import { checkQueue } from "./unavailable.ts";

/** On whose behalf a transaction writes. */
export interface Writer {
  readonly environmentId: string;
  /** Who writes, for `createdBy` and `updatedBy`: `key:<id of the API key>` or `oauth:<subject>`. */
  readonly actor: string;
  /** The request that caused the write, for events; null for work that no request caused. */
  readonly requestId: string | null;
  /** The instant that the write counts as, for `createdAt`, `updatedAt` and the like. */
  readonly now: Date;
}

/** A database that transactions can be opened on. */
export interface TransactionHost extends Abandonable {
  readonly pool: Pool;
  /** Whether statements may be prepared by name. */
  readonly prepares: boolean;
  /** Told of every statement, for counting. */
  readonly observe?: StatementObserver | undefined;
  /** A transaction that is open already: work becomes a part of it that can fail alone, instead of one of its own. */
  readonly open?: PoolClient | undefined;
  /** Where work in the open transaction says that the database gave it up, so that the whole is to be done again. */
  readonly setback?: Setback | undefined;
}

/** Why the database gave up a part of a transaction for the sake of another one, if it did. */
export interface Setback {
  error?: Error;
}

/** One open transaction. */
export interface Transaction extends Executor, Writer {
  /** Puts events into the outbox when the transaction commits, in the order of the calls. */
  emit(...events: readonly EventDraft[]): void;
}

/** How often a transaction is tried that the database gave up for the sake of another one. */
export const attempts = 10;

/** SQLSTATE of a serialization failure and of a deadlock: nothing was written, and the work may be done again. */
const transient: ReadonlySet<unknown> = new Set(["40001", "40P01"]);

/** Whether the database gave up a transaction for the sake of another one. */
export function isTransient(error: unknown): boolean {
  return transient.has((error as { code?: unknown } | null)?.code);
}

/**
 * Runs `work` in one transaction, with its events. It commits when `work` returns and rolls back when it throws; a
 * deadlock or serialization failure runs `work` again, so it must do nothing but use the transaction. As a part of an open
 * transaction it is not run again, because what earlier parts have locked stays locked: the whole has to be.
 */
export async function transact<T>(
  host: TransactionHost,
  writer: Writer,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  if (host.setback?.error) throw host.setback.error;
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(host, writer, work);
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (host.setback) host.setback.error = error as Error;
      if (host.open || attempt === attempts) throw error;
    }
  }
}

async function once<T>(
  host: TransactionHost,
  writer: Writer,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  if (host.open) return bracket(host.open, savepoint, (client) => workOn(host, client, writer, work));
  return inTransaction(host, (client) => workOn(host, client, writer, work));
}

/** Runs `work` in a transaction on a connection of its own. Commits when it returns, rolls back when it throws. */
export async function inTransaction<T>(
  host: TransactionHost,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  checkQueue(host.pool);
  const client = await host.pool.connect();
  let broken: Error | undefined;
  try {
    return await bracket(client, wholeTransaction, work);
  } catch (error) {
    if (error instanceof BrokenConnection) broken = error;
    throw broken ? (error as BrokenConnection).cause : error;
  } finally {
    // A connection that could not roll back is not given to anyone else.
    client.release(broken);
  }
}

/** How work begins, takes effect, and is undone. */
interface Bracket {
  readonly begin: string;
  readonly end: string;
  readonly undo: string;
}

const wholeTransaction: Bracket = { begin: "BEGIN", end: "COMMIT", undo: "ROLLBACK" };
const savepoint: Bracket = {
  begin: "SAVEPOINT work",
  end: "RELEASE SAVEPOINT work",
  undo: "ROLLBACK TO SAVEPOINT work; RELEASE SAVEPOINT work",
};

class BrokenConnection extends Error {}

async function bracket<T>(
  client: PoolClient,
  { begin, end, undo }: Bracket,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query(end);
    return result;
  } catch (error) {
    if (isSilence(error)) throw new BrokenConnection("the connection is stuck", { cause: error });
    await client.query(undo).catch(() => {
      throw new BrokenConnection("the connection could not roll back", { cause: error });
    });
    throw error;
  }
}

async function workOn<T>(
  host: TransactionHost,
  client: PoolClient,
  writer: Writer,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const drafts: EventDraft[] = [];
  const transaction: Transaction = {
    ...writer,
    query: (statement) => run(client, host, statement),
    emit: (...events) => void drafts.push(...events),
  };
  const result = await work(transaction);
  if (drafts.length) await writeEvents(transaction, drafts);
  return result;
}

async function run<R extends object>(
  client: PoolClient,
  host: TransactionHost,
  statement: Prisma.Sql,
): Promise<R[]> {
  const { text, values } = statement;
  host.observe?.(text, values);
  const name = host.prepares ? preparedName(text) : undefined;
  const query = name ? { name, text, values } : { text, values };
  const { rows } = await whileWanted(host, client, () => client.query<R>(query));
  return rows;
}

/** Reads: each statement takes whichever connection is free, or its turn in the transaction that is open. */
export function reader(host: TransactionHost): Executor {
  const { open } = host;
  if (!open) return { query: (statement) => runAlone(host, statement) };
  let last: Promise<unknown> = Promise.resolve();
  return {
    query: <R extends object>(statement: Prisma.Sql): Promise<R[]> => {
      const rows = last.then(() => run<R>(open, host, statement));
      last = rows.catch(() => {});
      return rows;
    },
  };
}

async function runAlone<R extends object>(host: TransactionHost, statement: Prisma.Sql): Promise<R[]> {
  checkQueue(host.pool);
  const client = await host.pool.connect();
  let stuck = false;
  try {
    return await run<R>(client, host, statement);
  } catch (error) {
    stuck = isSilence(error);
    throw error;
  } finally {
    // The pool itself throws connections away that have died.
    client.release(stuck);
  }
}
