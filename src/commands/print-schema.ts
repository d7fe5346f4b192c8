import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { printGraph } from "../graph/print.ts";
import { buildSchema } from "../graph/schema.ts";
import { breakingChanges } from "./breaking-changes.ts";

// `npm run schema`: writes the graph to schema.graphql, which is committed. A change that breaks clients is refused
// unless what goes was deprecated before, or `--allow-breaking` is given. `--check` writes nothing: it fails when
// the file is not what the code says.
const { values } = parseArgs({
  options: { check: { type: "boolean" }, "allow-breaking": { type: "boolean" } },
});
const file = resolve(import.meta.dirname, "../../schema.graphql");
const before = existsSync(file) ? readFileSync(file, "utf8") : "";
const after = printGraph(buildSchema());

if (before !== after) {
  const breaking = before && !values["allow-breaking"] ? await breakingChanges(before, after) : [];
  if (breaking.length > 0) {
    fail(
      ["These changes of the schema break clients:", ...breaking.map((message) => `  ${message}`)].join("\n"),
      "Deprecate first; where no client can be hurt: npm run schema -- --allow-breaking",
    );
  } else if (values.check) {
    fail("schema.graphql is not what the code says.", "Write it with: npm run schema");
  } else {
    writeFileSync(file, after);
  }
}

function fail(problem: string, remedy: string): void {
  console.error(`${problem}\n${remedy}`);
  process.exitCode = 1;
}
