import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { queryFromInfo } from "@pothos/plugin-prisma";
import { resolveCursorConnection } from "@pothos/plugin-relay";
import { createYoga } from "graphql-yoga";
import type { Customer as CustomerRow } from "../../src/db/generated/prisma/client.ts";
import { behind, cursorOf, newestFirst } from "./keyset.ts";
import { prisma } from "./prisma.ts";
import { environmentId, tell } from "./surroundings.ts";
import { usageLoader } from "./usage-loader.ts";
import { type Context, builder } from "./yoga-builder.ts";
import "./yoga-mutations.ts";
import { Customer } from "./yoga-types.ts";

/** Yoga with Pothos and its Prisma and Relay plugins, as their guides build such a graph. */
builder.queryType({
  fields: (t) => ({
    customer: t.prismaField({
      type: "Customer",
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (query, _, { id }) =>
        prisma.customer.findUnique({ ...query, where: { environmentId_id: { environmentId, id } } }),
    }),
    customers: t.connection({
      type: Customer,
      resolve: (_, args, context, info) =>
        resolveCursorConnection<Promise<CustomerRow[]>>(
          { args, toCursor: (customer: CustomerRow) => cursorOf(customer) },
          ({ after, limit }) =>
            prisma.customer.findMany({
              ...(queryFromInfo({ context, info, paths: [["nodes"], ["edges", "node"]] }) as object),
              where: behind(after),
              orderBy: [...newestFirst],
              take: limit,
            }),
        ),
    }),
  }),
});

const yoga = createYoga<object, Context>({
  schema: builder.toSchema(),
  context: () => ({ usage: usageLoader() }),
  graphiql: false,
  landingPage: false,
  logging: false,
});
const server = createServer((request, response) => void yoga(request, response));
server.listen(0, "127.0.0.1", () => tell((server.address() as AddressInfo).port));
