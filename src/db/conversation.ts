import type { PoolClient } from "pg";
import { type Confinement, preludeFor } from "./confine.ts";
import { type Statement, messagesOf } from "./wire/packet.ts";
import { runStatement } from "./wire/run.ts";
import { isPrepared } from "./wire/statement.ts";

const begin: Statement = { name: "begin", text: "BEGIN", values: [] };
const commit: Statement = { name: "commit", text: "COMMIT", values: [] };

/**
 * What a transaction says on its connection. Whatever need not be answered before more can be said waits, and leaves with the
 * next statement in one packet: each answer that is waited for costs both sides time, in which what is locked stays locked.
 */
export class Conversation {
  readonly client: PoolClient;
  /** Whether statements are prepared by name. Only those that are, and are known to the connection already, leave with others. */
  readonly #prepares: boolean;
  #waiting: Buffer[] = [];
  /** Whether anything is to be committed, whether anything was said aloud, and whether all is over. */
  #meant = false;
  #said = false;
  #ended = false;

  constructor(client: PoolClient, prepares: boolean) {
    this.client = client;
    this.#prepares = prepares;
  }

  /** Begins a transaction, kept to the rows of an environment where there is a confinement. */
  async begin(confinement: Confinement | undefined, environmentId: string): Promise<void> {
    await this.#put(begin, messagesOf(begin));
    const settings = preludeFor({ confinement, prepares: true }, environmentId);
    if (settings) await this.#put(settings.statement, settings.messages);
  }

  /** Runs a statement before the next one. Nobody is told its rows, and where it fails, the next one does. */
  precede(statement: Statement): Promise<void> {
    this.#meant = true;
    return this.#put(statement);
  }

  query<R extends object>(statement: Statement, after?: Buffer): Promise<R[]> {
    const before = this.#waiting;
    this.#waiting = [];
    this.#said = true;
    return runStatement<R>(this.client, this.#named(statement), { before, after });
  }

  /** Runs the last statement, and commits when it went well. */
  async conclude<R extends object>(statement: Statement): Promise<R[]> {
    const leaves = this.#leavesWithOthers(commit);
    const rows = await this.query<R>(statement, leaves ? messagesOf(commit) : undefined);
    if (leaves) this.#ended = true;
    else await this.commit();
    return rows;
  }

  /** Says what is still waiting, for others to say more on the same connection. */
  async flush(): Promise<void> {
    if (this.#waiting.length) await this.query({ name: "flush", text: "SELECT", values: [] });
  }

  /** Commits, unless there is nothing to commit or all was concluded. */
  async commit(): Promise<void> {
    if (!this.#ended && (this.#meant || this.#said)) await this.query(commit);
    this.#ended = true;
  }

  async rollback(): Promise<void> {
    if (this.#said) await this.client.query("ROLLBACK");
  }

  async #put(statement: Statement, messages?: Buffer): Promise<void> {
    if (this.#leavesWithOthers(statement)) this.#waiting.push(messages ?? messagesOf(statement));
    else await this.query(statement);
  }

  #named(statement: Statement): Statement {
    return this.#prepares ? statement : { ...statement, name: "" };
  }

  #leavesWithOthers({ name }: Statement): boolean {
    return this.#prepares && isPrepared(this.client, name);
  }
}
