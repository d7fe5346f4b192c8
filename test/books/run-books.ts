import { drawSequence } from "./draw.ts";
import { type Sequence, toText } from "./operations.ts";
import { type Ran, runSequence } from "./run.ts";
import type { Shop } from "./shop.ts";
import { shrink, smallerSequences, smallerTwins } from "./shrink.ts";
import { type Twins, drawTwins, runTwins } from "./twins.ts";

export interface Found {
  readonly rule: string;
  readonly seed: number;
  readonly text: string;
  /** The rule, and what kinds of steps it takes to break it: told of once. */
  readonly kind: string;
}

export interface Asked {
  /** How many operations. */
  readonly runs: number;
  readonly seed: number;
  /** Whether it tells how far it is. */
  readonly tells: boolean;
  /** Drops what the server has noted of its statements. */
  readonly forget: () => void;
}

/** How many customers live at once. */
const abreast = Number(process.env["BOOKS_ABREAST"] ?? 6);
/** How many faults are shrunk and told of; all are counted. */
const told = Number(process.env["BOOKS_FAULTS"] ?? 5);

/** After how many operations it tells how far it is. */
const stride = (runs: number): number => Math.max(500, Math.floor(runs / 100));

/** Runs drawn sequences, many at once, until so many operations are done; tells the first faults by their shortest sequence. */
export async function runBooks(
  shops: readonly Shop[],
  { runs, seed, tells, forget }: Asked,
): Promise<{ readonly faults: readonly Found[] }> {
  const faults: Found[] = [];
  const kinds = new Set<string>();
  const counts = new Map<string, number>();
  const began = Date.now();
  let [operations, sequences, checked, next] = [0, 0, 0, seed];
  let step = stride(runs);
  const say = (): void => {
    const rate = Math.round(operations / ((Date.now() - began) / 1000));
    const found = [...counts].map(([rule, count]) => `${rule} ${count}`).join(", ") || "none";
    console.log(
      `books: ${operations} operations in ${sequences} sequences, ${checked} items compared, ${rate} a second, faults: ${found}`,
    );
  };
  const work = async (): Promise<void> => {
    while (operations < runs) {
      const own = next;
      next += 1;
      const subject = drawSubject(own);
      // Each of these workers does one sequence after the other.
      // oxlint-disable-next-line no-await-in-loop
      const ran = await runSubject(shops, subject);
      operations += ran.operations;
      sequences += 1;
      checked += ran.checked;
      forget();
      if (tells && operations >= step) {
        step += stride(runs);
        say();
      }
      if (!ran.fault) continue;
      const { rule } = ran.fault;
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
      if (faults.length >= told) continue;
      // oxlint-disable-next-line no-await-in-loop
      const found = await explain(shops, own, subject, rule);
      if (kinds.has(found.kind)) continue;
      kinds.add(found.kind);
      faults.push(found);
      if (tells) console.log(`${found.text}\n`);
    }
  };
  await Promise.all(Array.from({ length: abreast }, work));
  if (tells) say();
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (tells) {
    console.log(`books: done, ${operations} operations, seeds ${seed} to ${next - 1}, ${total} faults`);
  }
  return { faults };
}

/** The shortest sequence, or twins, that break the rule, with what was done and what was expected. */
async function explain(shops: readonly Shop[], seed: number, subject: Subject, rule: string): Promise<Found> {
  const run = (candidate: Subject): Promise<Ran> => runSubject(shops, candidate);
  const breaks = async (candidate: Subject): Promise<boolean> => (await run(candidate)).fault?.rule === rule;
  const smaller = (from: Subject): Iterable<Subject> =>
    "sequences" in from ? smallerTwins(from) : smallerSequences(from);
  const shortest = await shrink<Subject>(subject, smaller, breaks);
  const { fault } = await run(shortest);
  const sequences = "sequences" in shortest ? shortest.sequences : [shortest];
  const kind = `${rule}: ${sequences.map(({ operations }) => operations.map(({ op }) => op).join(" ")).join(" | ")}`;
  const text = [
    `${kind} (BOOKS_SEED=${seed})`,
    ...sequences.map(toText),
    fault ? `${fault.message}\n${fault.log.map((line) => `  ${line}`).join("\n")}` : "(not repeatable)",
  ].join("\n");
  return { rule, seed, text, kind };
}

type Subject = Sequence | Twins;

/** What a seed leads to: every sixth of them to twins. */
function drawSubject(seed: number): Subject {
  return seed % 6 === 5 ? drawTwins(seed) : drawSequence(seed);
}

function runSubject(shops: readonly Shop[], subject: Subject): Promise<Ran> {
  return "sequences" in subject ? runTwins(shops, subject) : runSequence(shops, subject);
}
