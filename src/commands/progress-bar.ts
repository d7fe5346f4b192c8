import cliProgress from "cli-progress";
import type { Progress } from "../demo/seed.ts";

/**
 * Shows how far a seed has come, one bar for each stage, on standard error. Where that is no terminal there are no bars.
 * Each stage that is done is told by a line with its time.
 */
export function progressBars(): (progress: Progress) => void {
  let bar: cliProgress.SingleBar | undefined;
  let began = 0;
  return ({ stage, done, total }) => {
    if (done === 0) {
      began = performance.now();
      const format = `${stage.padEnd(14)} {bar} {percentage}%  {value} of {total}  {eta_formatted} left`;
      bar = new cliProgress.SingleBar({ format, clearOnComplete: true }, cliProgress.Presets.shades_classic);
      bar.start(total, 0);
    } else {
      bar?.update(done);
    }
    if (done < total) return;
    bar?.stop();
    console.error(`${stage.padEnd(14)} ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`);
  };
}
