import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const root = resolve(import.meta.dirname, "..");

export default defineConfig({
  root,
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/architecture/fixtures/**"],
    globalSetup: "test/kit/global-setup.ts",
    reporters: ["default", resolve(root, "test/reporter.ts")],
    pool: "forks",
    maxWorkers: 2,
    // Files share a process, and so the program and the embedded database as they were compiled once: half the time.
    isolate: false,
    // Where the processor has protection keys, V8 now and then loses count of its code when threads with WebAssembly (PGlite)
    // come and go, and ends the process (nodejs/node#64500). Tests can do without that line of defence.
    execArgv: ["--no-memory-protection-keys"],
    // A machine that is busy may take its time; what is waited for must come all the same.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 30_000 } },
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
