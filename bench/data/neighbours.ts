import { openDatabase } from "../../src/db/database.ts";
import { transact } from "../../src/db/transaction.ts";
import { seedDemo } from "../../src/demo/seed.ts";
import { newId } from "../../src/kit/ids.ts";
import { makeKey } from "./key.ts";

const merchant = (index: number): string => `Neighbour ${index}`;

/** A tenant beside the one that is measured. */
export interface Neighbour {
  readonly apiKey: string;
  /** Its meter that sums. */
  readonly meterId: string;
}

/** So many tenants with some data of their own, made where they are missing. */
export async function findNeighbours(databaseUrl: string, count: number): Promise<Neighbour[]> {
  const database = await openDatabase({ databaseUrl, poolSize: 2 });
  try {
    const neighbours: Neighbour[] = [];
    for (let index = 1; index <= count; index += 1) {
      const { prisma, pool } = database;
      const where = { merchantName: merchant(index) };
      let found = await prisma.environment.findFirst({ where });
      if (!found) {
        const { id } = await prisma.environment.create({
          data: { id: newId(), merchantId: newId(), livemode: false, ...where },
        });
        const scenario = {
          environmentId: id,
          customers: 200,
          invoicesPerCustomer: 10,
          events: 2_000,
          seed: index,
          asOf: "2026-11-01",
        };
        const writer = { environmentId: id, actor: "seed", requestId: null, now: new Date() };
        await seedDemo((work) => transact({ pool, prepares: false }, writer, work), scenario);
        found = await prisma.environment.findFirstOrThrow({ where });
      }
      const meter = await prisma.meter.findFirstOrThrow({
        where: { environmentId: found.id, aggregation: "SUM" },
      });
      neighbours.push({ apiKey: await makeKey(databaseUrl, found.id), meterId: meter.id });
    }
    return neighbours;
  } finally {
    await database.close();
  }
}
