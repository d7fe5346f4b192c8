import type { GatewayConfigSupergraph, GatewayPlugin } from "@graphql-hive/gateway-runtime";
import { OperationTypeNode } from "graphql";
import { toldToClients } from "./errors.ts";
import { headersFor, isOurs, tokensIn } from "./headers.ts";

/**
 * Hive Gateway asks for each field of a mutation by itself, and without its alias. Where a request has a field twice, this
 * tells the two apart for the subgraph, which does each of them once for an idempotency key.
 */
const aliasedMutations: GatewayPlugin = {
  onSubgraphExecute({ executionRequest }) {
    const { operationType, info, context } = executionRequest;
    const key = (context as { request?: Request }).request?.headers.get("idempotency-key");
    if (operationType !== OperationTypeNode.MUTATION || !info || !key || info.path.key === info.fieldName)
      return;
    const extensions = (executionRequest.extensions ??= {}) as { headers?: Record<string, string> };
    extensions.headers = { ...extensions.headers, "idempotency-key": `${key} ${info.path.key}` };
  },
};

/** How long to wait for a subgraph: `ms` for an answer, and without end for the events of a stream. */
export const waitingFor =
  (ms: number) =>
  ({ executionRequest }: { executionRequest?: { operationType?: string } }): number | undefined =>
    executionRequest?.operationType === OperationTypeNode.SUBSCRIPTION ? undefined : ms;

const { env } = process;

// Hive Gateway: `npm run hive` in this folder.
export const gatewayConfig = {
  supergraph: env["SUPERGRAPH"] ?? "supergraph.graphql",
  // Our subgraphs answer nobody who does not sign.
  hmacSignature: {
    secret: env["BILLGRAPH_SIGNING_SECRET"] ?? "",
    shouldSign: ({ subgraphName }) => isOurs(subgraphName),
  },
  propagateHeaders: {
    fromClientToSubgraphs: ({ request, subgraphName }) =>
      headersFor(subgraphName, request.headers, tokensIn(env["PARTNER_TOKENS"])),
  },
  plugins: () => [aliasedMutations],
  // A subgraph that does not answer leaves its part null. It gives up a request itself after REQUEST_TIMEOUT_MS.
  upstreamTimeout: waitingFor(Number(env["SUBGRAPH_TIMEOUT_MS"] ?? 10_000)),
  // Live streams are asked for by server-sent events, which it does by GET unless told: what is signed has to be sent by POST.
  transportEntries: { "*.http": { options: { method: "POST" } } },
  // Left to itself, it tells clients of a subgraph that is late what was sent there, with its signature.
  maskedErrors: { maskError: toldToClients },
  subgraphErrors: { errorCode: false, subgraphNameProp: false },
} satisfies GatewayConfigSupergraph;
