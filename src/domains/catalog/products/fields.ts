import { z } from "zod";
import type { Row } from "../../../db/datamodel.ts";
import { mergedMetadata, metadataFaults, metadataInput } from "../../../kit/metadata.ts";
import type { Fault } from "../../../kit/refusal.ts";
import { clearable, text } from "../../../kit/validate.ts";

export type ProductRow = Row<"Product">;

const wholeNumber = (least: number, most: number) =>
  z.number().int().min(least, `must be ${least} to ${most}`).max(most, `must be ${least} to ${most}`);

const slug = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

const mostStock = 2 ** 31 - 1;

/** What a caller may say of a product at any time. A field that is left out is left alone; null clears it. */
export const productFields = {
  name: text(255).optional(),
  description: clearable(text(5_000)),
  slug: clearable(
    text(100).refine((value) => slug.test(value), "must be small letters, digits and single hyphens"),
  ),
  taxCode: clearable(text(100)),
  taxBehavior: z.enum(["INCLUSIVE", "EXCLUSIVE"]).nullish(),
  imageUrl: clearable(
    z.url({ protocol: /^https?$/, error: "must be an address that starts with https://" }).max(2_000),
  ),
  active: z.boolean().nullish(),
  fulfillmentType: z.enum(["NONE", "DIGITAL", "PHYSICAL"]).nullish(),
  trackInventory: z.boolean().nullish(),
  stockQuantity: wholeNumber(0, mostStock).nullish(),
  billingAnchorRule: z.enum(["SAME_DAY", "DAY_OF_MONTH", "LAST_DAY"]).nullish(),
  billingAnchorDay: wholeNumber(1, 31).nullish(),
  firstChargeBehavior: z.enum(["IMMEDIATE", "NEXT_ANCHOR", "PRORATE"]).nullish(),
  endBehavior: z.enum(["UNTIL_CANCELED", "FIXED_PAYMENTS"]).nullish(),
  maxPayments: wholeNumber(1, 999).nullish(),
  metadata: metadataInput.nullish(),
};

const schema = z.object(productFields);

export type ProductFields = Partial<z.infer<typeof schema>>;

type ProductValues = Omit<
  ProductRow,
  | "environmentId"
  | "id"
  | "version"
  | "createdAt"
  | "updatedAt"
  | "archivedAt"
  | "productKey"
  | "name"
  | "kind"
>;

/** What a product has of which nothing was said. */
export const emptyProduct: ProductValues = {
  description: null,
  slug: null,
  taxCode: null,
  taxBehavior: "EXCLUSIVE",
  imageUrl: null,
  active: true,
  defaultPriceId: null,
  fulfillmentType: "NONE",
  trackInventory: false,
  stockQuantity: null,
  billingAnchorRule: "SAME_DAY",
  billingAnchorDay: null,
  firstChargeBehavior: "IMMEDIATE",
  endBehavior: "UNTIL_CANCELED",
  maxPayments: null,
  externalSource: null,
  externalId: null,
  externalUpdatedAt: null,
  metadata: {},
};

/** What null sets, where it is no value of the column. */
const cleared: Partial<ProductValues> = emptyProduct;

/** The values of a product after `sent` arrived. */
export function mergeProduct<P extends ProductValues>(
  stored: P,
  sent: ProductFields,
  replaceMetadata = false,
): P {
  const { metadata, ...plain } = sent;
  const merged: Record<string, unknown> = { ...stored };
  for (const [field, value] of Object.entries(plain)) {
    if (value !== undefined) merged[field] = value ?? cleared[field as keyof ProductValues] ?? null;
  }
  if (metadata !== undefined) {
    merged["metadata"] = mergedMetadata(stored.metadata, metadata, replaceMetadata);
  }
  return merged as P;
}

/** What is wrong with a product as a whole. */
export function productFaults(
  product: Omit<ProductRow, "environmentId" | "id" | "version" | "createdAt" | "updatedAt" | "archivedAt">,
  path: readonly string[],
): Fault[] {
  const faults: Fault[] = [];
  const add = (code: Fault["code"], field: string, message: string): void => {
    faults.push({ code, message, path: [...path, field] });
  };
  const {
    kind,
    trackInventory,
    stockQuantity,
    billingAnchorRule,
    billingAnchorDay,
    endBehavior,
    maxPayments,
  } = product;
  if (trackInventory && kind !== "ONE_TIME")
    add("INVALID", "trackInventory", "Only ONE_TIME products have a stock.");
  if (trackInventory && stockQuantity === null) add("REQUIRED", "stockQuantity", "Say how many there are.");
  if (!trackInventory && stockQuantity !== null) {
    add("INVALID", "stockQuantity", "Without trackInventory there is no stock: leave it out, or send null.");
  }
  if (billingAnchorRule === "DAY_OF_MONTH" && billingAnchorDay === null) {
    add("REQUIRED", "billingAnchorDay", "DAY_OF_MONTH needs the day.");
  }
  if (billingAnchorRule !== "DAY_OF_MONTH" && billingAnchorDay !== null) {
    add("INVALID", "billingAnchorDay", "Only DAY_OF_MONTH has a day: leave it out, or send null.");
  }
  if (endBehavior === "FIXED_PAYMENTS" && maxPayments === null) {
    add("REQUIRED", "maxPayments", "FIXED_PAYMENTS needs the number of payments.");
  }
  if (endBehavior !== "FIXED_PAYMENTS" && maxPayments !== null) {
    add(
      "INVALID",
      "maxPayments",
      "Only FIXED_PAYMENTS has a number of payments: leave it out, or send null.",
    );
  }
  return [...faults, ...metadataFaults(product.metadata)];
}
