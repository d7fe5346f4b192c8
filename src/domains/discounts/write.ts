import { z } from "zod";
import { lockRows, objectEvent, saveChange } from "../../db/changes.ts";
import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { mergedMetadata, newMetadata, metadataFaults } from "../../kit/metadata.ts";
import { Refusal, refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../kit/versions.ts";
import { findProductIds } from "../catalog/index.ts";
import {
  type DiscountFields,
  type DiscountRow,
  discountLabels,
  discountTerms,
  limitFaults,
  termsFaults,
} from "./fields.ts";

const createInput = z.strictObject({ ...discountTerms, ...discountLabels });

/** Creates a discount. Its code is kept in upper case, and is unique in the environment for good. */
export async function createDiscount(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ discount: DiscountRow }> {
  const input = checked(createInput, sent);
  const faults = termsFaults(input);
  if (faults.length) throw new Refusal(faults);
  return transact(host, writer, async (transaction) => {
    const { environmentId } = transaction;
    const discount = newDiscount(transaction, input);
    const wrong = limitFaults(discount);
    if (wrong.length) throw new Refusal(wrong);
    const found = await findProductIds(transaction, environmentId, input.products ?? []);
    const unknown = found.flatMap((id, index) => (id === null ? [["products", String(index)]] : []));
    if (unknown.length) {
      throw new Refusal(
        unknown.map((path) => ({ code: "NOT_FOUND", message: "There is no such product.", path })),
      );
    }
    await takeCode(transaction, discount.code);
    await insertRows(transaction, "Discount", [discount]);
    const links = [...new Set(found)].map((productId) => ({
      environmentId,
      discountId: discount.id,
      productId,
    }));
    await insertRows(transaction, "DiscountProduct", links as Row<"DiscountProduct">[]);
    transaction.emit(objectEvent("discount.created", discount));
    return { discount };
  });
}

/** Refuses a code that there is already; the others that ask for it wait until this transaction ends. */
async function takeCode({ environmentId, query }: Transaction, code: string): Promise<void> {
  await query(
    Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`discount ${environmentId} ${code}`}, 0))`,
  );
  const [taken] = await query(Prisma.sql`
    SELECT 1 FROM discounts t WHERE t.environment_id = ${environmentId}::uuid AND t.code = ${code}`);
  if (taken) refuse("CONFLICT", "Another discount has this code.", ["code"]);
}

function newDiscount({ environmentId, now }: Transaction, sent: DiscountFields): DiscountRow {
  return {
    environmentId,
    id: newId(),
    code: sent.code.toUpperCase(),
    name: sent.name ?? null,
    description: sent.description ?? null,
    type: sent.type,
    value: new Prisma.Decimal(sent.value),
    currency: sent.currency ?? null,
    scope: sent.scope ?? "ENTIRE_ORDER",
    duration: sent.duration ?? "ONCE",
    durationCycles: sent.durationCycles ?? null,
    maxRedemptions: sent.maxRedemptions ?? null,
    maxRedemptionsPerCustomer: sent.maxRedemptionsPerCustomer ?? 0,
    redemptions: 0,
    firstTimeOnly: sent.firstTimeOnly ?? false,
    validFrom: sent.validFrom ? new Date(sent.validFrom) : null,
    validUntil: sent.validUntil ? new Date(sent.validUntil) : null,
    active: sent.active ?? true,
    version: 1,
    metadata: newMetadata(sent.metadata),
    createdAt: now,
    updatedAt: now,
  };
}

export interface DiscountChange {
  readonly discount: DiscountRow;
  /** Whether anything of it is different now. */
  readonly changed: boolean;
}

const updateInput = z.strictObject({
  ...discountLabels,
  discountId: z.string(),
  replaceMetadata: z.boolean().nullish(),
  expectedVersion,
});

/** Changes what a discount is called, how long and how often it can be redeemed. What it takes off never changes. */
export async function updateDiscount(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<DiscountChange> {
  const input = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const before = (await lockRows(transaction, "Discount", [input.discountId])).get(
      input.discountId.toLowerCase(),
    );
    if (!before) refuse("NOT_FOUND", "There is no such discount.", ["discountId"]);
    checkVersion("discount", before.version, input.expectedVersion);
    const values = merged(before, input);
    const faults = [...limitFaults(values), ...metadataFaults(values.metadata)];
    if (faults.length) throw new Refusal(faults);
    const event = before.active && !values.active ? "discount.deactivated" : "discount.updated";
    const { row, changed } = await saveChange(transaction, "Discount", { before, values, event });
    return { discount: row, changed };
  });
}

/** Takes a discount out of use; subscriptions that have redeemed it keep it. Twice is the same as once. */
export async function deleteDiscount(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<DiscountChange> {
  const { discountId } = checked(z.strictObject({ discountId: z.string() }), sent);
  return updateDiscount(host, writer, { discountId, active: false });
}

function merged(before: DiscountRow, sent: z.infer<typeof updateInput>): DiscountRow {
  const { metadata, active, validUntil, maxRedemptionsPerCustomer, replaceMetadata } = sent;
  const given = Object.entries({
    name: sent.name,
    description: sent.description,
    maxRedemptions: sent.maxRedemptions,
  });
  return {
    ...before,
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    ...(maxRedemptionsPerCustomer !== undefined && {
      maxRedemptionsPerCustomer: maxRedemptionsPerCustomer ?? 0,
    }),
    ...(validUntil !== undefined && { validUntil: validUntil === null ? null : new Date(validUntil) }),
    active: active ?? before.active,
    metadata: mergedMetadata(before.metadata, metadata, replaceMetadata),
  };
}
