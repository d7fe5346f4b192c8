import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { readByIds } from "../../db/reads.ts";
import type { Transaction } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import type { LineInput } from "./line-input.ts";

type PriceReference = NonNullable<LineInput["price"]>;
type ProductReference = NonNullable<LineInput["product"]>;
type Path = readonly string[];

/** What lines can be made of: each refuses, at a path, what there is not, or what is not sold any more. */
export interface Offers {
  price(reference: PriceReference, path: Path): Row<"Price">;
  product(reference: ProductReference, path: Path): Row<"Product">;
  defaultPrice(product: Row<"Product">, path: Path): Row<"Price">;
  productOf(price: Row<"Price">): Row<"Product"> | null;
  taxRate(id: string, path: Path): Row<"TaxRate">;
}

/** Reads all prices, products and tax rates that lines name. Three statements at most, however many lines. */
export async function readOffers(
  transaction: Transaction,
  lines: readonly Pick<LineInput, "price" | "product" | "taxRates">[],
  taxRateIds: readonly string[] = [],
): Promise<Offers> {
  const products = await readProducts(
    transaction,
    lines.flatMap(({ product }) => product ?? []),
  );
  const prices = await readPrices(
    transaction,
    lines.flatMap(({ price }) => price ?? []),
    products.flatMap(({ defaultPriceId }) => defaultPriceId ?? []),
  );
  const sold = await readById(
    transaction,
    "Product",
    prices.map(({ productId }) => productId).filter((id) => products.every((product) => product.id !== id)),
  );
  const rates = await readById(transaction, "TaxRate", [
    ...taxRateIds,
    ...lines.flatMap((line) => line.taxRates ?? []),
  ]);
  const ofSale = [...products, ...sold];
  return {
    price: (reference, path) => active(prices.find(matchesPrice(reference)), "price", path),
    product: (reference, path) => active(products.find(matchesProduct(reference)), "product", path),
    defaultPrice: ({ defaultPriceId }, path) => {
      const price = prices.find(({ id }) => id === defaultPriceId);
      return (
        price ?? refuse("REQUIRED", "The product has no default price: name a price or a unit amount.", path)
      );
    },
    productOf: (price) => ofSale.find(({ id }) => id === price.productId) ?? null,
    taxRate: (id, path) =>
      active(
        rates.find((rate) => rate.id === id.toLowerCase()),
        "tax rate",
        path,
      ),
  };
}

function active<R extends { readonly active: boolean }>(row: R | undefined, noun: string, path: Path): R {
  if (!row) refuse("NOT_FOUND", `There is no such ${noun}.`, path);
  if (!row.active) refuse("ILLEGAL_STATE", `The ${noun} is not active any more.`, path);
  return row;
}

function matchesPrice(reference: PriceReference): (price: Row<"Price">) => boolean {
  if ("lookupKey" in reference) return ({ lookupKey, active: is }) => is && lookupKey === reference.lookupKey;
  return ({ id }) => id === reference.id.toLowerCase();
}

function matchesProduct(reference: ProductReference): (product: Row<"Product">) => boolean {
  if ("productKey" in reference) return ({ productKey }) => productKey === reference.productKey;
  if ("id" in reference) return ({ id }) => id === reference.id.toLowerCase();
  const { source, id } = reference.external;
  return ({ externalSource, externalId }) => externalSource === source && externalId === id;
}

async function readById<M extends "Product" | "TaxRate">(
  transaction: Transaction,
  model: M,
  ids: readonly string[],
): Promise<Row<M>[]> {
  const known = [...new Set(ids.filter(isId))];
  if (!known.length) return [];
  const rows = await readByIds(transaction, transaction.environmentId, model, known);
  return rows.filter((row): row is Row<M> => row !== null);
}

async function readPrices(
  transaction: Transaction,
  references: readonly PriceReference[],
  defaults: readonly string[],
): Promise<Row<"Price">[]> {
  const ids = [...defaults, ...references.flatMap((reference) => ("id" in reference ? reference.id : []))];
  const keys = references.flatMap((reference) => ("lookupKey" in reference ? reference.lookupKey : []));
  if (!ids.length && !keys.length) return [];
  const { name, select } = tableOf("Price");
  return transaction.query(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${transaction.environmentId}::uuid
      AND (t.id = ANY(${ids.filter(isId)}::uuid[]) OR (t.active AND t.lookup_key = ANY(${keys}::text[])))`);
}

async function readProducts(
  transaction: Transaction,
  references: readonly ProductReference[],
): Promise<Row<"Product">[]> {
  if (!references.length) return [];
  const ids = references.flatMap((reference) =>
    "id" in reference && isId(reference.id) ? reference.id : [],
  );
  const keys = references.flatMap((reference) => ("productKey" in reference ? reference.productKey : []));
  const external = references.flatMap((reference) => ("external" in reference ? reference.external : []));
  const { name, select } = tableOf("Product");
  return transaction.query(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${transaction.environmentId}::uuid
      AND (t.id = ANY(${ids}::uuid[]) OR t.product_key = ANY(${keys}::text[])
        OR (t.external_source, t.external_id) IN (
          SELECT * FROM unnest(${external.map(({ source }) => source)}::text[], ${external.map(({ id }) => id)}::text[])
        ))`);
}
