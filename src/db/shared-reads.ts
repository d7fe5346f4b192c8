import type { Pool } from "pg";
import { Wanted, whileWanted } from "./abandon.ts";
import { type Reach, preludeFor } from "./confine.ts";
import { type Borrower, onConnection } from "./connection.ts";
import type { Sql } from "./executor.ts";
import { isSilence } from "./silence.ts";
import { type TransactionHost, ready } from "./transaction.ts";
import { runTogether } from "./wire/run.ts";

/** The most reads of a packet, which the database runs one by one. More of them leave on several connections. */
const most = 8;

/** What waits for a connection of a pool until this server has looked at all that has come in meanwhile, by its reach. */
const waiting = new WeakMap<Pool, Map<Reach, SharedRead[]>>();

/**
 * Runs a short read in one packet with those of other requests that came at the same time, all of them kept to the rows within
 * `reach`: to write a packet costs this server more than all else about such a read.
 */
export function readShared(host: TransactionHost, statement: Sql, reach: Reach): Promise<object[]> {
  const { pool } = host;
  return new Promise((resolve, reject) => {
    let byReach = waiting.get(pool);
    if (!byReach) {
      byReach = new Map();
      waiting.set(pool, byReach);
      setImmediate(leave, pool);
    }
    const read = new SharedRead(host, statement, resolve, reject);
    const group = byReach.get(reach);
    if (group) group.push(read);
    else byReach.set(reach, [read]);
  });
}

function leave(pool: Pool): void {
  const groups = waiting.get(pool);
  waiting.delete(pool);
  for (const [reach, group] of groups ?? []) {
    for (let from = 0; from < group.length; from += most) {
      void runPacket(reach, group.slice(from, from + most));
    }
  }
}

/** Runs reads in one packet. It is stopped in the database when nobody waits for any of them any more. */
async function runPacket(reach: Reach, reads: readonly SharedRead[]): Promise<void> {
  const [first] = reads;
  if (!first) return;
  const { pool, cancel } = first.host;
  const wanted = new Wanted();
  let left = reads.length;
  for (const read of reads) read.whenGone((reason) => --left || wanted.abandon(reason));
  try {
    const borrower: Borrower = { reach, writes: false, small: true, wanted };
    const rows = await onConnection(pool, borrower, isSilence, (client) =>
      whileWanted({ wanted, cancel }, client, () =>
        runTogether(
          client,
          preludeFor(first.host, reach),
          reads.map(({ host, statement }) => ready(host, statement)),
        ),
      ),
    );
    for (const [index, read] of reads.entries()) read.resolve(rows[index] ?? []);
  } catch (error) {
    for (const read of reads) read.reject(error);
  }
}

/** A read that leaves with others. Whoever gives it up is told at once, and the others have their rows. */
class SharedRead {
  readonly host: TransactionHost;
  readonly statement: Sql;
  readonly #resolve: (rows: object[]) => void;
  readonly #reject: (error: unknown) => void;
  #gone: ((reason: Error) => void) | undefined;

  constructor(
    host: TransactionHost,
    statement: Sql,
    resolve: (rows: object[]) => void,
    reject: (error: unknown) => void,
  ) {
    this.host = host;
    this.statement = statement;
    this.#resolve = resolve;
    this.#reject = reject;
    const { wanted } = host;
    if (wanted?.reason) reject(wanted.reason);
    else wanted?.begin(this.#stop);
  }

  readonly #stop = (): void => {
    const reason = this.host.wanted?.reason;
    if (!reason) return;
    this.#reject(reason);
    this.#gone?.(reason);
  };

  /** Has `gone` told when nobody waits for it any more. */
  whenGone(gone: (reason: Error) => void): void {
    this.#gone = gone;
    this.#stop();
  }

  resolve(rows: object[]): void {
    this.host.wanted?.done(this.#stop);
    this.#resolve(rows);
  }

  reject(error: unknown): void {
    this.host.wanted?.done(this.#stop);
    this.#reject(error);
  }
}
