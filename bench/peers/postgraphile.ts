import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PgAggregatesPreset } from "@graphile/pg-aggregates";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { pgSmartTags } from "postgraphile/utils";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";
import { databaseUrl, tell } from "./surroundings.ts";

/** GraphQL has a type `Subscription` of its own. */
const names = pgSmartTags({
  kind: "class",
  match: "subscriptions",
  tags: { name: "billing_subscriptions" },
});

/** PostGraphile over the product's tables, with the plugins for sums and for conditions on them. */
const instance = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset, PgAggregatesPreset],
  plugins: [names],
  pgServices: [
    makePgService({ connectionString: databaseUrl, schemas: ["public"], poolConfig: { max: 10 } }),
  ],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
  grafast: { explain: false },
});

const server = createServer();
server.once("error", (error) => {
  throw error;
});
await instance.createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => tell((server.address() as AddressInfo).port));
