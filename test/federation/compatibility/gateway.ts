import { getStitchedSchemaFromSupergraphSdl } from "@graphql-tools/federation";
import { composeServices } from "@theguild/federation-composition";
import { type DocumentNode, execute, graphql, parse, print } from "graphql";
import { neighbours } from "./neighbours.ts";

/** A request of a client or of the gateway, as the compatibility tests write it. */
export interface Request {
  readonly query: string;
  readonly variables?: Record<string, unknown> | undefined;
}

type Ask = (request: Request) => Promise<unknown>;

type Answer = (request: { document: DocumentNode; variables?: Record<string, unknown> }) => unknown;

/** A gateway over the products subgraph, which `askProducts` asks, and its two neighbours. */
export function createGateway(sdl: string, askProducts: Ask): Ask {
  const schema = getStitchedSchemaFromSupergraphSdl({
    supergraphSdl: composed(parse(sdl)),
    onSubschemaConfig: (subgraph) => {
      const neighbour = Object.entries(neighbours).find(([name]) => name === subgraph.name.toLowerCase());
      const answer: Answer = neighbour
        ? ({ document, variables }) =>
            execute({ schema: neighbour[1].schema, document, variableValues: variables })
        : ({ document, variables }) => askProducts({ query: print(document), variables });
      subgraph.executor = answer as typeof subgraph.executor;
    },
  });
  return ({ query, variables }) => graphql({ schema, source: query, variableValues: variables });
}

function composed(products: DocumentNode): string {
  const { errors = [], supergraphSdl } = composeServices([
    { name: "products", typeDefs: products, url: "http://products.example" },
    ...Object.entries(neighbours).map(([name, { definitions }]) => ({
      name,
      typeDefs: definitions,
      url: `http://${name}.example`,
    })),
  ]);
  if (!supergraphSdl) throw new Error(errors.map(({ message }) => message).join("\n"));
  return supergraphSdl;
}
