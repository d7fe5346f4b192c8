export * from "./discount.ts";
export * from "./price-terms.ts";
export * from "./pricing/amount.ts";
export * from "./pricing/check-tiers.ts";
export * from "./pricing/commitment.ts";
export * from "./pricing/pay-what-you-want.ts";
export * from "./pricing/split-line.ts";
export * from "./pricing/terms.ts";
export * from "./pricing/units.ts";
export * from "./pricing/usage-line.ts";
export * from "./tax.ts";
export {
  type ProductReference,
  findProductIds,
  productReference,
  requireProductId,
} from "./products/find.ts";
