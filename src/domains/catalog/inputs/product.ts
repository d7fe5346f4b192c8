import {
  type InputBuilder,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
} from "../../../graph/inputs.ts";
import { ProductReferenceInput } from "../../../graph/references.ts";
import { BillingInterval } from "../../../graph/values.ts";
import {
  BillingAnchorRule,
  FirstChargeBehavior,
  FulfillmentType,
  ProductEndBehavior,
  ProductKind,
  TaxBehavior,
} from "../schema/product-enums.ts";
import { PriceDefinitionInput } from "./price.ts";

/** The input fields that describe a product. */
function productFields(t: InputBuilder) {
  return {
    description: t.string({ description: "What it is, for customers; at most 5,000 characters." }),
    slug: t.string({
      description:
        "A name for addresses: small letters, digits and hyphens; unique among products that are not archived.",
    }),
    taxCode: t.string({ description: "The code that a tax service knows it by, at most 100 characters." }),
    taxBehavior: t.field({
      type: TaxBehavior,
      description: "Whether its prices contain tax. EXCLUSIVE unless said.",
    }),
    imageUrl: t.string({ description: "Where a picture of it is: an http or https address." }),
    active: t.boolean({ description: "Whether it can be sold. true unless said." }),
    fulfillmentType: t.field({
      type: FulfillmentType,
      description: "How it is delivered. NONE unless said.",
    }),
    trackInventory: t.boolean({ description: "Whether its stock is counted: ONE_TIME products only." }),
    stockQuantity: t.int({ description: "How many there are. Needed with `trackInventory`." }),
    billingAnchorRule: t.field({
      type: BillingAnchorRule,
      description: "When the periods of its subscriptions start. SAME_DAY unless said.",
    }),
    billingAnchorDay: t.int({ description: "The day, 1 to 31. Needed for DAY_OF_MONTH." }),
    firstChargeBehavior: t.field({
      type: FirstChargeBehavior,
      description: "What is charged for the time before the first anchor. IMMEDIATE unless said.",
    }),
    endBehavior: t.field({
      type: ProductEndBehavior,
      description: "How long its subscriptions last. UNTIL_CANCELED unless said.",
    }),
    maxPayments: t.int({ description: "How many payments, 1 to 999. Needed for FIXED_PAYMENTS." }),
    metadata: metadataField(t),
  };
}

export const CreateProductInput = input("CreateProductInput", "A new product.", (t) => ({
  productKey: t.string({
    required: true,
    description:
      "The merchant's own key, at most 255 characters, unique in the environment. It never changes.",
  }),
  name: t.string({ required: true, description: "The name, as customers see it; at most 255 characters." }),
  kind: t.field({ type: ProductKind, required: true, description: "How it is sold. It never changes." }),
  ...productFields(t),
  price: t.field({ type: PriceDefinitionInput, description: "Its default price." }),
}));

export const UpdateProductInput = input("UpdateProductInput", `Changes of a product. ${leftAlone}`, (t) => ({
  product: t.field({ type: ProductReferenceInput, required: true, description: "Which product." }),
  name: t.string({ description: "The name; it cannot be cleared." }),
  ...productFields(t),
  defaultPriceId: t.id({
    description: "The price that is used when only the product is named; one of its own.",
  }),
  replaceMetadata: t.boolean({ description: "true: `metadata` takes the place of what is stored." }),
  expectedVersion: expectedVersionField(t),
}));

export const ProductStatusInput = (name: string) =>
  input(name, "Which product.", (t) => ({
    product: t.field({ type: ProductReferenceInput, required: true, description: "Which product." }),
  }));

const ExternalProductInput = input(
  "ExternalProductInput",
  `A product as another system knows it. ${leftAlone}`,
  (t) => ({
    externalId: t.string({
      required: true,
      description: "The id in the other system, at most 255 characters.",
    }),
    externalUpdatedAt: t.field({
      type: "DateTime",
      description:
        "When that system last changed the record. Older than what is stored: not applied. The same: applied. Left out: applied, and the stored one stays.",
    }),
    productKey: t.string({
      description: "The merchant's own key of a new product. The external id unless said.",
    }),
    name: t.string({ description: "The name. Needed for a product that is not known yet." }),
    description: t.string({ description: "What it is, for customers." }),
    kind: t.field({
      type: ProductKind,
      description: "SUBSCRIPTION or ONE_TIME. Unless said: SUBSCRIPTION where there is an interval.",
    }),
    amount: t.field({
      type: "SafeInt",
      description:
        "What it costs, in minor units. Needed for a product that is not known yet. A new amount makes a new price.",
    }),
    currency: t.field({ type: "Currency", description: "The currency. USD unless said." }),
    interval: t.field({
      type: BillingInterval,
      description: "The unit of time it repeats in. MONTH unless said.",
    }),
    intervalCount: t.int({ description: "How many intervals a period has, 1 to 12." }),
    imageUrl: t.string({ description: "Where a picture of it is." }),
    taxCode: t.string({ description: "The code that a tax service knows it by." }),
    active: t.boolean({ description: "Whether it can be sold." }),
    metadata: metadataField(t),
  }),
);

const sourceField = (t: InputBuilder) =>
  t.string({ required: true, description: "The system, such as `practicehub`; at most 64 characters." });

export const UpsertProductsInput = input(
  "UpsertProductsByExternalIdInput",
  "Products of one other system.",
  (t) => ({
    source: sourceField(t),
    products: t.field({
      type: [ExternalProductInput],
      required: true,
      description: "1 to 100 products. The same external id twice is done in turn.",
    }),
  }),
);

export const UpsertProductInput = input(
  "UpsertProductByExternalIdInput",
  "A product of another system.",
  (t) => ({
    source: sourceField(t),
    product: t.field({ type: ExternalProductInput, required: true, description: "The product." }),
  }),
);
