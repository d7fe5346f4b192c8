import { z } from "zod";
import { objectEvent, orStartOver } from "../../../db/changes.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { BenefitType } from "../../../db/generated/prisma/enums.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { isId, newId } from "../../../kit/ids.ts";
import { refuse } from "../../../kit/refusal.ts";
import { checked, text } from "../../../kit/validate.ts";
import {
  type BenefitRow,
  benefitFields,
  mergeBenefit,
  plainBenefit,
  refuseFaulty,
  refuseUncounted,
} from "./fields.ts";

const key = text(100).refine(
  (value) => /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/.test(value),
  "must be letters, digits and . _ : / -, and start with a letter or digit",
);

const createInput = z.strictObject({
  ...benefitFields,
  key,
  name: text(255),
  type: z.enum(BenefitType),
  meterId: z.string().nullish(),
});

/** Creates a benefit. Its key, its type and its meter never change. */
export async function createBenefit(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ readonly benefit: BenefitRow }> {
  const { meterId, type, key: ownKey, ...fields } = checked(createInput, sent);
  refuseUncounted(type, fields, ["limit", "resetPeriod", "overageAllowed"]);
  // A unit of an item is one seat unless something else is said.
  const plain =
    type === "SEATS" && fields.limit === undefined ? { ...plainBenefit, limit: one } : plainBenefit;
  const values = mergeBenefit({ ...plain, name: fields.name }, fields);
  refuseFaulty(values);
  return transact(host, writer, async (transaction) => {
    const { environmentId, now } = transaction;
    const meter = await meterFor(transaction, type, meterId);
    const [taken] = await transaction.query(Prisma.sql`
      SELECT 1 FROM benefits t WHERE t.environment_id = ${environmentId}::uuid AND t.key = ${ownKey}`);
    if (taken) refuse("CONFLICT", "Another benefit has this key, or had it before it was archived.", ["key"]);
    const benefit: BenefitRow = {
      ...values,
      environmentId,
      id: newId(),
      key: ownKey,
      type,
      meterId: meter,
      active: true,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await orStartOver(insertRows(transaction, "Benefit", [benefit]));
    transaction.emit(objectEvent("benefit.created", benefit));
    return { benefit };
  });
}

const one = new Prisma.Decimal(1);

async function meterFor(
  { environmentId, query }: Transaction,
  type: BenefitRow["type"],
  id: string | null | undefined,
): Promise<string | null> {
  if (type !== "METERED") {
    if (id != null) refuse("INVALID", "Only METERED benefits have a meter: leave it out.", ["meterId"]);
    return null;
  }
  if (id == null) refuse("REQUIRED", "METERED needs the meter whose usage the limit is of.", ["meterId"]);
  const [meter] = isId(id)
    ? await query<{ id: string }>(Prisma.sql`
        SELECT t.id FROM meters t WHERE t.environment_id = ${environmentId}::uuid AND t.id = ${id}::uuid`)
    : [];
  return meter?.id ?? refuse("NOT_FOUND", "There is no such meter.", ["meterId"]);
}
