import { z } from "zod";
import { lockRows } from "../../../db/changes.ts";
import { tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { isId } from "../../../kit/ids.ts";
import { refuse } from "../../../kit/refusal.ts";
import { text } from "../../../kit/validate.ts";
import type { BenefitRow } from "./fields.ts";

/** Names a benefit: by its id, or by the merchant's own key. */
export const benefitReference = z.union(
  [z.strictObject({ id: z.string() }), z.strictObject({ key: text(100) })],
  "must name a benefit by either id or key",
);

export type BenefitReference = z.infer<typeof benefitReference>;

/** The benefit that a reference names; refuses, at `path`, one that names none. One statement. */
export async function requireBenefit(
  { environmentId, query }: Transaction,
  reference: BenefitReference,
  path: readonly string[] = ["benefit"],
): Promise<BenefitRow> {
  const { name, select } = tableOf("Benefit");
  const named =
    "key" in reference
      ? Prisma.sql`t.key = ${reference.key}`
      : Prisma.sql`t.id = ${isId(reference.id) ? reference.id : null}::uuid`;
  const [benefit] = await query<BenefitRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid AND ${named}`);
  return benefit ?? refuse("NOT_FOUND", "There is no such benefit.", path);
}

/** The same, locked until the transaction ends. */
export async function lockBenefit(
  transaction: Transaction,
  reference: BenefitReference,
): Promise<BenefitRow> {
  const { id } = await requireBenefit(transaction, reference);
  const benefit = (await lockRows(transaction, "Benefit", [id])).get(id);
  return benefit ?? refuse("NOT_FOUND", "There is no such benefit.", ["benefit"]);
}

/** Refuses a benefit that was archived, for what is new. */
export function requireActive({ active, key }: BenefitRow): void {
  if (active) return;
  refuse("ILLEGAL_STATE", `The benefit ${key} is archived. Restore it first.`, ["benefit"]);
}
