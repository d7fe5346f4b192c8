import { z } from "zod";
import { type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { inRounds } from "../../../kit/rounds.ts";
import { type SentRecords, readBatch, readSingle, upsertEach } from "../../../kit/upsert.ts";
import { readable, text } from "../../../kit/validate.ts";
import { priceAmount, priceDefinition } from "../prices/definition.ts";
import { productFields } from "./fields.ts";
import { externalProduct } from "./find.ts";
import type { ProductUpsertResult } from "./plan-upsert.ts";
import { applyRecords, lockExternalIds } from "./upsert-round.ts";

const { name, description, active, imageUrl, taxCode, metadata } = productFields;

const record = z.strictObject({
  externalId: externalProduct.shape.id,
  externalUpdatedAt: readable(z.string("must be a date and time")).nullish(),
  productKey: text(255).nullish(),
  name,
  description,
  active,
  imageUrl,
  taxCode,
  metadata,
  kind: z.enum(["SUBSCRIPTION", "ONE_TIME"]).nullish(),
  amount: priceAmount.nullish(),
  currency: priceDefinition.currency,
  interval: priceDefinition.interval,
  intervalCount: priceDefinition.intervalCount,
});

/**
 * Creates and updates up to 100 products by their ids in another system, `source`. Each record is done on its own, in
 * order, and gets one result; those that fail leave the others alone. One transaction, set-based: a changed amount
 * archives the default price and puts a new one in its place.
 */
export async function upsertProductsByExternalId(
  host: TransactionHost,
  writer: Writer,
  input: { readonly source: unknown; readonly products: readonly unknown[] },
): Promise<ProductUpsertResult[]> {
  return upsertRecords(host, writer, readBatch(input, "products", externalProduct.shape.source));
}

/** The same for one product: its result. */
export async function upsertProductByExternalId(
  host: TransactionHost,
  writer: Writer,
  input: { readonly source: unknown; readonly product: unknown },
): Promise<ProductUpsertResult> {
  const sent = readSingle(input, "product", externalProduct.shape.source);
  const [result] = await upsertRecords(host, writer, sent);
  return result as ProductUpsertResult;
}

function upsertRecords(
  host: TransactionHost,
  writer: Writer,
  { source, records, pathOf }: SentRecords,
): Promise<ProductUpsertResult[]> {
  return upsertEach(records, {
    schema: record,
    pathOf,
    failed: (result) => ({ ...result, product: null }),
    apply: (checkedRecords) =>
      transact(host, writer, async (transaction) => {
        await lockExternalIds(transaction, source);
        const candidates = checkedRecords.map(({ value, ...place }) => ({ ...value, ...place, source }));
        return inRounds(
          candidates,
          ({ externalId, productKey }) =>
            productKey == null ? [`id ${externalId}`] : [`id ${externalId}`, `key ${productKey}`],
          (round) => applyRecords(transaction, round),
        );
      }),
  });
}
