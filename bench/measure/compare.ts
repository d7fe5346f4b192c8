import { isDeepStrictEqual } from "node:util";
import { ask } from "../load/ask.ts";
import { cleanUp } from "../data/clean.ts";
import type { Stage } from "../data/stage.ts";
import type { Server } from "../servers/server.ts";
import { start } from "../servers/start.ts";
import type { Workload } from "../workloads/workload.ts";
import { findCursors, operationsOf, workloadsOf } from "./prepare.ts";
import { countStatements } from "./statements.ts";

/** What a server said, by workload: as texts, so that the order of keys counts too. */
export type Answers = ReadonlyMap<string, readonly string[]>;

/** What a look at a server has shown. */
export interface Seen {
  readonly answers: Answers;
  /** SQL statements for one request, by workload. */
  readonly statements: ReadonlyMap<string, number>;
}

/** How many of a workload's requests are compared. */
const compared = 5;

/** Asks a server once for each of a few requests of every workload, and counts the statements that this takes. */
export async function look(
  server: Server,
  workloads: readonly Workload[],
  { pool, surroundings, subjects }: Stage,
): Promise<Seen> {
  const counter = await countStatements(surroundings.databaseUrl);
  const running = await start(server, { ...surroundings, databaseUrl: counter.databaseUrl });
  try {
    const cursors = await findCursors(server, running, subjects);
    const answers = new Map<string, readonly string[]>();
    const statements = new Map<string, number>();
    for (const workload of workloadsOf(server, workloads)) {
      const texts: string[] = [];
      const counts: number[] = [];
      const operations = operationsOf(server, workload, subjects, cursors).slice(0, compared);
      const read = server.wordings?.[workload.operationName]?.read ?? ((data: unknown) => data);
      for (const operation of operations) {
        const before = counter.count();
        texts.push(JSON.stringify(read((await ask(running, operation)) as never)));
        counts.push(counter.count() - before);
      }
      answers.set(workload.name, texts);
      // The first request of a kind may find caches cold; a timer of the server may run between two.
      statements.set(
        workload.name,
        counts.toSorted((one, other) => one - other)[Math.floor(counts.length / 2)] ?? 0,
      );
    }
    return { answers, statements };
  } finally {
    await running.stop();
    counter.close();
    await cleanUp(pool, subjects.environmentId);
  }
}

/** Throws unless a server gives the same data as the limit. */
export function compareAnswers(name: string, answers: Answers, limit: Answers): void {
  for (const [workload, texts] of answers) {
    const wanted = limit.get(workload);
    if (!wanted || isDeepStrictEqual(texts, wanted)) continue;
    const index = texts.findIndex((text, position) => text !== wanted[position]);
    const place = firstDifference(texts[index] ?? "", wanted[index] ?? "");
    const around = (text: string | undefined) => text?.slice(Math.max(0, place - 60), place + 80);
    throw new Error(
      `${name} gives other data than the limit for ${workload}:\n  ${around(texts[index])}\n  ${around(wanted[index])}`,
    );
  }
}

function firstDifference(one: string, other: string): number {
  let place = 0;
  while (place < one.length && one[place] === other[place]) place += 1;
  return place;
}
