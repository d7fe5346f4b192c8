import type { PoolClient } from "pg";
import type { Company, Statement } from "./packet.ts";
import { WireStatement } from "./statement.ts";
import { Submission } from "./submission.ts";

/** Runs one statement on a connection and gives its rows. */
export function runStatement<R extends object>(
  client: PoolClient,
  statement: Statement,
  company: Company = {},
): Promise<R[]> {
  return new Promise((resolve, reject) => {
    const one = new WireStatement(statement, (error, rows) => (error ? reject(error) : resolve(rows as R[])));
    client.query(new Submission([one], company));
  });
}

/** What goes before a statement, in its packet. */
export interface Prelude {
  readonly statement: Statement;
  /** Its messages, but for the one that prepares it where it has a name. */
  readonly messages: Buffer;
}

/** The preludes that each connection knows by their names. */
const prepared = new WeakMap<PoolClient, Set<string>>();

/**
 * Runs one statement with another one before it, in the same packet and implicit transaction: no round trip more, and what the
 * first sets for this transaction ends with it. One that has a name is prepared by it once on each connection.
 */
export function runWithin<R extends object>(
  client: PoolClient,
  { statement: before, messages }: Prelude,
  statement: Statement,
): Promise<R[]> {
  if (!before.name || prepared.get(client)?.has(before.name))
    return runStatement<R>(client, statement, { before: [messages] });
  return runStatement(client, before).then(() => {
    prepared.set(client, new Set([...(prepared.get(client) ?? []), before.name]));
    return runStatement<R>(client, statement, { before: [messages] });
  });
}
