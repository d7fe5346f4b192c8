import { z } from "zod";
import { refuse } from "./refusal.ts";
import { readable } from "./validate.ts";

/** Versions are 32 bits wide. */
const greatest = 2 ** 31 - 1;
const outOfRange = `must be between 1 and ${greatest}`;

/** The version that a change was decided on. */
export const expectedVersion = readable(
  z.number().int().min(1, outOfRange).max(greatest, outOfRange),
).nullish();

/** Refuses a change of an object that was decided on another version of it. */
export function checkVersion(
  noun: string,
  currentVersion: number,
  expected: number | null | undefined,
): void {
  if (expected == null || expected === currentVersion) return;
  const message = `The ${noun} is at version ${currentVersion}, not ${expected}. Read it again.`;
  refuse("VERSION_MISMATCH", message, ["expectedVersion"], { expectedVersion: expected, currentVersion });
}
