import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "graphql";
import { printSubgraph } from "../graph/federation.ts";
import { buildSubgraph } from "../graph/schema.ts";
import { subgraphNames } from "../graph/subgraph-names.ts";
import { supergraphOf } from "./supergraph.ts";

// `npm run compose`: writes the supergraph that gateways run by. Where there is a problem, that is a failure, and nothing
// is written. `--check` never writes.
const { values } = parseArgs({
  options: {
    check: { type: "boolean" },
    out: { type: "string", default: "supergraph.graphql" },
    /** Where the subgraphs are; `{subgraph}` is their name, and `{port}` 4001 for the first, 4002 for the second, and so on. */
    url: { type: "string", default: "http://localhost:{port}/subgraph" },
    /** Another subgraph to compose with ours: its name, URL and file, with commas between. Can be given several times. */
    with: { type: "string", multiple: true, default: [] },
  },
});

const ours = subgraphNames.map((name, index) => ({
  name: name as string,
  url: values.url.replaceAll("{subgraph}", name).replaceAll("{port}", String(4001 + index)),
  typeDefs: parse(printSubgraph(buildSubgraph(name))),
}));
const others = values.with.map((given) => {
  const [name, url, file] = given.split(",");
  if (!name || !url || !file) throw new Error(`--with ${given}: give name,url,file.`);
  return { name, url, typeDefs: parse(readFileSync(resolve(file), "utf8")) };
});
const subgraphs = [...ours, ...others];

const { sdl, problems } = supergraphOf(subgraphs);
if (sdl === undefined) {
  console.error(["The subgraphs do not compose:", ...problems.map((line) => `  ${line}`)].join("\n"));
  process.exitCode = 1;
} else if (!values.check) {
  writeFileSync(resolve(values.out), `${sdl}\n`);
  console.log(`Wrote ${values.out}, of ${subgraphs.map(({ name }) => name).join(", ")}.`);
}
