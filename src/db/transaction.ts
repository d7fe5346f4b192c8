import type { Pool, PoolClient } from "pg";
import { type Confinement, type Reach, beginWithin, platform } from "./confine.ts";
import { type Executor, type Sql, type StatementObserver, nameOf, textsOf, writtenOf } from "./executor.ts";
import { type Abandonable, whileWanted } from "./abandon.ts";
import { type Bracket, BrokenConnection, bracket, bracketOn, savepointOn } from "./bracket.ts";
import { onConnection } from "./connection.ts";
import { Conversation } from "./conversation.ts";
import { type EventDraft, eventsStatement } from "./outbox.ts";
import type { Statement } from "./wire/packet.ts";

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
  /** How the database keeps work for an environment to its rows; without it, only the statements themselves do. */
  readonly confinement?: Confinement | undefined;
  /** Whether the work is known to take little time, so that it may have a connection that is kept free of longer work. It is not unless said. */
  readonly small?: boolean | undefined;
  /** Told of every statement, for counting. */
  readonly observe?: StatementObserver | undefined;
  /** A transaction that is open already: work becomes a part of it that can fail alone, instead of one of its own. */
  readonly open?: PoolClient | undefined;
  /** Puts jobs into their queues as a part of the transaction on `client`. Without it there are none, and what they are about waits for a recurring one. */
  readonly enqueue?: ((client: PoolClient, jobs: readonly JobDraft[]) => Promise<void>) | undefined;
  /**
   * Keeps a text for good in a stream outside the database, for a worker to deal with. Without it, what could be left for later is
   * done at once.
   */
  readonly defer?: ((text: string) => Promise<void>) | undefined;
  /** Told the environment of each transaction with events that has committed; not of parts of one that is `open`. */
  readonly announce?: ((environmentId: string) => void) | undefined;
  /** Where work in the open transaction says that the database gave it up, so that the whole is to be done again. */
  readonly setback?: Setback | undefined;
}

/** Why the database gave up a part of a transaction for the sake of another one, if it did. */
export interface Setback {
  error?: Error;
}

/** Work that a worker is to do once the transaction has committed. */
export interface JobDraft {
  readonly queue: string;
  readonly data: object;
  /** Of jobs with the same key one waits at a time. */
  readonly key: string;
}

/** One open transaction. */
export interface Transaction extends Executor, Writer {
  /** Whether it must not count on nobody coming in its way: somebody did before, or what it is a part of would have to start over as a whole. */
  readonly wary: boolean;
  /** Puts events into the outbox when the transaction commits, in the order of the calls. */
  emit(...events: readonly EventDraft[]): void;
  /** Asks for jobs to be done when the transaction has committed. */
  enqueue(...jobs: readonly JobDraft[]): void;
  /** Runs a statement before the next one, in the same packet: a lock, say. Nobody is told its rows, and where it fails, the next one does. */
  precede(statement: Sql): Promise<void>;
  /**
   * Runs the last statement, behind the events so far, and commits in the same packet, so that nobody waits longer than need be for what
   * is locked. The database itself has to fail where the transaction is not to commit, and nothing may be done in it afterwards.
   */
  conclude<R extends object>(statement: Sql): Promise<R[]>;
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
 * Runs `work` in one transaction, with its events, kept to the rows of the writer's environment. It commits when `work` returns and rolls back when it throws; a
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
      return await once(host, writer, work, attempt);
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
  attempt: number,
): Promise<T> {
  const { open, confinement } = host;
  if (open) {
    const within = new Conversation(open, host.prepares);
    return bracket(savepointOn(open), () => workOn(host, within, { ...writer, wary: true }, work));
  }
  let told = false;
  const result = await withConnection(host, writer.environmentId, (client) => {
    const own = new Conversation(client, host.prepares);
    const whole: Bracket = {
      begin: () => whileWanted(host, client, () => own.begin(confinement, writer.environmentId)),
      end: () => whileWanted(host, client, () => own.commit()),
      undo: () => own.rollback(),
    };
    return bracket(whole, () =>
      workOn(host, own, { ...writer, wary: attempt > 1 }, work, () => (told = true)),
    );
  });
  if (told) host.announce?.(writer.environmentId);
  return result;
}

/** Runs `work` in a transaction on a connection of its own, kept to the rows within `reach`. Commits when it returns, rolls back when it throws. */
export async function inTransaction<T>(
  host: TransactionHost,
  reach: Reach,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const { confinement } = host;
  const begin = confinement && reach !== platform ? beginWithin(confinement, reach) : "BEGIN";
  return withConnection(host, reach, (client) =>
    bracket(
      {
        ...bracketOn(client, begin, "COMMIT", "ROLLBACK"),
        begin: () => whileWanted(host, client, () => client.query(begin)),
        end: () => whileWanted(host, client, () => client.query("COMMIT")),
      },
      () => work(client),
    ),
  );
}

/** A connection that could not roll back is not given to anyone else. */
async function withConnection<T>(
  { pool, small = false, wanted }: TransactionHost,
  reach: Reach,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const isBroken = (error: unknown): boolean => error instanceof BrokenConnection;
  try {
    return await onConnection(pool, { reach, writes: true, small, wanted }, isBroken, work);
  } catch (error) {
    throw error instanceof BrokenConnection ? error.cause : error;
  }
}

async function workOn<T>(
  host: TransactionHost,
  conversation: Conversation,
  writer: Writer & Pick<Transaction, "wary">,
  work: (transaction: Transaction) => Promise<T>,
  onEvents?: () => void,
): Promise<T> {
  const drafts: EventDraft[] = [];
  const jobs: JobDraft[] = [];
  const { client } = conversation;
  const writeDrafts = async (): Promise<void> => {
    if (!drafts.length) return;
    const statement = eventsStatement(transaction, drafts.splice(0));
    await (host.open ? transaction.query(statement) : transaction.precede(statement));
    onEvents?.();
  };
  const transaction: Transaction = {
    ...writer,
    query: (statement) => whileWanted(host, client, () => conversation.query(ready(host, statement))),
    precede: (statement) => whileWanted(host, client, () => conversation.precede(ready(host, statement))),
    conclude: async (statement) => {
      await writeDrafts();
      // A part of an open transaction cannot commit, and jobs are put into their queues behind everything.
      if (host.open || jobs.length) return transaction.query(statement);
      return whileWanted(host, client, () => conversation.conclude(ready(host, statement)));
    },
    confined: host.confinement !== undefined,
    emit: (...events) => void drafts.push(...events),
    enqueue: (...wanted) => void jobs.push(...wanted),
  };
  const result = await work(transaction);
  await writeDrafts();
  if (host.open || jobs.length) await conversation.flush();
  if (jobs.length) await host.enqueue?.(client, jobs);
  return result;
}

/** A statement as it is sent. */
export function ready({ prepares, observe }: TransactionHost, statement: Sql): Statement {
  const { text, values } = statement;
  observe?.(text, values);
  const name = (prepares ? nameOf(statement) : undefined) ?? "";
  return { name, text, values, texts: textsOf(statement), written: writtenOf(statement) };
}
