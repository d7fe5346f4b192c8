import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changePayload, objectPayload } from "../../../graph/payloads.ts";
import { ArchivePriceInput, CreatePriceInput, ReplacePriceInput, UpdatePriceInput } from "../inputs/price.ts";
import { createPrice, replacePrice } from "../prices/create.ts";
import type { PriceRow } from "../prices/row.ts";
import { type PriceChange, archivePrice, updatePrice } from "../prices/update.ts";
import { Price } from "../schema/price.ts";

mutation<object, { price: PriceRow }>("createPrice", {
  description:
    "Creates a price of a product. What makes it a price never changes: a new amount is a new price, see `replacePrice`.",
  scope: "prices:write",
  input: CreatePriceInput as never,
  payload: objectPayload("price", Price, "The new price; null when it was refused."),
  run: (input, context) => createPrice(context.database, writerOf(context), input),
});

mutation<object, { price: PriceRow; replaced: PriceRow }>("replacePrice", {
  description:
    "Archives a price and makes another one that takes over its labels, its lookup key and its place as the product's default. Subscriptions stay at the old price until they are changed.",
  scope: "prices:write",
  input: ReplacePriceInput as never,
  payload: (t) => ({
    price: t.field({
      type: Price,
      nullable: true,
      description: "The new price; null when it was refused.",
      resolve: ({ price }) => price,
    }),
    replaced: t.field({
      type: Price,
      nullable: true,
      description: "The price that is archived now.",
      resolve: ({ replaced }) => replaced,
    }),
  }),
  run: (input, context) => replacePrice(context.database, writerOf(context), input),
});

const changes = {
  updatePrice: {
    run: updatePrice,
    input: UpdatePriceInput,
    description: "Changes what a price is called, and whether it can be sold. Amounts never change.",
  },
  archivePrice: {
    run: archivePrice,
    input: ArchivePriceInput,
    description:
      "Archives a price: it cannot be sold any more, and its lookup key is free. What was sold at it goes on. Doing it twice is the same as once.",
  },
};

for (const [name, { run, input, description }] of Object.entries(changes)) {
  mutation<object, PriceChange>(name, {
    description,
    scope: "prices:write",
    input: input as never,
    payload: changePayload("price", Price, "The price after the call; null when it was refused."),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
