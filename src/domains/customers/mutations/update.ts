import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { UpdateCustomerInput } from "../inputs.ts";
import { Customer } from "../schema/customer.ts";
import { type UpdateResult, updateCustomer } from "../update.ts";

mutation<object, UpdateResult>("updateCustomer", {
  description:
    "Changes the fields of an active customer that are sent, its id in another system, and its mappings to providers, all or nothing.",
  scope: "customers:write",
  input: UpdateCustomerInput as never,
  payload: (t) => ({
    customer: t.field({
      type: Customer,
      nullable: true,
      description: "The customer after the call; null when the update was refused.",
      resolve: ({ customer }) => customer,
    }),
    changed: t.boolean({
      description: "Whether anything is different now. If not, nothing was written and no event told.",
      resolve: ({ changed }) => changed ?? false,
    }),
  }),
  run: (input, context) => updateCustomer(context.database, writerOf(context), input),
});
