import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { GraphQLError } from "graphql";
import { unavailable } from "../errors.ts";
import { headersFor, isOurs } from "../headers.ts";
import { boundedFetch } from "./bounded-fetch.ts";

/** What the gateway knows of a request of a client. */
export interface GatewayContext {
  readonly headers: Headers;
}

export interface GatewayOptions {
  readonly supergraphSdl: string;
  /** One of the subgraphs' GATEWAY_SIGNING_SECRETS. */
  readonly signingSecret: string;
  /** The tokens by which partners know this gateway, by their subgraphs. */
  readonly tokens: ReadonlyMap<string, string>;
  /** How long a subgraph may take. What it does not answer by then is null. */
  readonly timeoutMs: number;
}

/** Apollo Gateway over the subgraphs: signs what it asks ours, and tells their errors as they tell them. */
export function createGateway({
  supergraphSdl,
  signingSecret,
  tokens,
  timeoutMs,
}: GatewayOptions): ApolloGateway {
  return new ApolloGateway({
    supergraphSdl,
    buildService: ({ name, url = "" }) =>
      new RemoteGraphQLDataSource<GatewayContext>({
        url,
        fetcher: boundedFetch(timeoutMs, isOurs(name) ? signingSecret : undefined),
        errorFromResponse,
        willSendRequest({ request, context }) {
          // The gateway asks things of its own when it starts: then there is no client.
          const headers = headersFor(name, context.headers ?? new Headers(), tokens);
          for (const [header, value] of Object.entries(headers)) request.http?.headers.set(header, value);
        },
      }),
  });
}

/** What a subgraph says of a request that it refused: the key is wrong, too many requests, and so on. */
async function errorFromResponse(response: {
  status: number;
  text(): Promise<string>;
}): Promise<GraphQLError> {
  const [error] = errorsIn(await response.text());
  if (!error) return unavailable();
  return new GraphQLError(error.message, { extensions: error.extensions ?? {} });
}

function errorsIn(body: string): readonly { message: string; extensions?: Record<string, unknown> }[] {
  try {
    return (JSON.parse(body) as { errors?: [] }).errors ?? [];
  } catch {
    return [];
  }
}
