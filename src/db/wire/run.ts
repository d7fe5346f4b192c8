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

/**
 * Runs one statement with another one before it, in the same packet and implicit transaction: no round trip more, and what the
 * first sets for this transaction ends with it. One that has a name is prepared by it once on each connection.
 */
export async function runWithin<R extends object>(
  client: PoolClient,
  prelude: Prelude,
  statement: Statement,
): Promise<R[]> {
  const [rows = []] = await runTogether(client, prelude, [statement]);
  return rows as R[];
}

/** Runs statements in one packet and implicit transaction, behind a prelude if there is one, and gives the rows of each. Where one fails, all do. */
export async function runTogether(
  client: PoolClient,
  prelude: Prelude | undefined,
  statements: readonly Statement[],
): Promise<object[][]> {
  const unknown = prelude && prepare(client, prelude);
  if (unknown) await unknown;
  return new Promise((resolve, reject) => {
    const all: object[][] = [];
    const parts = statements.map(
      (statement) =>
        new WireStatement(statement, (error, rows) => {
          if (error) reject(error);
          else if (all.push(rows) === statements.length) resolve(all);
        }),
    );
    client.query(new Submission(parts, { before: prelude && [prelude.messages] }));
  });
}

/** The preludes that each connection knows by their names. */
const prepared = new WeakMap<PoolClient, Set<string>>();

/** Prepares a prelude on a connection that does not know it. */
function prepare(client: PoolClient, { statement }: Prelude): Promise<void> | undefined {
  const { name } = statement;
  if (!name || prepared.get(client)?.has(name)) return undefined;
  return runStatement(client, statement).then(() => {
    prepared.set(client, new Set([...(prepared.get(client) ?? []), name]));
  });
}
