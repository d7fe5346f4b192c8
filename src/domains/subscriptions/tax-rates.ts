import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { readByIds } from "../../db/reads.ts";
import type { Transaction } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import { type Fault, Refusal } from "../../kit/refusal.ts";
import type { Plan } from "./plan.ts";
import type { SubscriptionState } from "./state.ts";

type TaxRate = Row<"TaxRate">;

/** The active tax rates with these ids, each once; refuses others. One statement, or none. */
export async function requireTaxRates(
  transaction: Transaction,
  ids: readonly string[],
  path: readonly string[],
): Promise<TaxRate[]> {
  if (!ids.length) return [];
  const known = ids.filter(isId);
  const rows = await readByIds(transaction, transaction.environmentId, "TaxRate", known);
  const rateOf = new Map(rows.flatMap((row) => (row ? [[row.id, row]] : [])));
  const faults = ids.flatMap((id, index): Fault[] => {
    const rate = rateOf.get(id.toLowerCase());
    const at = [...path, String(index)];
    if (!rate) return [{ code: "NOT_FOUND", message: "There is no such tax rate.", path: at }];
    return rate.active ? [] : [{ code: "ILLEGAL_STATE", message: "The tax rate is archived.", path: at }];
  });
  if (faults.length) throw new Refusal(faults);
  return [...rateOf.values()];
}

/** Makes these the tax rates of a subscription that has none. One statement, or none. */
export async function linkTaxRates(
  transaction: Transaction,
  subscriptionId: string,
  rates: readonly TaxRate[],
): Promise<void> {
  if (!rates.length) return;
  await transaction.query(Prisma.sql`
    INSERT INTO subscription_tax_rates (environment_id, subscription_id, tax_rate_id)
    SELECT ${transaction.environmentId}::uuid, ${subscriptionId}::uuid, id FROM unnest(${rates.map(({ id }) => id)}::uuid[]) AS id`);
}

/** The tax rates that a plan gives to a subscription; null where they are those that it has. */
export function newTaxRates(
  { taxRates: before }: Pick<SubscriptionState, "taxRates">,
  { taxRates: after }: Pick<Plan, "taxRates">,
): readonly TaxRate[] | null {
  if (!after) return null;
  const known = new Set(before.map(({ id }) => id));
  return after.length === known.size && after.every(({ id }) => known.has(id)) ? null : after;
}

/** Gives a subscription these tax rates in place of those that it has. Two statements. */
export async function replaceTaxRates(
  transaction: Transaction,
  subscriptionId: string,
  rates: readonly TaxRate[],
): Promise<void> {
  await transaction.query(Prisma.sql`
    DELETE FROM subscription_tax_rates
    WHERE environment_id = ${transaction.environmentId}::uuid AND subscription_id = ${subscriptionId}::uuid`);
  await linkTaxRates(transaction, subscriptionId, rates);
}
