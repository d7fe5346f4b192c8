import { writeSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

type Counts = { passed: number; failed: number; skipped: number };

/**
 * Ends the output of a run with the line `N passed, N failed` (and `, N skipped` when some were), plain and
 * alone. Whatever else fails a run counts as failed too: a file that does not load, a hook, an error outside
 * every test, a run that was cut short. Written as the process exits, so that no later output can follow it.
 */
export default class ClosingLine implements Reporter {
  #counts: Counts = { passed: 0, failed: 0, skipped: 0 };

  onInit(): void {
    process.once("exit", (code) => {
      if (code !== 0 && this.#counts.failed === 0) this.#counts.failed = 1;
      writeSync(1, closingLine(this.#counts) + "\n");
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.#counts = count(modules, unhandledErrors.length);
  }
}

function count(modules: readonly TestModule[], unhandledErrors: number): Counts {
  const counts = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") counts.passed++;
      else if (state === "failed") counts.failed++;
      else counts.skipped++;
    }
  }
  return counts;
}

function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : "");
}
