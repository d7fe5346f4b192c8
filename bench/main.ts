import { type Options, readOptions } from "./options.ts";
import { measureBillingRun } from "./parts/billing-run.ts";
import { measureCluster } from "./parts/cluster.ts";
import { measureEmbedded } from "./parts/embedded.ts";
import { measureGrowth } from "./parts/growth.ts";
import { measureNeighbours } from "./parts/neighbours.ts";
import { measureOverload } from "./parts/overload.ts";
import { measureProcessor } from "./parts/processor.ts";
import { measureRequests } from "./parts/requests.ts";
import { measureRowLevelSecurity } from "./parts/row-level-security.ts";
import { measureUsage } from "./parts/usage.ts";
import { writeSection } from "./report/file.ts";

interface Part {
  readonly title: string;
  /** Measures, and gives the results as Markdown: a list of what was used first. */
  readonly measure: (options: Options) => Promise<string>;
}

const parts: Readonly<Record<string, Part>> = {
  requests: { title: "Requests, beside others", measure: measureRequests },
  processor: { title: "Processor time of a request", measure: measureProcessor },
  growth: { title: "Growth of the tables", measure: measureGrowth },
  embedded: { title: "The embedded database", measure: measureEmbedded },
  "row-level-security": { title: "Row level security", measure: measureRowLevelSecurity },
  "billing-run": { title: "A billing run", measure: measureBillingRun },
  usage: { title: "Usage", measure: measureUsage },
  neighbours: { title: "Neighbours", measure: measureNeighbours },
  overload: { title: "Overload", measure: measureOverload },
  cluster: { title: "Several processes", measure: measureCluster },
};

const [name = "requests"] = process.argv.slice(2);
const part = parts[name];
if (part) {
  // Leaving by `exit` stops the servers and gives the cores back.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  writeSection(name, part.title, await part.measure(readOptions(process.env)));
} else {
  console.error(`There is no part ${name}. There are: ${Object.keys(parts).join(", ")}.`);
  process.exitCode = 1;
}
