import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { isId } from "../../kit/ids.ts";
import type { Soon } from "../../kit/soon.ts";
import { shortCache } from "./short-cache.ts";

/** One merchant in test or in live mode. */
export interface Tenant {
  readonly environmentId: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly livemode: boolean;
}

/** Makes a function that finds the environment with an id; null when there is none. */
export function environmentFinder(executor: Executor, now?: () => number) {
  const find = shortCache<Tenant>(async (id) => {
    const [environment = null] = await executor.query<Tenant>(Prisma.sql`
      SELECT e.id AS "environmentId", e.merchant_id AS "merchantId", e.merchant_name AS "merchantName", e.livemode
      FROM environments e WHERE e.id = ${id}::uuid`);
    return { value: environment };
  }, now);
  return (id: string): Soon<Tenant | null> => (isId(id) ? find(id.toLowerCase()) : null);
}
