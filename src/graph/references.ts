import { ExternalReferenceInput, oneOf } from "./inputs.ts";

// How inputs of any domain name objects of another.

export const CustomerReferenceInput = oneOf(
  "CustomerReference",
  "Names a customer, by one of these.",
  (t) => ({
    id: t.id({ description: "The id, a UUID." }),
    external: t.field({
      type: ExternalReferenceInput,
      description: "An id in another system; one that was renamed since will do.",
    }),
  }),
);

export const InvoiceReferenceInput = oneOf("InvoiceReference", "Names an invoice, by one of these.", (t) => ({
  id: t.id({ description: "The id, a UUID." }),
  number: t.string({ description: "The number." }),
  external: t.field({ type: ExternalReferenceInput, description: "The id in another system." }),
}));

export const PriceReferenceInput = oneOf("PriceReference", "Names a price, by one of these.", (t) => ({
  id: t.id({ description: "The id, a UUID." }),
  lookupKey: t.string({ description: "The merchant's own key of an active price." }),
}));

export const ProductReferenceInput = oneOf("ProductReference", "Names a product, by one of these.", (t) => ({
  id: t.id({ description: "The id, a UUID." }),
  productKey: t.string({ description: "The merchant's own key of the product." }),
  external: t.field({ type: ExternalReferenceInput, description: "An id in another system." }),
}));

export const WalletReferenceInput = oneOf("WalletReference", "Names a wallet, by one of these.", (t) => ({
  id: t.id({ description: "The id, a UUID." }),
  ofCustomer: t.field({
    type: CustomerReferenceInput,
    description: "Its customer, where that has one active wallet and no other.",
  }),
}));
