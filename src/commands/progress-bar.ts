// @ts-expect-error The package has no types of its own.
import cliProgress from "cli-progress";
import type { Progress } from "../demo/seed.ts";

/** The part of cli-progress's bar that is used here. */
interface Bar {
  start(total: number, done: number): void;
  update(done: number): void;
  stop(): void;
}

/**
 * Shows how far a seed has come, one bar for each stage, on standard error. Where that is no terminal there are no bars.
 * Each stage that is done is told by a line with its time.
 */
export function progressBars(): (progress: Progress) => void {
  let bar: Bar | undefined;
  let began = 0;
  return ({ stage, done, total }) => {
    if (done === 0) {
      began = performance.now();
      const format = `${stage.padEnd(14)} {bar} {percentage}%  {value} of {total}  {eta_formatted} left`;
      bar = new cliProgress.SingleBar(
        { format, clearOnComplete: true },
        cliProgress.Presets.shades_classic,
      ) as Bar;
      bar.start(total, 0);
    } else {
      bar?.update(done);
    }
    if (done < total) return;
    bar?.stop();
    console.error(`${stage.padEnd(14)} ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`);
  };
}
