import type { Samples } from "../measure/rounds.ts";
import { median } from "./statistics.ts";

/** How much of the server's core others may use before its figures say little. */
const tolerable = 0.05;

/** Tells, as a line of a list, whether the machine was free for the measurement. Needs the server to have its own core. */
export function describeStrangers(samples: Samples): string {
  const parts = [...samples.values()].flatMap((byWorkload) =>
    [...byWorkload.values()].flatMap((list) => list.map(({ strangers }) => strangers)),
  );
  const part = median(parts);
  const line = `- other programs used ${Math.round(part * 100)} % of the server's core`;
  return part > tolerable ? `${line}: **the machine was not free, measure again**` : line;
}
