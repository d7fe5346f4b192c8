import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { cruise as run } from "dependency-cruiser";
import type { ICruiseResult } from "dependency-cruiser";
import { rules } from "./rules.ts";

export type Findings = {
  /** Files below `src` that were read, generated ones left out. */
  modules: string[];
  /** Imports found in them. */
  imports: number;
  /** One line per violation: `rule: from -> to`. */
  violations: string[];
};

/** Checks the imports below `<root>/src`, and those of the cases into it, against the rules. `swc` parses: TypeScript 7 has no parser to offer. */
export async function cruise(root: string): Promise<Findings> {
  const roots = ["src", "test/cases"].filter((folder) => existsSync(resolve(root, folder)));
  const { output } = await run(
    roots,
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: rules },
      parser: "swc",
      doNotFollow: { path: ["node_modules", "^src/db/generated/"] },
      preserveSymlinks: true,
    },
    { exportsFields: ["exports"], conditionNames: ["import", "node", "default"], extensions: [".ts", ".js"] },
  );
  const { modules, summary } = output as ICruiseResult;
  const own = modules.filter(({ source }) => /^src\/(?!db\/generated\/).*\.ts$/.test(source));
  return {
    modules: own.map(({ source }) => source),
    imports: own.reduce((sum, { dependencies }) => sum + dependencies.length, 0),
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  };
}
