import { priceOf } from "../../../src/domains/catalog/pricing/amount.ts";
import { tierFaults } from "../../../src/domains/catalog/pricing/check-tiers.ts";
import { priceWindows, trueUp } from "../../../src/domains/catalog/pricing/commitment.ts";
import { chosenAmountFault } from "../../../src/domains/catalog/pricing/pay-what-you-want.ts";
import { graduatedPercentageFee, percentageFee } from "../../../src/domains/catalog/pricing/percentage.ts";
import { proratedGraduatedAmount } from "../../../src/domains/catalog/pricing/prorated-tiers.ts";
import { roundTo, sum } from "../../../src/kit/decimal.ts";
import { majorUnits, minorUnits } from "../../../src/kit/money.ts";
import { roundings } from "./rounding.ts";
import { type PriceInput, type TierInput, termsOf, tiersOf } from "./terms.ts";

interface Percentage {
  rate_percent: string;
  events: string[];
  fixed_per_event?: string;
  free_events?: number;
  free_amount?: string;
  per_event_min?: string;
  per_event_max?: string;
  min_max_enabled?: boolean;
}

interface ProratedGraduated {
  tiers: TierInput[];
  event_units: string[];
  event_prorated_units: string[];
  rounding?: string;
}

interface WindowInput {
  unit: string;
  usage: string;
  commitment?: { type: string; value: string; overage_factor?: string; true_up?: boolean };
}

interface TieredInput {
  mode: string;
  tiers: TierInput[];
  quantity: string;
  charge_first_tier_flat_on_zero?: boolean;
}

export const prices = {
  "price.flat": ({ unit, quantity }: { unit: string; quantity: string }) =>
    priceOf(termsOf({ model: "unit", unit }), quantity),
  "price.package": ({ quantity, ...price }: Omit<PriceInput, "model"> & { quantity: string }) =>
    priceOf(termsOf({ ...price, model: "package" }), quantity),
  "price.tiered": (input: TieredInput) =>
    priceOf(
      termsOf({ model: input.mode, tiers: input.tiers }, input.charge_first_tier_flat_on_zero),
      input.quantity,
    ),
  "price.tiers_accepted": ({ tiers }: { tiers: TierInput[] }) => ({
    faults: tierFaults(tiersOf(tiers), []).map(({ path }) => path.join(".")),
  }),
  "price.chosen_amount": ({ minimum, maximum, chosen }: Record<string, string | undefined>) => ({
    accepted:
      chosenAmountFault(
        { minimumAmount: minimum ? BigInt(minimum) : null, maximumAmount: maximum ? BigInt(maximum) : null },
        chosen ? BigInt(chosen) : null,
        [],
      ) === null,
  }),
  "price.bucketed": ({ price, bucket_values }: { price: PriceInput; bucket_values: string[] }) => ({
    amount: sum(bucket_values.map((value) => priceOf(termsOf(price), value).amount)),
  }),
  "price.percentage": (input: Percentage) => ({
    amount: percentageFee(
      {
        percentage: input.rate_percent,
        fixedAmount: input.fixed_per_event,
        freeEvents: input.free_events,
        freeAmount: input.free_amount,
        minimumPerEvent: input.min_max_enabled === false ? null : input.per_event_min,
        maximumPerEvent: input.min_max_enabled === false ? null : input.per_event_max,
      },
      input.events,
    ),
  }),
  "price.graduated_percentage": (input: {
    tiers: { up_to: string | null; rate_percent: string; flat?: string }[];
    amount: string;
  }) => ({
    amount: graduatedPercentageFee(
      input.tiers.map((tier) => ({
        upTo: tier.up_to,
        percentage: tier.rate_percent,
        flatAmount: tier.flat,
      })),
      input.amount,
    ),
  }),
  "price.prorated_graduated": (input: ProratedGraduated) => {
    const changes = input.event_units.map((units, index) => ({
      units,
      proratedUnits: input.event_prorated_units[index] ?? "0",
    }));
    const exact = proratedGraduatedAmount(tiersOf(input.tiers), changes);
    return { amount: roundTo(exact, 2, roundings[input.rounding ?? "round"]) };
  },
  "price.window_commitment": ({ windows }: { windows: WindowInput[] }) => {
    const amounts = priceWindows(
      windows.map(({ unit, usage, commitment }) => ({
        unitAmount: unit,
        usage,
        commitment: commitment && {
          type: commitment.type === "quantity" ? "QUANTITY" : "AMOUNT",
          value: commitment.value,
          overageFactor: commitment.overage_factor,
          trueUp: commitment.true_up,
        },
      })),
    );
    return { ...amounts, true_up: amounts.trueUp };
  },
  // Without a currency amounts are minor units.
  "commitment.true_up": (input: { minimum: string; used: string; currency?: string }) => {
    const { minimum, used, currency } = input;
    return {
      amount: currency
        ? majorUnits(trueUp(minorUnits(minimum, currency), minorUnits(used, currency)), currency)
        : trueUp(minimum, used),
    };
  },
};
