import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../../src/db/generated/prisma/client.ts";
import { createKey } from "../../src/domains/access/index.ts";

/** What a key may be given at most: a limit that counts, and that no workload reaches. */
const plenty = 1_000_000;
const name = "benchmark";

/** Makes a key of the product for this run; those of earlier runs go. */
export async function makeKey(databaseUrl: string, environmentId: string): Promise<string> {
  const prisma = new PrismaClient({ adapter: new PrismaPg(databaseUrl) });
  try {
    await prisma.apiKey.deleteMany({ where: { environmentId, name } });
    const { key } = await createKey(prisma, {
      environmentId,
      name,
      scopes: ["*"],
      requestsPerMinute: plenty,
      burst: plenty,
    });
    return key;
  } finally {
    await prisma.$disconnect();
  }
}
