import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginDrainHttpServer } from "@apollo/server/plugin/drainHttpServer";
import { expressMiddleware } from "@as-integrations/express5";
import express from "express";
import type { GraphQLResolveInfo } from "graphql";
import type { Prisma } from "../../src/db/generated/prisma/client.ts";
import type { EventsInput, UpsertInput } from "./inputs.ts";
import { behind, cursorOf, newestFirst } from "./keyset.ts";
import { argumentsOf, selects } from "./look-ahead.ts";
import { prisma } from "./prisma.ts";
import { ingestEvents, upsertOneByOne } from "./prisma-writes.ts";
import { typeDefs } from "./schema.ts";
import { environmentId, tell } from "./surroundings.ts";
import { type UsageArguments, usageLoader } from "./usage-loader.ts";

/** Apollo Server on Express with Prisma: one query with `include` for what was selected below the list. */
interface Context {
  readonly usage: ReturnType<typeof usageLoader>;
}

const byPosition = [{ position: "asc" }, { id: "asc" }] as const;

function includeOf(info: GraphQLResolveInfo): Prisma.CustomerInclude {
  const first = (...path: string[]) => Number(argumentsOf(info, path)["first"] ?? 25);
  const include: Prisma.CustomerInclude = {};
  if (selects(info, ["nodes", "invoices", "nodes"])) {
    const lines = ["nodes", "invoices", "nodes", "lines"];
    include.invoices = {
      orderBy: [...newestFirst],
      take: first("nodes", "invoices"),
      include: selects(info, lines) ? { lines: { orderBy: [...byPosition], take: first(...lines) } } : {},
    };
  }
  if (selects(info, ["nodes", "subscriptions", "nodes"])) {
    const items = ["nodes", "subscriptions", "nodes", "items"];
    include.subscriptions = {
      orderBy: [...newestFirst],
      take: first("nodes", "subscriptions"),
      include: selects(info, items) ? { items: { orderBy: [...byPosition], take: first(...items) } } : {},
    };
  }
  if (selects(info, ["nodes", "invoices", "totalCount"])) include._count = { select: { invoices: true } };
  return include;
}

type Loaded = { id: string } & Record<string, { id: string }[]> & { _count?: { invoices: number } };
type Line = { amount: bigint; currency: string };

const resolvers = {
  Query: {
    customer: (_: unknown, { id }: { id: string }) =>
      prisma.customer.findUnique({ where: { environmentId_id: { environmentId, id } } }),
    customers: async (
      _: unknown,
      { first, after }: { first: number; after?: string },
      __: Context,
      info: GraphQLResolveInfo,
    ) => {
      const nodes = await prisma.customer.findMany({
        where: behind(after),
        orderBy: [...newestFirst],
        take: first,
        include: includeOf(info),
      });
      const last = nodes.at(-1);
      return { nodes, pageInfo: { endCursor: last ? cursorOf(last) : null } };
    },
  },
  Mutation: {
    upsertCustomersByExternalId: (_: unknown, { input }: { input: UpsertInput }) => upsertOneByOne(input),
    ingestUsageEvents: (_: unknown, { input }: { input: EventsInput }) => ingestEvents(input),
  },
  Customer: {
    invoices: ({ invoices, _count }: Loaded) => ({ nodes: invoices, totalCount: _count?.invoices }),
    subscriptions: ({ subscriptions }: Loaded) => ({ nodes: subscriptions }),
    usage: ({ id: customerId }: Loaded, args: UsageArguments, { usage }: Context) =>
      usage.load({ customerId, ...args }),
  },
  Invoice: {
    total: ({ total, currency }: { total: bigint; currency: string }) => ({
      amount: Number(total),
      currency,
    }),
    lines: ({ lines, currency }: { lines: Line[]; currency: string }) => ({
      nodes: lines.map((line) => ({ ...line, currency })),
    }),
  },
  InvoiceLine: {
    amount: ({ amount, currency }: Line) => ({ amount: Number(amount), currency }),
  },
  Subscription: { items: ({ items }: Loaded) => ({ nodes: items }) },
};

const app = express();
const httpServer = createServer(app);
const server = new ApolloServer<Context>({
  typeDefs,
  resolvers,
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer })],
});
await server.start();
app.use(
  "/graphql",
  express.json({ limit: "2mb" }),
  expressMiddleware(server, { context: () => Promise.resolve({ usage: usageLoader() }) }),
);
httpServer.listen(0, "127.0.0.1", () => tell((httpServer.address() as AddressInfo).port));
