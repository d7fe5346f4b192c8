import { readFileSync } from "node:fs";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { tokensIn } from "../headers.ts";
import { type GatewayContext, createGateway } from "./gateway.ts";

// Apollo Gateway: `npm run apollo` in the folder above.
const { env } = process;
const gateway = createGateway({
  supergraphSdl: readFileSync(env["SUPERGRAPH"] ?? "supergraph.graphql", "utf8"),
  signingSecret: env["BILLGRAPH_SIGNING_SECRET"] ?? "",
  tokens: tokensIn(env["PARTNER_TOKENS"]),
  timeoutMs: Number(env["SUBGRAPH_TIMEOUT_MS"] ?? 10_000),
});
const server = new ApolloServer<GatewayContext>({ gateway });
const { url } = await startStandaloneServer(server, {
  listen: { port: Number(env["PORT"] ?? 4000) },
  context: async ({ req }) => {
    const single = Object.entries(req.headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && !entry[0].startsWith(":"),
    );
    return { headers: new Headers(single) };
  },
});
console.log(`Apollo Gateway is ready at ${url}`);
