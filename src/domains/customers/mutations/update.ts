import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changePayload } from "../../../graph/payloads.ts";
import { UpdateCustomerInput } from "../inputs.ts";
import { Customer } from "../schema/customer.ts";
import { type UpdateResult, updateCustomer } from "../update.ts";

mutation<object, UpdateResult>("updateCustomer", {
  description:
    "Changes the fields of an active customer that are sent, its id in another system, and its mappings to providers, all or nothing.",
  scope: "customers:write",
  input: UpdateCustomerInput as never,
  payload: changePayload(
    "customer",
    Customer,
    "The customer after the call; null when the update was refused.",
  ),
  run: (input, context) => updateCustomer(context.database, writerOf(context), input),
});
