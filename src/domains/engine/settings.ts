import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Executor } from "../../db/executor.ts";
import { type DunningSettings, defaultDunning } from "../subscriptions/index.ts";

/** What of an environment's settings the engine goes by. */
export type EngineSettings = DunningSettings & Pick<Row<"BillingSettings">, "prorateByDay">;

/** The settings of an environment, or what holds without any. One statement. */
export async function readSettings({
  environmentId,
  query,
}: Executor & { readonly environmentId: string }): Promise<EngineSettings> {
  const [row] = await query<EngineSettings>(Prisma.sql`
    SELECT dunning_retry_days AS "dunningRetryDays", dunning_grace_days AS "dunningGraceDays",
      auto_cancel_unpaid AS "autoCancelUnpaid", prorate_by_day AS "prorateByDay"
    FROM billing_settings WHERE environment_id = ${environmentId}::uuid`);
  return row ?? { ...defaultDunning, prorateByDay: false };
}
