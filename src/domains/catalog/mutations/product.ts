import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changePayload } from "../../../graph/payloads.ts";
import { upsertMutations } from "../../../graph/upserts.ts";
import {
  CreateProductInput,
  ProductStatusInput,
  UpdateProductInput,
  UpsertProductInput,
  UpsertProductsInput,
} from "../inputs/product.ts";
import type { PriceRow } from "../prices/row.ts";
import { createProduct } from "../products/create.ts";
import type { ProductRow } from "../products/fields.ts";
import { type ProductChange, archiveProduct, restoreProduct, updateProduct } from "../products/update.ts";
import type { ProductUpsertResult } from "../products/plan-upsert.ts";
import { upsertProductByExternalId, upsertProductsByExternalId } from "../products/upsert-by-external-id.ts";
import { Price } from "../schema/price.ts";
import { Product } from "../schema/product.ts";

mutation<object, { product: ProductRow; price: PriceRow | null }>("createProduct", {
  description: "Creates a product, with its default price where one is sent. Its key and slug must be free.",
  scope: "products:write",
  input: CreateProductInput as never,
  payload: (t) => ({
    product: t.field({
      type: Product,
      nullable: true,
      description: "The new product; null when it was refused.",
      resolve: ({ product }) => product,
    }),
    price: t.field({
      type: Price,
      nullable: true,
      description: "Its default price; null when none was sent.",
      resolve: ({ price }) => price,
    }),
  }),
  run: (input, context) => createProduct(context.database, writerOf(context), input),
});

const changes = {
  updateProduct: {
    run: updateProduct,
    input: UpdateProductInput,
    description:
      "Changes the fields of a product that are sent, all or nothing. Its key and kind never change.",
  },
  archiveProduct: {
    run: archiveProduct,
    input: ProductStatusInput("ArchiveProductInput"),
    description:
      "Archives a product: it cannot be sold any more, and its slug is free. What was sold before goes on. Doing it twice is the same as once.",
  },
  restoreProduct: {
    run: restoreProduct,
    input: ProductStatusInput("RestoreProductInput"),
    description:
      "Makes an archived product one that can be sold again. Refused while another product has its slug.",
  },
};

for (const [name, { run, input, description }] of Object.entries(changes)) {
  mutation<object, ProductChange>(name, {
    description,
    scope: "products:write",
    input: input as never,
    payload: changePayload("product", Product, "The product after the call; null when it was refused."),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}

upsertMutations<ProductUpsertResult>({
  noun: "product",
  type: Product,
  scope: "products:write",
  rules: "A new amount archives the default price and makes a new one.",
  warnings: "What was sent but not applied.",
  batch: {
    input: UpsertProductsInput,
    run: (input, context) => upsertProductsByExternalId(context.database, writerOf(context), input),
  },
  single: {
    input: UpsertProductInput,
    run: (input, context) => upsertProductByExternalId(context.database, writerOf(context), input),
  },
});
