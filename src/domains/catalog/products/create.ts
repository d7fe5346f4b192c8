import { z } from "zod";
import { objectEvent, orStartOver, updateRows } from "../../../db/changes.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { Refusal } from "../../../kit/refusal.ts";
import { checked, text } from "../../../kit/validate.ts";
import { definedPrice, definitionFaults, priceDefinition } from "../prices/definition.ts";
import { type PriceRow, newPrice } from "../prices/row.ts";
import { type ProductRow, emptyProduct, mergeProduct, productFaults, productFields } from "./fields.ts";
import { takenKeys } from "./taken.ts";

const newProduct = z.strictObject({
  ...productFields,
  productKey: text(255),
  name: text(255),
  kind: z.enum(["SUBSCRIPTION", "ONE_TIME", "USAGE"]),
  price: z.strictObject(priceDefinition).nullish(),
});

/** Creates a product, with its default price where one is sent. */
export async function createProduct(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ product: ProductRow; price: PriceRow | null }> {
  const { price: definition, productKey, name, kind, ...fields } = checked(newProduct, sent);
  const values = { ...mergeProduct(emptyProduct, fields), productKey, name, kind };
  const faults = [
    ...productFaults(values, []),
    ...(definition ? definitionFaults(definition, ["price"]) : []),
  ];
  if (definition && (definition.type === "RECURRING") !== (kind !== "ONE_TIME")) {
    const message =
      kind === "ONE_TIME"
        ? "A ONE_TIME product has ONE_TIME prices."
        : `A ${kind} product has RECURRING prices.`;
    faults.push({ code: "INVALID", message, path: ["price", "type"] });
  }
  if (faults.length) throw new Refusal(faults);
  return transact(host, writer, async (transaction) => {
    const product = insertable(transaction, values);
    const taken = await takenKeys(transaction, product, []);
    if (taken.length) throw new Refusal(taken);
    await orStartOver(insertRows(transaction, "Product", [product]));
    transaction.emit(objectEvent("product.created", product));
    if (!definition) return { product, price: null };
    const price = newPrice(transaction, product.id, definedPrice(definition));
    await insertRows(transaction, "Price", [price]);
    transaction.emit(objectEvent("price.created", price));
    const after = { ...product, defaultPriceId: price.id, version: product.version + 1 };
    await updateRows(transaction, "Product", [{ before: product, after }]);
    return { product: after, price };
  });
}

/** The row of a product that is made now. */
export function insertable(
  { environmentId, now }: Transaction,
  values: Omit<ProductRow, "environmentId" | "id" | "version" | "createdAt" | "updatedAt" | "archivedAt">,
): ProductRow {
  return {
    ...values,
    environmentId,
    id: newId(),
    version: 1,
    createdAt: now,
    updatedAt: now,
    archivedAt: null,
  };
}
