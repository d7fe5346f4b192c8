import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { readByIds } from "../../db/reads.ts";
import type { Transaction } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import type { Numeric } from "../../kit/decimal.ts";
import { type Fault, Refusal } from "../../kit/refusal.ts";
import { chosenAmountFault } from "../catalog/index.ts";
import type { Pricing } from "./fields.ts";

/** A price that can be sold, with its product. */
export interface Offer {
  readonly price: Row<"Price">;
  readonly product: Row<"Product">;
}

/**
 * The prices that inputs name, by themselves or as the default of a product, in their order. Refuses those that name none,
 * and prices that are not sold, unless they were agreed before, or not again and again. `pathOf` leads to each. Three statements.
 */
export async function requireOffers(
  transaction: Transaction,
  named: readonly Pricing[],
  pathOf: (index: number) => readonly string[],
  agreed = false,
): Promise<Offer[]> {
  const shape = named.flatMap((one, index) =>
    (one.price == null) === (one.product == null)
      ? [fault("INVALID", "Name either a price or a product.", pathOf(index))]
      : [],
  );
  if (shape.length) throw new Refusal(shape);
  const found = await findPrices(transaction, named);
  const prices = await readByIds(
    transaction,
    transaction.environmentId,
    "Price",
    found.map(({ priceId }) => priceId).filter((id) => id !== null),
  );
  const priceOf = new Map(prices.flatMap((price) => (price ? [[price.id, price]] : [])));
  const products = await readByIds(
    transaction,
    transaction.environmentId,
    "Product",
    [...priceOf.values()].map(({ productId }) => productId),
  );
  const productOf = new Map(products.flatMap((product) => (product ? [[product.id, product]] : [])));
  const faults: Fault[] = [];
  const offers = named.flatMap((one, index) => {
    const path = [...pathOf(index), one.price ? "price" : "product"];
    const { priceId = null, productId = null } = found[index] ?? {};
    const price = priceOf.get(priceId ?? "");
    const product = productOf.get(price?.productId ?? "");
    if (price && product) {
      faults.push(...(agreed ? [] : offerFaults({ price, product }, path)));
      if (one.unitAmount != null && price.pricingModel !== "PAY_WHAT_YOU_WANT") {
        const message = "Only prices with the model PAY_WHAT_YOU_WANT leave the amount to the customer.";
        faults.push(fault("INVALID", message, [...pathOf(index), "unitAmount"]));
      }
      return [{ price, product }];
    }
    faults.push(
      productId
        ? fault("INVALID", "The product has no default price: name a price.", path)
        : fault("NOT_FOUND", `There is no such ${one.price ? "price" : "product"}.`, path),
    );
    return [];
  });
  if (faults.length) throw new Refusal(faults);
  return offers;
}

/**
 * Refuses amounts that customers chose and that their prices do not allow, and those that are missing where the price suggests none.
 * `pathOf` leads to each.
 */
export function refuseUnfitAmounts(
  offers: readonly Pick<Offer, "price">[],
  named: readonly Pick<Pricing, "unitAmount">[],
  pathOf: (index: number) => readonly string[],
): void {
  const faults = offers.flatMap(({ price }, index) => {
    if (price.pricingModel !== "PAY_WHAT_YOU_WANT") return [];
    const said: Numeric | null = named[index]?.unitAmount ?? suggestionOf(price);
    return chosenAmountFault(price, said, pathOf(index)) ?? [];
  });
  if (faults.length) throw new Refusal(faults);
}

function suggestionOf({ suggestedAmount, unitAmount }: Row<"Price">): Numeric | null {
  return suggestedAmount ?? (unitAmount.isZero() ? null : unitAmount);
}

function offerFaults({ price, product }: Offer, path: readonly string[]): Fault[] {
  if (!price.active)
    return [fault("ILLEGAL_STATE", "The price is archived: it cannot be sold any more.", path)];
  if (!product.active || product.archivedAt) {
    return [fault("ILLEGAL_STATE", "The product is archived: it cannot be sold any more.", path)];
  }
  if (price.type !== "RECURRING" || !price.interval || !price.intervalCount) {
    return [fault("INVALID", "The price is billed once: a subscription needs a recurring one.", path)];
  }
  return [];
}

function fault(code: Fault["code"], message: string, path: readonly string[]): Fault {
  return { code, message, path };
}

async function findPrices(
  transaction: Transaction,
  named: readonly Pricing[],
): Promise<{ priceId: string | null; productId: string | null }[]> {
  const records = named.map(({ price, product }) => ({
    price_id: price && "id" in price && isId(price.id) ? price.id : null,
    lookup_key: price && "lookupKey" in price ? price.lookupKey : null,
    product_id: product && "id" in product && isId(product.id) ? product.id : null,
    product_key: product && "productKey" in product ? product.productKey : null,
    source: product && "external" in product ? product.external.source : null,
    external_id: product && "external" in product ? product.external.id : null,
  }));
  return transaction.query(Prisma.sql`
    SELECT coalesce(p.id, d.default_price_id) AS "priceId", d.id AS "productId"
    FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS (
      price_id uuid, lookup_key text, product_id uuid, product_key text, source text, external_id text
    )) WITH ORDINALITY AS w(price_id, lookup_key, product_id, product_key, source, external_id, position)
    LEFT JOIN prices p ON p.environment_id = ${transaction.environmentId}::uuid
      AND (p.id = w.price_id OR (p.lookup_key = w.lookup_key AND p.active))
    LEFT JOIN products d ON d.environment_id = ${transaction.environmentId}::uuid
      AND (d.id = w.product_id OR d.product_key = w.product_key
        OR (d.external_source = w.source AND d.external_id = w.external_id))
    ORDER BY w.position`);
}
