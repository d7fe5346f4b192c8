import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../../src/db/generated/prisma/client.ts";
import { databaseUrl } from "./surroundings.ts";

/** Prisma over the product's own models, with as many connections as everyone has. */
export const prisma = new PrismaClient({
  // Under load a transaction may wait for its connection for longer than Prisma would let it.
  transactionOptions: { maxWait: 30_000, timeout: 30_000 },
  adapter: new PrismaPg({ connectionString: databaseUrl, max: 10 }),
});
