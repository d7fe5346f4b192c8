import type { Operation, Sequence } from "./operations.ts";
import type { Twins } from "./twins.ts";

/** The shortest that still breaks the same rule: steps are left out one by one, as long as that helps. */
export async function shrink<T>(
  found: T,
  smaller: (from: T) => Iterable<T>,
  breaks: (candidate: T) => Promise<boolean>,
  most = 120,
): Promise<T> {
  let best = found;
  let tries = 0;
  for (let again = true; again && tries < most;) {
    again = false;
    for (const candidate of smaller(best)) {
      if (tries >= most) break;
      tries += 1;
      // Whether the next candidate is asked for depends on this one.
      // oxlint-disable-next-line no-await-in-loop
      if (!(await breaks(candidate))) continue;
      best = candidate;
      again = true;
      break;
    }
  }
  return best;
}

/** Sequences with less in them: halves first, then single steps, then simpler beginnings. */
export function* smallerSequences({ beginning, operations }: Sequence): Generator<Sequence> {
  const half = Math.floor(operations.length / 2);
  if (half > 2) {
    yield { beginning, operations: operations.slice(half) };
    yield { beginning, operations: operations.slice(0, half) };
  }
  for (let index = operations.length - 1; index >= 0; index -= 1) {
    yield { beginning, operations: operations.toSpliced(index, 1) };
  }
  if (beginning.items.length > 1) {
    for (let index = 0; index < beginning.items.length; index += 1) {
      yield { beginning: { ...beginning, items: beginning.items.toSpliced(index, 1) }, operations };
    }
  }
  const needed = new Set(["shop", "now", "items"]);
  for (const field of Object.keys(beginning)) {
    if (needed.has(field)) continue;
    const { [field as "sent"]: _, ...rest } = beginning;
    yield { beginning: rest, operations };
  }
  if (beginning.shop !== 0) yield { beginning: { ...beginning, shop: 0 }, operations };
  if (beginning.items.some(({ quantity }) => quantity > 1)) {
    yield {
      beginning: { ...beginning, items: beginning.items.map((item) => ({ ...item, quantity: 1 })) },
      operations,
    };
  }
}

/** Twins with less in them: the same steps are left out of both, and both begin in the same simpler way. */
export function* smallerTwins({ rule, sequences: [some, other] }: Twins): Generator<Twins> {
  const twins = (one: Sequence, two: Sequence): Twins => ({ rule, sequences: [one, two] });
  // The last step of both is what makes them comparable.
  const longest = Math.min(some.operations.length, other.operations.length) - 1;
  for (let index = longest - 1; index >= 0; index -= 1) {
    if (withoutMode(some.operations[index]) !== withoutMode(other.operations[index])) continue;
    yield twins(
      { ...some, operations: some.operations.toSpliced(index, 1) },
      { ...other, operations: other.operations.toSpliced(index, 1) },
    );
  }
  for (const { beginning, operations } of smallerSequences({ ...some, operations: [] })) {
    const same = JSON.stringify(beginning.items) === JSON.stringify(some.beginning.items);
    if (!operations.length && same) yield twins({ ...some, beginning }, { ...other, beginning });
  }
}

const withoutMode = (operation: Operation | undefined): string =>
  JSON.stringify({ ...operation, mode: undefined });
