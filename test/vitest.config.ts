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
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
