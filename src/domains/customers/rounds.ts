import type { Transaction } from "../../db/transaction.ts";
import { distinctStart } from "../../kit/rounds.ts";
import { type Identity, type Resolved, lockIdentities, resolveIdentities } from "./identities.ts";
import { type ChangeList, noChanges, writeChanges } from "./write.ts";

/**
 * Goes through candidates in order. `decide` says what becomes of each and adds to the changes, knowing whom the
 * candidate names. As many are decided and written at once as name nothing, and are about nobody, twice; so what is
 * named again finds what the earlier one did. The last thing that a transaction does.
 */
export async function inRounds<C extends Identity, R>(
  transaction: Transaction,
  candidates: readonly C[],
  decide: (candidate: C, resolved: Resolved, changes: ChangeList) => R,
): Promise<R[]> {
  let round = distinctStart(candidates, keysOf);
  // Rows are locked round by round. In one round they are locked in one order by all, and the next one would be out of it.
  await lockIdentities(transaction, candidates, round.length < candidates.length ? "usual" : "trusting");
  const results: R[] = [];
  // Rounds depend on what the earlier ones wrote, so they cannot run side by side.
  /* oxlint-disable no-await-in-loop */
  while (results.length < candidates.length) {
    const resolved = await resolveIdentities(transaction, round);
    const changes = noChanges();
    const seen = new Set<string>();
    for (const [position, candidate] of round.entries()) {
      const found = resolved[position];
      if (!found) throw new Error("an identity was not resolved");
      const involved = [found.customer, found.emailOwner].flatMap((customer) => customer?.id ?? []);
      if (involved.some((id) => seen.has(id))) break;
      for (const id of involved) seen.add(id);
      results.push(decide(candidate, found, changes));
    }
    await writeChanges(transaction, changes, results.length === candidates.length);
    round = distinctStart(candidates.slice(results.length), keysOf);
  }
  return results;
}

/** What an identity names: its external id and its e-mail address. */
function keysOf({ source, externalId, email }: Identity): string[] {
  const keys: string[] = [];
  if (externalId !== null) keys.push(JSON.stringify([source, externalId]));
  if (email !== null) keys.push(email.toLowerCase());
  return keys;
}
