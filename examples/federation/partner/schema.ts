import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type GraphQLSchema, parse } from "graphql";
import { type Members, givePoints, mostLoyal, source, tierOf } from "./members.ts";

/** The SDL of the subgraph: what is composed with Billgraph's. */
export const sdl = readFileSync(resolve(import.meta.dirname, "schema.graphql"), "utf8");

/** A customer, as far as we know: its id in a system. */
interface Reference {
  readonly external: { readonly source: string; readonly id: string } | null;
}

/** The graph of the partner. A member is its number. */
export function createSchema(members: Members): GraphQLSchema {
  return buildSubgraphSchema({
    typeDefs: parse(sdl),
    resolvers: {
      Query: {
        mostLoyal: (_root, { first }: { first: number }) => mostLoyal(members, first),
      },
      Mutation: {
        givePoints: (_root, { number, points }: { number: string; points: number }) =>
          givePoints(members, number, points),
      },
      Member: {
        number: (number: string) => number,
        points: (number: string) => members.get(number) ?? 0,
        customer: (number: string): Reference => ({ external: { source, id: number } }),
      },
      Customer: {
        __resolveReference: (reference: Reference) => reference,
        loyalty: ({ external }: Reference) => {
          const points = external?.source === source ? members.get(external.id) : undefined;
          return points === undefined ? null : { points, tier: tierOf(points) };
        },
      },
    },
  });
}
