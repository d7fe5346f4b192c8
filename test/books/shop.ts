import { advanceClock } from "../../src/domains/engine/index.ts";
import type { TestApi } from "../kit/api.ts";
import {
  type DiscountKey,
  type PriceKey,
  type TaxKey,
  discountOf,
  priceOf,
  discounts,
  priceKeys,
  taxRates,
} from "./catalog.ts";
import { type Ledger, ledgerFields, ledgerOf } from "./ledger.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

/** A fault that no caller may see. */
export class Broken extends Error {}

/** A merchant with all that is in the catalog, in which many customers live. */
export interface Shop {
  readonly byDay: boolean;
  readonly cancelsUnpaid: boolean;
  readonly priceIds: ReadonlyMap<string, PriceKey>;
  readonly taxIds: ReadonlyMap<TaxKey, string>;
  readonly meterEvent: string;
  /** Runs a mutation; throws `Broken` where the whole request fails. */
  mutate(name: string, input: object, fields: string): Promise<any>;
  readLedger(customerId: string): Promise<Ledger>;
  /** Does what a worker would: lets a clock arrive that takes longer than a call waits. */
  arrive(clockId: string): Promise<void>;
  read(document: string, variables: Record<string, unknown>): Promise<any>;
  readClock(clockId: string): Promise<any>;
}

export interface ShopOptions {
  readonly byDay?: boolean;
  readonly cancelsUnpaid?: boolean;
}

const errors = "userErrors { code message path }";

/** Opens a shop by the API's own mutations. */
export async function openShop(
  api: TestApi,
  { byDay = false, cancelsUnpaid = false }: ShopOptions = {},
): Promise<Shop> {
  const { key, environmentId } = await api.newEnvironment();
  const mutate: Shop["mutate"] = async (name, input, fields) => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} ${errors} } }${
      fields.includes("...Ledger") ? ` ${ledgerFields}` : ""
    }`;
    const { data, errors: faults } = await api.graphql(document, { input }, { key });
    if (faults) throw new Broken(`${name}: ${JSON.stringify(faults)}`);
    return data[name];
  };
  const read: Shop["read"] = async (document, variables) => {
    const { data, errors: faults } = await api.graphql(document, variables, { key });
    if (faults) throw new Broken(`reading: ${JSON.stringify(faults)}`);
    return data;
  };
  const made = async (name: string, input: object, fields: string): Promise<any> => {
    const payload = await mutate(name, input, fields);
    if (payload.userErrors.length) throw new Error(`${name}: ${JSON.stringify(payload.userErrors)}`);
    return payload;
  };
  await made("updateBillingSettings", { prorateByDay: byDay, autoCancelUnpaid: cancelsUnpaid }, "__typename");
  const products = new Map<string, string>();
  for (const product of ["A", "B", "C"]) {
    const input = { name: product, productKey: product, kind: "SUBSCRIPTION" };
    products.set(product, (await made("createProduct", input, "product { id }")).product.id);
  }
  const meterEvent = "used";
  const meter = await made(
    "createMeter",
    { name: "Used", eventName: meterEvent, aggregation: "SUM", status: "ACTIVE" },
    "meter { id }",
  );
  const priceIds = new Map<string, PriceKey>();
  for (const priceKey of priceKeys) {
    const { price } = await made("createPrice", priceInput(priceKey, meter.meter.id), "price { id }");
    priceIds.set(price.id, priceKey);
  }
  for (const code of Object.keys(discounts) as DiscountKey[]) {
    await made("createDiscount", discountInput(code), "discount { id }");
  }
  const taxIds = new Map<TaxKey, string>();
  for (const taxKey of Object.keys(taxRates) as TaxKey[]) {
    const { taxRate } = await made("createTaxRate", { name: taxKey, ...taxRates[taxKey] }, "taxRate { id }");
    taxIds.set(taxKey, taxRate.id);
  }
  return {
    byDay,
    cancelsUnpaid,
    priceIds,
    taxIds,
    meterEvent,
    mutate,
    read,
    arrive: async (clockId) => {
      const writer = { environmentId, actor: "engine", requestId: null, now: new Date() };
      await advanceClock(api.database, writer, clockId, new AbortController().signal);
    },
    readClock: async (id) =>
      (await read("query ($id: ID!) { testClock(id: $id) { status now leftUndone } }", { id })).testClock,
    readLedger: async (id) =>
      ledgerOf(
        (await read(`query ($id: ID!) { customer(id: $id) { ...Ledger } } ${ledgerFields}`, { id })).customer,
      ),
  };
}

function priceInput(key: PriceKey, meterId: string): object {
  const price = priceOf(key);
  const scheme = price.scheme ?? "PER_UNIT";
  const tiers = price.tiers?.map(({ upTo, unit, flat }) => ({
    ...(upTo && { upTo: String(upTo) }),
    unitAmount: unit,
    ...(flat && { flatAmount: flat }),
  }));
  return {
    product: { productKey: price.product },
    type: "RECURRING",
    lookupKey: key,
    interval: price.interval,
    intervalCount: price.count ?? 1,
    payInAdvance: price.payInAdvance,
    ...(price.unitAmount && { unitAmount: price.unitAmount }),
    ...(price.metered && { meterId }),
    ...(price.minimum && { spendingMinimum: price.minimum }),
    ...(price.startRule && { startRule: price.startRule }),
    ...(tiers && { billingScheme: "TIERED", tiersMode: scheme, tiers }),
    ...(scheme === "PACKAGE" && { billingScheme: "PACKAGE", packageSize: String(price.packageSize) }),
    ...(scheme === "CHOSEN" && {
      pricingModel: "PAY_WHAT_YOU_WANT",
      minimumAmount: 1000,
      maximumAmount: 5000,
    }),
  };
}

function discountInput(code: DiscountKey): object {
  const { percentage, amount, product, duration, cycles } = discountOf(code);
  return {
    code,
    duration,
    ...(percentage
      ? { type: "PERCENTAGE", value: percentage }
      : { type: "FIXED_AMOUNT", value: String(amount), currency: "USD" }),
    ...(cycles && { durationCycles: cycles }),
    ...(product && { scope: "SPECIFIC_PRODUCTS", products: [{ productKey: product }] }),
    maxRedemptionsPerCustomer: 0,
  };
}
