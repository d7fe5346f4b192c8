import { readFileSync } from "node:fs";
import { type Case, checkCases } from "./check.ts";

// Runs a file of cases, a JSON array of { source, kind, description, input, expected }: npm run cases -- FILE
const [file] = process.argv.slice(2);
if (!file) {
  console.error("Which file? npm run cases -- FILE");
  process.exit(2);
}
const { passed, failures, skipped } = checkCases(JSON.parse(readFileSync(file, "utf8")) as Case[]);
for (const failure of failures) {
  const { kind, description, source } = failure.case;
  console.log(`✗ ${kind}: ${description}${source ? ` (${source})` : ""}`);
  for (const difference of failure.differences) console.log(`    ${difference}`);
}
for (const [kind, count] of skipped) console.log(`- ${kind}: ${count} skipped, the kind is not known`);
const skips = [...skipped.values()].reduce((sum, count) => sum + count, 0);
console.log(`${passed} passed, ${failures.length} failed${skips ? `, ${skips} skipped` : ""}`);
process.exitCode = failures.length ? 1 : 0;
