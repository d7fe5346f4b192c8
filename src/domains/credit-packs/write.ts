import { z } from "zod";
import { lockRows, objectEvent, saveChange } from "../../db/changes.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { changedMetadata, newMetadata } from "../../kit/metadata.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, readable } from "../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../kit/versions.ts";
import { type PackRow, packAmounts, packFields } from "./fields.ts";

const createInput = z.strictObject({
  ...packFields,
  ...packAmounts,
  currency: readable(z.string("must be a currency")).nullish(),
});

/** Puts credits on sale. */
export async function createCreditPack(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ creditPack: PackRow }> {
  const input = checked(createInput, sent);
  return transact(host, writer, async (transaction) => {
    const { environmentId, now } = transaction;
    const creditPack: PackRow = {
      environmentId,
      id: newId(),
      name: input.name,
      description: input.description ?? null,
      credits: input.credits,
      price: input.price,
      currency: input.currency ?? "USD",
      active: input.active ?? true,
      metadata: newMetadata(input.metadata),
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    if (creditPack.active) await takeName(transaction, creditPack);
    await insertRows(transaction, "CreditPack", [creditPack]);
    transaction.emit(objectEvent("credit_pack.created", creditPack));
    return { creditPack };
  });
}

/** Refuses the name of another pack that is for sale; the others that ask for it wait until this transaction ends. */
async function takeName({ environmentId, query }: Transaction, { id, name }: PackRow): Promise<void> {
  const key = `credit pack ${environmentId} ${name.toLowerCase()}`;
  await query(Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
  const [taken] = await query(Prisma.sql`
    SELECT 1 FROM credit_packs t
    WHERE t.environment_id = ${environmentId}::uuid AND t.active AND lower(t.name) = lower(${name}) AND t.id <> ${id}::uuid`);
  if (taken) refuse("CONFLICT", "Another pack that is for sale has this name.", ["name"]);
}

export interface PackChange {
  readonly creditPack: PackRow;
  /** Whether anything of it is different now. */
  readonly changed: boolean;
}

const updateInput = z.strictObject({
  creditPackId: z.string(),
  name: packFields.name.optional(),
  description: packFields.description,
  credits: packAmounts.credits.optional(),
  price: packAmounts.price.optional(),
  active: z.boolean().optional(),
  metadata: packFields.metadata,
  replaceMetadata: z.boolean().nullish(),
  expectedVersion,
});

/** Changes a pack. What was bought before stays as it was bought. */
export async function updateCreditPack(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<PackChange> {
  const input = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const before = await lockPack(transaction, input.creditPackId);
    checkVersion("pack", before.version, input.expectedVersion);
    const { name, description, credits, price, active } = input;
    const given = Object.entries({ name, description, credits, price, active });
    const values: PackRow = {
      ...before,
      ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
      metadata: changedMetadata(before.metadata, input.metadata, { replace: input.replaceMetadata }),
    };
    if (values.active) await takeName(transaction, values);
    const event = before.active && !values.active ? "credit_pack.archived" : "credit_pack.updated";
    const { row, changed } = await saveChange(transaction, "CreditPack", { before, values, event });
    return { creditPack: row, changed };
  });
}

/** Takes a pack off sale; what was bought stays. Twice is the same as once. */
export async function archiveCreditPack(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<PackChange> {
  const input = checked(z.strictObject({ creditPackId: z.string(), expectedVersion }), sent);
  return updateCreditPack(host, writer, { ...input, active: false });
}

/** The pack with this id, locked until the transaction ends. */
export async function lockPack(transaction: Transaction, id: string): Promise<PackRow> {
  const pack = (await lockRows(transaction, "CreditPack", [id])).get(id.toLowerCase());
  return pack ?? refuse("NOT_FOUND", "There is no such pack.", ["creditPackId"]);
}
