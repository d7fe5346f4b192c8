import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const root = resolve(import.meta.dirname, "..");

/** What starts processes of its own, breaks their lines, or asks thousands of times has a process to itself. */
const alone = "books|browser|commands|conformance|faults|federation|live|start";

export default defineConfig({
  root,
  test: {
    // Nothing is excluded here: what the command line excludes would count for no project then.
    projects: [
      // Files that share a process share the program and the embedded database as they were compiled: half the time.
      {
        extends: true,
        test: {
          name: "shared",
          isolate: false,
          include: [
            "test/*.test.ts",
            "test/architecture/*.test.ts",
            `test/!(architecture|${alone})/**/*.test.ts`,
          ],
        },
      },
      { extends: true, test: { name: "alone", include: [`test/@(${alone})/**/*.test.ts`] } },
    ],
    globalSetup: "test/kit/global-setup.ts",
    reporters: ["default", resolve(root, "test/reporter.ts")],
    pool: "forks",
    maxWorkers: 2,
    // Where the processor has protection keys, V8 now and then loses count of its code when threads with WebAssembly (PGlite)
    // come and go, and ends the process. Tests can do without that line of defence.
    execArgv: ["--no-memory-protection-keys"],
    // A machine that is busy may take its time; what is waited for must come all the same.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 30_000 } },
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
