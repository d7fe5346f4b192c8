import { z } from "zod";
import { lockRows, orStartOver, saveChange } from "../../../db/changes.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { isId } from "../../../kit/ids.ts";
import { Refusal, refuse } from "../../../kit/refusal.ts";
import { checkVersion, expectedVersion } from "../../../kit/versions.ts";
import { checked } from "../../../kit/validate.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { type ProductRow, mergeProduct, productFaults, productFields } from "./fields.ts";
import { productReference, requireProductId } from "./find.ts";
import { takenKeys } from "./taken.ts";

export interface ProductChange {
  readonly product: ProductRow;
  /** Whether anything of it is different now. */
  readonly changed: boolean;
}

const updateInput = z.strictObject({
  ...productFields,
  product: productReference,
  defaultPriceId: z.string().nullish(),
  replaceMetadata: z.boolean().nullish(),
  expectedVersion,
});

/** Changes the fields of a product that were sent. Its key and kind never change. */
export async function updateProduct(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<ProductChange> {
  const {
    product: reference,
    defaultPriceId,
    replaceMetadata,
    expectedVersion: expected,
    ...fields
  } = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const before = await lockProduct(transaction, reference);
    checkVersion("product", before.version, expected);
    const values = mergeProduct(before, fields, replaceMetadata ?? false);
    if (defaultPriceId !== undefined) {
      values.defaultPriceId =
        defaultPriceId === null ? null : await ownPrice(transaction, before.id, defaultPriceId);
    }
    const faults = [...productFaults(values, []), ...(await takenKeys(transaction, values, []))];
    if (faults.length) throw new Refusal(faults);
    return save(transaction, before, values, "product.updated");
  });
}

/** Archives a product: it can no longer be sold, and what was sold before goes on. Twice is the same as once. */
export async function archiveProduct(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<ProductChange> {
  const { product: reference } = checked(z.strictObject({ product: productReference }), sent);
  return transact(host, writer, async (transaction) => {
    const before = await lockProduct(transaction, reference);
    const archivedAt = before.archivedAt ?? transaction.now;
    return save(transaction, before, { ...before, active: false, archivedAt }, "product.archived");
  });
}

/** Makes an archived product one that can be sold again; refused while another product has its slug. */
export async function restoreProduct(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<ProductChange> {
  const { product: reference } = checked(z.strictObject({ product: productReference }), sent);
  return transact(host, writer, async (transaction) => {
    const before = await lockProduct(transaction, reference);
    if (!before.archivedAt) return { product: before, changed: false };
    const faults = await takenKeys(transaction, before, ["product"]);
    if (faults.length) throw new Refusal(faults);
    return save(transaction, before, { ...before, active: true, archivedAt: null }, "product.restored");
  });
}

async function lockProduct(
  transaction: Transaction,
  reference: z.infer<typeof productReference>,
): Promise<ProductRow> {
  const id = await requireProductId(transaction, transaction.environmentId, reference, ["product"]);
  const product = (await lockRows(transaction, "Product", [id])).get(id);
  return product ?? refuse("NOT_FOUND", "There is no such product.", ["product"]);
}

async function ownPrice(transaction: Transaction, productId: string, id: string): Promise<string> {
  const path = ["defaultPriceId"];
  if (!isId(id)) refuse("NOT_FOUND", "There is no such price.", path);
  const [price] = await transaction.query<{ id: string; active: boolean }>(Prisma.sql`
    SELECT t.id, t.active FROM prices t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = ${id}::uuid AND t.product_id = ${productId}::uuid`);
  if (!price) refuse("NOT_FOUND", "The product has no such price.", path);
  if (!price.active) refuse("ILLEGAL_STATE", "The price is archived.", path);
  return price.id;
}

async function save(
  transaction: Transaction,
  before: ProductRow,
  values: ProductRow,
  event: string,
): Promise<ProductChange> {
  const { row, changed } = await orStartOver(saveChange(transaction, "Product", { before, values, event }));
  return { product: row, changed };
}
