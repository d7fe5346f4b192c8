import type { Row } from "../../db/datamodel.ts";
import { type Numeric, decimal, roundTo, roundToInteger } from "../../kit/decimal.ts";
import { isBillable } from "../../kit/limits.ts";
import { refuse } from "../../kit/refusal.ts";
import { chosenAmountFault, lineAmount, priceLine, priceOf, termsOf } from "../catalog/index.ts";
import type { InvoiceLineDraft, TaxRateDraft } from "./draft.ts";
import type { LineInput } from "./line-input.ts";
import type { Offers } from "./offers.ts";

/** Makes a line of what was sent; refuses, below `path`, what does not fit. */
export function lineFrom(
  sent: LineInput,
  {
    currency,
    offers,
    path,
  }: { readonly currency: string; readonly offers: Offers; readonly path: readonly string[] },
): InvoiceLineDraft {
  const product = sent.product ? offers.product(sent.product, [...path, "product"]) : null;
  const price = sent.price
    ? offers.price(sent.price, [...path, "price"])
    : sent.unitAmount == null && product
      ? offers.defaultPrice(product, [...path, "product"])
      : null;
  const cost = price ? atPrice(sent, price, currency, path) : freely(sent, path);
  if (!isBillable(cost.amount)) {
    refuse("INVALID", "The line comes to more than can be billed.", [...path, "unitAmount"]);
  }
  const sold = product ?? (price ? offers.productOf(price) : null);
  const description = sent.description ?? price?.name ?? sold?.name;
  if (description == null)
    refuse("REQUIRED", "A line that names no product needs a description.", [...path, "description"]);
  return {
    ...cost,
    description,
    priceId: price?.id ?? null,
    productId: sold?.id ?? null,
    period: sent.period ?? null,
    metadata: sent.metadata ?? {},
    taxRates: sent.taxRates ? ratesOf(sent.taxRates, offers, [...path, "taxRates"]) : undefined,
  };
}

/** The tax rates with these ids. */
export function ratesOf(ids: readonly string[], offers: Offers, path: readonly string[]): TaxRateDraft[] {
  return ids.map((id, index) => {
    const own = [...path, String(index)];
    if (ids.indexOf(id) < index) refuse("CONFLICT", "The tax rate stands here twice.", own);
    return offers.taxRate(id, own);
  });
}

type Cost = Pick<InvoiceLineDraft, "quantity" | "unitAmount" | "amount" | "breakdown">;

function freely(sent: LineInput, path: readonly string[]): Cost {
  if (sent.unitAmount == null) {
    refuse("REQUIRED", "A line needs a price of the catalog, or a unit amount.", [...path, "unitAmount"]);
  }
  const units = sent.quantity ?? "1";
  return { quantity: units, unitAmount: sent.unitAmount, amount: lineAmount(units, sent.unitAmount) };
}

function atPrice(sent: LineInput, price: Row<"Price">, currency: string, path: readonly string[]): Cost {
  const units: Numeric = sent.quantity ?? "1";
  if (price.currency !== currency) {
    const message = `The price is in ${price.currency} and the invoice in ${currency}: an invoice has one currency.`;
    refuse("CONFLICT", message, [...path, "price"]);
  }
  if (price.pricingModel === "PAY_WHAT_YOU_WANT") return chosen(sent, price, units, path);
  if (sent.unitAmount != null) {
    refuse("CONFLICT", "The price says what a unit costs. Leave one of the two out.", [
      ...path,
      "unitAmount",
    ]);
  }
  const terms = termsOf(price);
  const exact = priceOf(terms, units).amount;
  const { amount, breakdown } = priceLine(terms, units);
  const one = decimal(units).isZero() ? price.unitAmount : roundTo(exact.div(decimal(units)), 12);
  const explains = breakdown.length > 1 || price.billingScheme !== "PER_UNIT";
  return { quantity: units, unitAmount: one, amount, breakdown: explains ? breakdown : null };
}

function chosen(sent: LineInput, price: Row<"Price">, units: Numeric, path: readonly string[]): Cost {
  const named = sent.unitAmount ?? price.suggestedAmount;
  if (named == null) {
    refuse("REQUIRED", "The buyer chooses what this price costs: say how much.", [...path, "unitAmount"]);
  }
  const whole = roundToInteger(named);
  const fault = chosenAmountFault(price, whole, [...path, "unitAmount"]);
  if (fault) refuse(fault.code, fault.message, fault.path);
  return { quantity: units, unitAmount: whole, amount: lineAmount(units, whole) };
}
