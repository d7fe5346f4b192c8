/** The longest start of `candidates` none of whose keys comes twice: what can be decided and written at once. */
export function distinctStart<C>(
  candidates: readonly C[],
  keysOf: (candidate: C) => readonly string[],
): readonly C[] {
  const seen = new Set<string>();
  const end = candidates.findIndex((candidate) => {
    const keys = keysOf(candidate);
    if (keys.some((key) => seen.has(key))) return true;
    for (const key of keys) seen.add(key);
    return false;
  });
  return end === -1 ? candidates : candidates.slice(0, end);
}

/**
 * Goes through candidates in order, as many at once as have no key twice: what has a key again finds what the earlier one
 * did. `apply` gives one result for each.
 */
export async function inRounds<C, R>(
  candidates: readonly C[],
  keysOf: (candidate: C) => readonly string[],
  apply: (round: readonly C[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = [];
  while (results.length < candidates.length) {
    // A round depends on what the earlier ones wrote, so they cannot run side by side.
    // oxlint-disable-next-line no-await-in-loop
    results.push(...(await apply(distinctStart(candidates.slice(results.length), keysOf))));
  }
  return results;
}
