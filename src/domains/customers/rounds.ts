import type { Transaction } from "../../db/transaction.ts";
import { type Identity, type Resolved, lockIdentities, resolveIdentities } from "./identities.ts";
import { type ChangeList, noChanges, writeChanges } from "./write.ts";

/**
 * Goes through candidates in order. `decide` says what becomes of each and adds to the changes, knowing whom the
 * candidate names. As many are decided and written at once as name nothing, and are about nobody, twice; so what is
 * named again finds what the earlier one did.
 */
export async function inRounds<C extends Identity, R>(
  transaction: Transaction,
  candidates: readonly C[],
  decide: (candidate: C, resolved: Resolved, changes: ChangeList) => R,
): Promise<R[]> {
  await lockIdentities(transaction, candidates);
  const results: R[] = [];
  // Rounds depend on what the earlier ones wrote, so they cannot run side by side.
  /* oxlint-disable no-await-in-loop */
  while (results.length < candidates.length) {
    const round = distinctStart(candidates.slice(results.length));
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
    await writeChanges(transaction, changes);
  }
  return results;
}

/** The longest start of `candidates` that names no external id and no e-mail address twice. */
function distinctStart<C extends Identity>(candidates: readonly C[]): readonly C[] {
  const seen = new Set<string>();
  const end = candidates.findIndex(({ source, externalId, email }) => {
    const keys: string[] = [];
    if (externalId !== null) keys.push(JSON.stringify([source, externalId]));
    if (email !== null) keys.push(email.toLowerCase());
    if (keys.some((key) => seen.has(key))) return true;
    for (const key of keys) seen.add(key);
    return false;
  });
  return end === -1 ? candidates : candidates.slice(0, end);
}
