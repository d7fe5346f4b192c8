import { lockRows } from "../../../db/changes.ts";
import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { refuse } from "../../../kit/refusal.ts";
import { nowFor } from "../../clocks/index.ts";
import { type CustomerReference, requireCustomerId } from "../../customers/index.ts";
import type { BenefitRow } from "../benefits/fields.ts";
import { type BenefitReference, requireBenefit } from "../benefits/find.ts";

export type GrantRow = Row<"EntitlementGrant">;

/** What is granted to whom, and what time it is for them. */
export interface Ground {
  readonly customerId: string;
  readonly benefit: BenefitRow;
  readonly now: Date;
}

/** Locks a customer, so that what it is given changes in turn; refuses customers and benefits that there are not. */
export async function groundOf(
  transaction: Transaction,
  { customer, benefit }: { readonly customer: CustomerReference; readonly benefit: BenefitReference },
  { active }: { readonly active: boolean },
): Promise<Ground> {
  const path = ["customer"];
  const customerId = await requireCustomerId(transaction, transaction.environmentId, customer, path);
  const row = (await lockRows(transaction, "Customer", [customerId])).get(customerId);
  if (!row) refuse("NOT_FOUND", "There is no such customer.", path);
  if (active && row.status === "ARCHIVED") {
    refuse("ILLEGAL_STATE", "The customer is archived. Restore it first.", path);
  }
  const found = await requireBenefit(transaction, benefit);
  const now = (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now;
  return { customerId, benefit: found, now };
}

/** What the customer is given, or denied, of the benefit by hand at present, expired or not. */
export async function standing(
  { environmentId, query }: Transaction,
  { customerId, benefit }: Ground,
): Promise<GrantRow | null> {
  const { name, select } = tableOf("EntitlementGrant");
  const [row] = await query<GrantRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid AND t.customer_id = ${customerId}::uuid
      AND t.benefit_id = ${benefit.id}::uuid AND t.revoked_at IS NULL FOR UPDATE`);
  return row ?? null;
}
