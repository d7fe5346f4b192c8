import { randomInt } from "node:crypto";

/** Whether the long forms run: `npm run faults`. */
export const isLong = process.env["FAULTS"] === "long";

/** What all chance in a run comes from; `FAULTS_SEED` repeats a run. */
export const seed = Number(process.env["FAULTS_SEED"] || randomInt(2 ** 31));

/** As many as the form of the run asks for. */
export const effort = (short: number, long: number): number => (isLong ? long : short);

/** How long one test may take, in milliseconds. */
export const patience = isLong ? 40 * 60_000 : 180_000;

/** Numbers from 0 up to 1 that are the same for the same seed and name (mulberry32). */
export function chance(name: string): () => number {
  let state = Buffer.from(name).reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The entries of a list in another order. */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((entry) => ({ entry, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ entry }) => entry);
}

/** Prints what a scenario has counted, with the seed that repeats it. */
export function report(scenario: string, counts: Readonly<Record<string, unknown>>): void {
  console.log(`faults: ${scenario}: ${JSON.stringify({ form: isLong ? "long" : "short", seed, ...counts })}`);
}
