import { type IncomingMessage, type RequestListener, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { createGateway } from "../../../examples/federation/apollo/gateway.ts";
import { gatewayConfig, waitingFor } from "../../../examples/federation/gateway.config.ts";
import { headersFor, tokensIn } from "../../../examples/federation/headers.ts";
import { printSubgraph } from "../../../src/graph/federation.ts";
import { buildSubgraph } from "../../../src/graph/schema.ts";
import { type SubgraphName, subgraphNames } from "../../../src/graph/subgraph-names.ts";
import { createLogger } from "../../../src/http/logger.ts";
import { type ServerOptions, createApiServer } from "../../../src/http/server.ts";
import { type TestApi, testLinkSecret } from "../../kit/api.ts";

/** What the gateways of the tests sign with. */
export const signingSecret = "the signing secret of the tests";

/** An answer as it comes out of a gateway. */
export interface GatewayAnswer {
  readonly data?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** Asks a gateway, as a client with this key does. */
export type Ask = (
  key: string,
  document: string,
  variables?: Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
) => Promise<GatewayAnswer>;

/** What a subgraph was asked. */
export interface Fetched {
  readonly subgraph: string;
  readonly body: { readonly query: string; readonly variables?: Readonly<Record<string, any>> };
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The subgraphs at ports of their own. They answer from the API that they were last told to. */
export interface Subgraphs {
  /** The supergraph, by the URLs at which the subgraphs listen. */
  readonly supergraphSdl: string;
  /** What was asked since the array was last emptied. */
  readonly fetched: Fetched[];
  /** Answers from now on from the database of an API, with its settings unless others are given. */
  serve(api: TestApi, options?: Partial<ServerOptions>): void;
  /** What happens to a request for a subgraph, where that is not that it is answered. */
  readonly trouble: Map<SubgraphName, RequestListener>;
  /** Breaks all connections with them. */
  cutOff(): void;
  close(): Promise<void>;
}

/** A subgraph that is not ours. */
export interface Neighbour {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** Opens a port for every subgraph. */
export async function startSubgraphs(neighbours: readonly Neighbour[] = []): Promise<Subgraphs> {
  const fetched: Fetched[] = [];
  const trouble = new Map<SubgraphName, RequestListener>();
  const behind = new Map<SubgraphName, Server>();
  const graphs = new Map(subgraphNames.map((name) => [name, buildSubgraph(name)]));
  const fronts = await Promise.all(
    [...graphs].map(async ([name, graph]) => {
      const front = createServer((request, response) => {
        keepBody(request, (body) =>
          fetched.push({
            subgraph: name,
            headers: request.headers,
            body: JSON.parse(body) as Fetched["body"],
          }),
        );
        const answer = trouble.get(name);
        if (answer) answer(request, response);
        else behind.get(name)?.emit("request", request, response);
      });
      await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
      const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}/subgraph`;
      return { front, part: { name, url, sdl: printSubgraph(graph) } };
    }),
  );
  return {
    supergraphSdl: compose([...fronts.map(({ part }) => part), ...neighbours]),
    fetched,
    trouble,
    serve: ({ database, events }, options = {}) => {
      for (const [name, subgraph] of graphs) {
        const server = createApiServer({
          links: { linkSecrets: [testLinkSecret] },
          database: { ...database, events },
          subgraph,
          logger: createLogger("fatal"),
          gatewaySigningSecrets: [signingSecret],
          ...options,
        });
        behind.set(name, server);
      }
    },
    cutOff: () => fronts.forEach(({ front }) => front.closeAllConnections()),
    close: async () => {
      for (const { front } of fronts) {
        front.closeAllConnections();
        await new Promise((resolve) => front.close(resolve));
      }
    },
  };
}

/** Gives the body of a request once it has been read. */
function keepBody(request: IncomingMessage, keep: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const { push } = request;
  request.push = (chunk: Buffer | null, ...more) => {
    if (chunk) chunks.push(chunk);
    else if (chunks.length) keep(String(Buffer.concat(chunks)));
    return push.call(request, chunk, ...more);
  };
}

function compose(parts: readonly Neighbour[]): string {
  const { supergraphSdl, errors = [] } = composeServices(
    parts.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (!supergraphSdl) throw new Error(errors.map(({ message }) => message).join("\n"));
  return supergraphSdl;
}

/** A gateway over subgraphs. */
export interface Gateway {
  readonly ask: Ask;
  close(): Promise<void>;
}

/** The token by which the partner of the tests knows gateways. */
export const partnerToken = "the token of the tests' partner";

const tokens = tokensIn(`loyalty=${partnerToken}`);

type StartGateway = (supergraphSdl: string, timeoutMs?: number) => Promise<Gateway>;

/** Hive Gateway as its example sets it up, which answers requests by `fetch`, or those of an HTTP server. */
export function createHive(supergraphSdl: string, timeoutMs = 10_000) {
  return createGatewayRuntime({
    ...gatewayConfig,
    supergraph: supergraphSdl,
    hmacSignature: { ...gatewayConfig.hmacSignature, secret: signingSecret },
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, subgraphName }) => headersFor(subgraphName, request.headers, tokens),
    },
    upstreamTimeout: waitingFor(timeoutMs),
    logging: false,
  });
}

const startHive: StartGateway = async (supergraphSdl, timeoutMs) => {
  const runtime = createHive(supergraphSdl, timeoutMs);
  return {
    ask: async (key, query, variables = {}, headers = {}) => {
      const response = await runtime.fetch("http://gateway.example/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", "x-api-key": key, ...headers },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as GatewayAnswer;
    },
    close: async () => runtime[Symbol.asyncDispose](),
  };
};

const startApollo: StartGateway = async (supergraphSdl, timeoutMs = 10_000) => {
  const gateway = createGateway({ supergraphSdl, signingSecret, tokens, timeoutMs });
  const { executor, schema } = await gateway.load();
  return {
    ask: async (key, query, variables = {}, headers = {}) => {
      const context = { headers: new Headers({ "x-api-key": key, ...headers }) };
      const document = parse(query);
      const answer = await executor({
        request: { query, variables },
        document,
        source: query,
        queryHash: query,
        operationName: null,
        schema,
        context,
        metrics: {},
        logger: console,
        cache: new Map(),
        overallCachePolicy: {},
      } as never);
      return JSON.parse(JSON.stringify(answer)) as GatewayAnswer;
    },
    close: () => gateway.stop(),
  };
};

/** The gateways that the graph has to work behind. */
export const gateways: Readonly<Record<string, StartGateway>> = {
  "Hive Gateway": startHive,
  "Apollo Gateway": startApollo,
};
