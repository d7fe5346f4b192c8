import { differences } from "./compare.ts";
import { kinds } from "./kinds.ts";

/** One line of a case file: what goes in, and what has to come out. */
export interface Case {
  readonly source?: string;
  readonly kind: string;
  readonly description: string;
  readonly input: object;
  readonly expected: unknown;
}

/** What came of a file of cases. */
export interface Outcome {
  readonly passed: number;
  readonly failures: readonly { readonly case: Case; readonly differences: readonly string[] }[];
  /** How many cases of each kind that nothing here computes. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Computes every case whose kind is known. A case whose computation throws has failed. */
export function checkCases(cases: readonly Case[]): Outcome {
  const failures: { case: Case; differences: string[] }[] = [];
  const skipped = new Map<string, number>();
  let passed = 0;
  for (const one of cases) {
    const compute = kinds.get(one.kind);
    if (!compute) {
      skipped.set(one.kind, (skipped.get(one.kind) ?? 0) + 1);
      continue;
    }
    const found = checkCase(one, compute);
    if (found.length) failures.push({ case: one, differences: found });
    else passed += 1;
  }
  return { passed, failures, skipped };
}

function checkCase({ input, expected }: Case, compute: (input: never) => unknown): string[] {
  try {
    return differences(expected, compute(input as never));
  } catch (error) {
    return [`threw ${String(error)}`];
  }
}
