import { z } from "zod";

/** The most thresholds of a meter, and the largest, in per cent. */
export const mostThresholds = 5;
export const largestThreshold = 1_000;

const percent = z
  .int("must be a whole number")
  .min(1, "must be at least 1 per cent")
  .max(largestThreshold, `must be at most ${largestThreshold} per cent`);

/** At how many per cent of the units that a period includes usage is told of. Kept in ascending order. */
export const alertThresholds = z
  .array(percent, "must be a list of whole numbers")
  .max(mostThresholds, `must be at most ${mostThresholds} thresholds`)
  .refine((list) => new Set(list).size === list.length, "must have no threshold twice")
  .nullish();

/** The thresholds of a meter after some arrived: left out they stay, and null is none. */
export function mergeThresholds(
  stored: readonly number[],
  sent: readonly number[] | null | undefined,
): number[] {
  return (sent === undefined ? stored : (sent ?? [])).toSorted((one, other) => one - other);
}
