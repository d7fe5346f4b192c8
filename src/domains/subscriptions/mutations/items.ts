import type { InputRef } from "@pothos/core";
import type { Row } from "../../../db/datamodel.ts";
import type { TransactionHost, Writer } from "../../../db/transaction.ts";
import { writerOf } from "../../../graph/context.ts";
import type { Unchecked } from "../../../graph/inputs.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changedField } from "../../../graph/payloads.ts";
import type { Outcome } from "../carry-out.ts";
import { deleteSubscription } from "../delete.ts";
import {
  AddSubscriptionItemInput,
  ChangeSubscriptionPlanInput,
  ChangeSubscriptionQuantityInput,
  DeleteSubscriptionInput,
  RemoveSubscriptionItemInput,
  UpdateSubscriptionItemInput,
} from "../inputs/change.ts";
import { addItem, changePlan, changeQuantity, removeItem, updateItem } from "../items.ts";
import { SubscriptionItem } from "../schema/item.ts";
import { invoiceField, subscriptionField } from "./payload.ts";

type ItemResult = Outcome & { readonly item?: Row<"SubscriptionItem"> };
type Run = (host: TransactionHost, writer: Writer, input: unknown) => Promise<ItemResult>;

const whatItCosts =
  "The unused time is credited and the new terms are charged for the rest of the period, as the proration mode says. For subscriptions that are PENDING, TRIALING, ACTIVE or PAST_DUE.";

const operations: Readonly<Record<string, { run: Run; input: InputRef<Unchecked>; description: string }>> = {
  addSubscriptionItem: {
    run: addItem,
    input: AddSubscriptionItemInput,
    description: `Adds an item. ${whatItCosts}`,
  },
  updateSubscriptionItem: {
    run: updateItem,
    input: UpdateSubscriptionItemInput,
    description: `Changes an item. Its price can be swapped for one with the same interval, currency and meter. ${whatItCosts}`,
  },
  removeSubscriptionItem: {
    run: removeItem,
    input: RemoveSubscriptionItemInput,
    description: `Removes an item; the last one stays. ${whatItCosts}`,
  },
  changeSubscriptionQuantity: {
    run: changeQuantity,
    input: ChangeSubscriptionQuantityInput,
    description: `Changes how many units of an item are billed. ${whatItCosts}`,
  },
  changeSubscriptionPlan: {
    run: changePlan,
    input: ChangeSubscriptionPlanInput,
    description: `Swaps the price of an item. The only item of a subscription may go to another interval: then a new period begins now and is billed at once, less the credit; or, with NONE, when the current one ends. ${whatItCosts}`,
  },
};

for (const [name, { run, input, description }] of Object.entries(operations)) {
  mutation<object, ItemResult>(name, {
    description,
    scope: "subscriptions:write",
    input: input as never,
    payload: (t) => ({
      subscription: subscriptionField(t as never),
      ...(name === "removeSubscriptionItem"
        ? {}
        : {
            item: t.field({
              type: SubscriptionItem,
              nullable: true,
              description: "The item after the call; null when it was refused.",
              resolve: ({ item }) => item,
            }),
          }),
      invoice: invoiceField(t as never, "What the change has billed at once; null when nothing."),
      changed: changedField(t as never),
    }),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}

mutation<object, { deletedId: string }>("deleteSubscription", {
  description:
    "Deletes a subscription that was never billed or scheduled, and for which no usage was measured, with its items and seats. All others are canceled instead.",
  scope: "subscriptions:write",
  input: DeleteSubscriptionInput as never,
  payload: (t) => ({
    deletedId: t.id({
      nullable: true,
      description: "The id of the subscription that is gone; null when it was refused.",
      resolve: ({ deletedId }) => deletedId,
    }),
  }),
  run: (sent, context) => deleteSubscription(context.database, writerOf(context), sent),
});
