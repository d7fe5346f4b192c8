import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { refuse } from "../../../kit/refusal.ts";
import type { Condition } from "../figures/conditions.ts";
import { measure } from "../values/measure.ts";
import { meets } from "../values/meets.ts";
import type { UsageEventRow } from "./lock.ts";

/** What is sent of an event that takes the place of another; what is not is as it was. */
interface Changes {
  readonly quantity?: string | null | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What the meter, as it is by now, measures of an event after changes. Refuses an event that it would not take. */
export async function measureAgain(
  { environmentId, query }: Transaction,
  before: UsageEventRow,
  changes: Changes,
): Promise<Pick<UsageEventRow, "quantity" | "value" | "properties">> {
  const { select } = tableOf("Meter");
  const [meter] = await query<Row<"Meter">>(Prisma.sql`
    SELECT ${select} FROM meters t
    WHERE t.environment_id = ${environmentId}::uuid AND t.id = ${before.meterId}::uuid`);
  if (!meter) throw new Error(`there is no meter ${before.meterId}`);
  const quantity = changes.quantity == null ? before.quantity : new Prisma.Decimal(changes.quantity);
  const properties = changes.properties ?? (before.properties as Readonly<Record<string, unknown>>);
  if (!meets(properties, meter.filters as unknown as readonly Condition[])) {
    refuse("INVALID", "The meter's filters leave out events with these properties.", ["properties"]);
  }
  const measured = measure(meter, { quantity: quantity.toFixed(), properties });
  if ("reason" in measured) return refuse("INVALID", measured.message, ["properties"]);
  const value = measured.value === null ? null : new Prisma.Decimal(measured.value);
  return { quantity, value, properties: properties as UsageEventRow["properties"] };
}
