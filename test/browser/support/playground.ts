import { transact } from "../../../src/db/transaction.ts";
import { seedDemo } from "../../../src/demo/seed.ts";
import { readExamples } from "../../../src/http/graphiql/examples.ts";
import { createPlayground } from "../../../src/http/graphiql/page.ts";
import type { PageHandler } from "../../../src/http/server.ts";
import { type TestApi, startApi } from "../../kit/api.ts";

/** A server with demo data and the playground as `npm start` has it: with the examples, and the key filled in. */
export async function startPlayground(): Promise<TestApi> {
  const pages: PageHandler[] = [];
  const api = await startApi({ pages });
  pages.push(createPlayground({ endpoint: "/graphql", apiKey: api.key, tabs: readExamples() }));
  const writer = { environmentId: api.environmentId, actor: "seed", requestId: null, now: new Date() };
  await seedDemo((work) => transact({ ...api.database, confinement: undefined }, writer, work), {
    environmentId: api.environmentId,
    customers: 20,
    invoicesPerCustomer: 3,
    events: 200,
    seed: 1,
    asOf: new Date().toISOString().slice(0, 10),
  });
  return api;
}
