import { z } from "zod";
import {
  changeEvent,
  lockRows,
  nextVersion,
  objectEvent,
  orStartOver,
  updateRows,
} from "../../../db/changes.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { isId } from "../../../kit/ids.ts";
import { metadataInput } from "../../../kit/metadata.ts";
import { Refusal, refuse } from "../../../kit/refusal.ts";
import { checked, clearable, text } from "../../../kit/validate.ts";
import { productReference, requireProductId } from "../products/find.ts";
import { definedPrice, definitionFaults, priceDefinition } from "./definition.ts";
import { meterFaults } from "./meter-faults.ts";
import { type PriceLabels, type PriceRow, newPrice, noLabels } from "./row.ts";

/** What people and programs know a price by; it can change. */
export const priceLabels = {
  name: clearable(text(255)),
  nickname: clearable(text(100)),
  description: clearable(text(5_000)),
  lookupKey: clearable(text(100)),
  metadata: metadataInput.nullish(),
};

const createInput = z.strictObject({
  ...priceDefinition,
  ...priceLabels,
  product: productReference,
  meterId: z.string().nullish(),
});

/** Creates a price of a product. */
export async function createPrice(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ price: PriceRow }> {
  const {
    product: reference,
    meterId,
    name,
    nickname,
    description,
    lookupKey,
    metadata,
    ...definition
  } = checked(createInput, sent);
  const faults = definitionFaults(definition, [], meterId != null);
  if (faults.length) throw new Refusal(faults);
  const labels = labelled({ name, nickname, description, lookupKey, metadata });
  return transact(host, writer, async (transaction) => {
    const productId = await requireProductId(transaction, transaction.environmentId, reference, ["product"]);
    const product = (await lockRows(transaction, "Product", [productId])).get(productId);
    if (!product || product.archivedAt)
      refuse("ILLEGAL_STATE", "The product is archived. Restore it first.", ["product"]);
    if ((product.kind === "ONE_TIME") !== (definition.type === "ONE_TIME")) {
      refuse("INVALID", `A ${product.kind} product has no ${definition.type} prices.`, ["type"]);
    }
    const meter = meterId == null ? null : await requireMeter(transaction, meterId);
    if (meter && definition.payInAdvance) await refuseFalling(transaction, meter, ["payInAdvance"]);
    await refuseTaken(transaction, labels.lookupKey, null);
    const price = newPrice(transaction, productId, definedPrice(definition, meter !== null), labels, meter);
    await orStartOver(insertRows(transaction, "Price", [price]));
    transaction.emit(objectEvent("price.created", price));
    return { price };
  });
}

const replaceInput = z.strictObject({ ...priceDefinition, priceId: z.string() });

/**
 * Puts a new price in the place of one: the new one takes over its labels and lookup key, and its place as the product's
 * default; the old one is archived, and what was sold at it goes on.
 */
export async function replacePrice(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ price: PriceRow; replaced: PriceRow }> {
  const { priceId, ...definition } = checked(replaceInput, sent);
  const faults = definitionFaults(definition, [], null);
  if (faults.length) throw new Refusal(faults);
  return transact(host, writer, async (transaction) => {
    const before = (await lockRows(transaction, "Price", [priceId])).get(priceId.toLowerCase());
    if (!before) refuse("NOT_FOUND", "There is no such price.", ["priceId"]);
    if (!before.active) refuse("ILLEGAL_STATE", "The price is archived already.", ["priceId"]);
    if (before.type !== definition.type)
      refuse("INVALID", `The price is ${before.type}: so is what takes its place.`, ["type"]);
    const unfit = meterFaults(definition, [], before.meterId !== null);
    if (unfit.length) throw new Refusal(unfit);
    const after = nextVersion(transaction, before, { active: false });
    await updateRows(transaction, "Price", [{ before, after }]);
    if (before.meterId && definition.payInAdvance) {
      await refuseFalling(transaction, before.meterId, ["payInAdvance"]);
    }
    const defined = definedPrice(definition, before.meterId !== null);
    const price = newPrice(transaction, before.productId, defined, before, before.meterId);
    await insertRows(transaction, "Price", [price]);
    await transaction.query(Prisma.sql`
      UPDATE products SET default_price_id = ${price.id}::uuid, version = version + 1, updated_at = ${transaction.now}
      WHERE environment_id = ${transaction.environmentId}::uuid AND id = ${before.productId}::uuid
        AND default_price_id = ${before.id}::uuid`);
    transaction.emit(changeEvent("price.archived", { before, after }), objectEvent("price.created", price));
    return { price, replaced: after };
  });
}

/** Labels as columns: what was left out or cleared is null. */
function labelled(sent: { [K in keyof typeof priceLabels]?: unknown }): PriceLabels {
  const given = Object.entries(sent).filter(([, value]) => value != null);
  const { metadata } = sent as { metadata?: Record<string, unknown> | null };
  const kept = Object.entries(metadata ?? {}).filter(([, value]) => value !== null);
  return {
    ...noLabels,
    ...Object.fromEntries(given),
    metadata: Object.fromEntries(kept) as PriceLabels["metadata"],
  };
}

async function requireMeter(transaction: Transaction, id: string): Promise<string> {
  const [meter] = isId(id)
    ? await transaction.query<{ id: string; active: boolean }>(Prisma.sql`
        SELECT t.id, t.status = 'ACTIVE' AS active FROM meters t
        WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = ${id}::uuid`)
    : [];
  if (!meter) refuse("NOT_FOUND", "There is no such meter.", ["meterId"]);
  if (!meter.active) refuse("ILLEGAL_STATE", "The meter is archived.", ["meterId"]);
  return meter.id;
}

/** Refuses what goes only with figures that grow while a period runs. */
async function refuseFalling(
  transaction: Transaction,
  meterId: string,
  path: readonly string[],
): Promise<void> {
  const [falling] = await transaction.query(Prisma.sql`
    SELECT 1 FROM meters t WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = ${meterId}::uuid
      AND t.aggregation NOT IN ('COUNT', 'SUM', 'COUNT_UNIQUE', 'MAX')`);
  if (falling)
    refuse("INVALID", "The figure of the meter may fall again: it is billed when the period is over.", path);
}

/** Refuses a lookup key that another active price has. */
export async function refuseTaken(
  transaction: Transaction,
  lookupKey: string | null,
  id: string | null,
): Promise<void> {
  if (lookupKey === null) return;
  const [taken] = await transaction.query(Prisma.sql`
    SELECT 1 FROM prices t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.lookup_key = ${lookupKey} AND t.active
      AND t.id IS DISTINCT FROM ${id}::uuid`);
  if (taken) refuse("CONFLICT", "Another active price has this lookup key.", ["lookupKey"]);
}
