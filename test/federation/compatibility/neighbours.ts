import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type DocumentNode, type GraphQLSchema, parse } from "graphql";

const { resolve } = createRequire(import.meta.url);
const suite = "@apollo/federation-subgraph-compatibility-tests";

const definitionsOf = (name: string): DocumentNode =>
  parse(readFileSync(resolve(`${suite}/dist/subgraphs/${name}/${name}.graphql`), "utf8"));

const users = definitionsOf("users");
const inventory = definitionsOf("inventory");
const delivery = { estimatedDelivery: "5/1/2019", fastestDelivery: "5/1/2019" };

/** A subgraph that the tests put beside that of the products. */
interface Neighbour {
  readonly definitions: DocumentNode;
  readonly schema: GraphQLSchema;
}

/** The other two subgraphs of Apollo's compatibility tests. */
export const neighbours: Readonly<Record<"users" | "inventory", Neighbour>> = {
  users: {
    definitions: users,
    schema: buildSubgraphSchema({
      typeDefs: users,
      resolvers: {
        User: {
          __resolveReference: ({ email }: { email: string }) => ({
            email,
            name: "default",
            totalProductsCreated: 4,
            yearsOfEmployment: 10,
          }),
        },
      },
    }),
  },
  inventory: {
    definitions: inventory,
    schema: buildSubgraphSchema({
      typeDefs: inventory,
      resolvers: {
        Query: { inventory: (_root: unknown, { id }: { id: string }) => ({ id }) },
        Product: { __resolveReference: (product: object) => product, delivery: () => delivery },
        Inventory: {
          __resolveReference: ({ id }: { id: string }) => ({ id }),
          __resolveType: () => "OpenSourceInventory",
          products: () => [{ id: "apollo-federation" }],
        },
        OpenSourceInventory: { products: () => [{ id: "apollo-federation" }] },
      },
    }),
  },
};
