import type { PoolClient } from "pg";
import { isSilence } from "./silence.ts";

/** How work begins, takes effect, and is undone. */
export interface Bracket {
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
  readonly undo: () => Promise<unknown>;
}

/** A bracket of statements. */
export function bracketOn(client: PoolClient, begin: string, end: string, undo: string): Bracket {
  return {
    begin: () => client.query(begin),
    end: () => client.query(end),
    undo: () => client.query(undo),
  };
}

/** A part of an open transaction that can fail alone. */
export function savepointOn(client: PoolClient): Bracket {
  const undo = "ROLLBACK TO SAVEPOINT work; RELEASE SAVEPOINT work";
  return bracketOn(client, "SAVEPOINT work", "RELEASE SAVEPOINT work", undo);
}

/** Says that a connection must not be given to anyone else. */
export class BrokenConnection extends Error {}

/** Runs `work` between its begin and its end; what it did is undone when it throws. */
export async function bracket<T>({ begin, end, undo }: Bracket, work: () => Promise<T>): Promise<T> {
  try {
    await begin();
    const result = await work();
    await end();
    return result;
  } catch (error) {
    if (isSilence(error)) throw new BrokenConnection("the connection is stuck", { cause: error });
    await undo().catch(() => {
      throw new BrokenConnection("the connection could not roll back", { cause: error });
    });
    throw error;
  }
}
