import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { workloads } from "../workloads/list.ts";
import type { Server } from "./server.ts";

const schema = buildSchema(readFileSync(join(import.meta.dirname, "../../schema.graphql"), "utf8"));

/** The workloads whose document the schema does not know: what they ask for is not built, or not like this. */
const unknown = workloads.flatMap(({ name, query }) => {
  const [error] = validate(schema, parse(query));
  return error ? [[name, `its schema says ${error.message.replace(/\.$/, "")}`]] : [];
});

/** The product as in production: key, scopes, cost, rate limit, versions, metrics and log, none of them left out. */
export const product: Server = {
  name: "billgraph",
  title: "Billgraph",
  program: "src/main.ts",
  environment: () => ({ PORT: "0", HOST: "127.0.0.1" }),
  headers: ({ apiKey }) => ({ "x-api-key": apiKey }),
  without: Object.fromEntries(unknown) as Record<string, string>,
};
