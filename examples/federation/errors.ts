import { GraphQLError, type GraphQLErrorOptions } from "graphql";

/** What a client is told of a subgraph that did not answer: not which one, nor where it is, nor what it was sent. */
export function unavailable(options: GraphQLErrorOptions = {}): GraphQLError {
  return new GraphQLError("A part of the graph did not answer. Try again.", {
    ...options,
    extensions: { code: "SERVICE_UNAVAILABLE" },
  });
}

/** What Hive Gateway notes of a request to a subgraph. */
const secret: ReadonlySet<string> = new Set(["request", "response", "serviceName"]);

/** An error as clients may see it: what a subgraph or the gateway says to them, and of all else that a part did not answer. */
export function toldToClients(error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) return unavailable();
  const { message, path, nodes, extensions } = error;
  const at: GraphQLErrorOptions = { ...(path && { path }), ...(nodes && { nodes }) };
  if (message.startsWith("Cannot return null for non-nullable field")) {
    // A subgraph refers to what is not there, or not for this key: all of it is null.
    return new GraphQLError("This leads to nothing.", { ...at, extensions: { code: "RESOURCE_MISSING" } });
  }
  if (extensions["code"] === "GATEWAY_TIMEOUT" || !isGraphQL(error)) return unavailable(at);
  const told = Object.entries(extensions).filter(([name]) => !secret.has(name));
  return new GraphQLError(message, { ...at, extensions: Object.fromEntries(told) });
}

/** Whether an error was made to be told, and is no failure of the network or of a program. */
function isGraphQL({ originalError }: GraphQLError): boolean {
  return !originalError || (originalError instanceof GraphQLError && isGraphQL(originalError));
}
