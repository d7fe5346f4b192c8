import { priceOf } from "../../../src/domains/catalog/pricing/amount.ts";
import { priceOfPart } from "../../../src/domains/catalog/pricing/split-line.ts";
import {
  type UnitConversion,
  convertCounted,
  withoutFreeUnits,
} from "../../../src/domains/catalog/pricing/units.ts";
import { roundings } from "./rounding.ts";
import { type PriceInput, termsOf } from "./terms.ts";

interface SplitLine {
  price: PriceInput;
  quantity: string;
  pre_quantity?: string;
  last_line?: boolean;
  minimum?: string;
  maximum?: string;
  previously_billed?: string;
  percent_discount?: string;
  charge_first_tier_flat_on_zero?: boolean;
}

interface Conversion {
  operation: string;
  factor: string;
  rounding?: string;
  quantity: string;
  pre_quantity?: string;
  usage_discount?: string;
  price?: PriceInput;
}

export const usagePrices = {
  "price.split_line": (input: SplitLine) => ({
    amount: priceOfPart({
      terms: termsOf(input.price, input.charge_first_tier_flat_on_zero),
      quantity: input.quantity,
      before: input.pre_quantity,
      last: input.last_line,
      minimum: input.minimum,
      maximum: input.maximum,
      billedBefore: input.previously_billed,
      percentOff: input.percent_discount,
    }),
  }),
  "price.unit_conversion": (input: Conversion) => {
    const conversion: UnitConversion = {
      operation: input.operation === "divide" ? "DIVIDE" : "MULTIPLY",
      factor: input.factor,
      rounding: roundings[input.rounding ?? "none"],
    };
    const converted = convertCounted(input.pre_quantity ?? "0", input.quantity, conversion);
    const billed = withoutFreeUnits(converted.before, converted.quantity, input.usage_discount ?? "0");
    return {
      quantity: billed.quantity,
      amount: input.price && priceOf(termsOf(input.price), billed.quantity).amount,
    };
  },
  "price.usage_discount": (input: { discount: string; pre_quantity?: string; quantity: string }) => {
    const left = withoutFreeUnits(input.pre_quantity ?? "0", input.quantity, input.discount);
    return { quantity: left.quantity, pre_quantity: left.before };
  },
};
