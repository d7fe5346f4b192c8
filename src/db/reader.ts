import type { PoolClient } from "pg";
import { whileWanted } from "./abandon.ts";
import { type Reach, platform, preludeFor } from "./confine.ts";
import { type Borrower, onConnection } from "./connection.ts";
import { type Executor, type Sql, isShort } from "./executor.ts";
import { readShared } from "./shared-reads.ts";
import { isSilence } from "./silence.ts";
import { type TransactionHost, ready } from "./transaction.ts";
import { runStatement, runWithin } from "./wire/run.ts";

/** Runs a statement on a connection, kept to the rows within `reach` unless it is a part of a transaction that is. */
function run<R extends object>(
  client: PoolClient,
  host: TransactionHost,
  statement: Sql,
  reach: Reach = platform,
): Promise<R[]> {
  const prelude = preludeFor(host, reach);
  const own = ready(host, statement);
  return whileWanted(host, client, () =>
    prelude ? runWithin<R>(client, prelude, own) : runStatement<R>(client, own),
  );
}

/**
 * Reads within `reach`: each statement takes whichever connection is free, or its turn in the transaction that is open,
 * which has a reach of its own.
 */
export function reader(host: TransactionHost, reach: Reach): Executor {
  const { open } = host;
  const confined = host.confinement !== undefined && reach !== platform;
  if (!open) return { query: (statement) => runAlone(host, statement, reach), confined };
  let last: Promise<unknown> = Promise.resolve();
  return {
    confined,
    query: <R extends object>(statement: Sql): Promise<R[]> => {
      const rows = last.then(() => run<R>(open, host, statement));
      last = rows.catch(() => {});
      return rows;
    },
  };
}

function runAlone<R extends object>(host: TransactionHost, statement: Sql, reach: Reach): Promise<R[]> {
  if (isShort(statement)) return readShared(host, statement, reach) as Promise<R[]>;
  const { pool, small = false, wanted } = host;
  const borrower: Borrower = { reach, writes: false, small, wanted };
  return onConnection(pool, borrower, isSilence, (client) => run<R>(client, host, statement, reach));
}
