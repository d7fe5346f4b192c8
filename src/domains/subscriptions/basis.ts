import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { TimeBasis } from "../../kit/time-share.ts";

/** What parts of periods are counted in, as the settings of the environment say: exact time, or days in the customer's zone. */
export async function readBasis(transaction: Transaction, zone: string): Promise<TimeBasis> {
  const [settings] = await transaction.query<{ byDay: boolean }>(Prisma.sql`
    SELECT s.prorate_by_day AS "byDay" FROM billing_settings s
    WHERE s.environment_id = ${transaction.environmentId}::uuid`);
  return settings?.byDay ? { unit: "DAY", zone } : { unit: "SECOND" };
}
