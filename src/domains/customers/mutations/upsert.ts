import { writerOf } from "../../../graph/context.ts";
import { upsertMutations } from "../../../graph/upserts.ts";
import { UpsertCustomerInput, UpsertCustomersInput } from "../inputs.ts";
import { Customer } from "../schema/customer.ts";
import {
  type UpsertResult,
  upsertCustomerByExternalId,
  upsertCustomersByExternalId,
} from "../upsert-by-external-id.ts";

upsertMutations<UpsertResult>({
  noun: "customer",
  type: Customer,
  scope: "customers:write",
  rules: "An unknown customer with the e-mail address of a known one is linked to it.",
  warnings: "What was sent but not applied, and links that were made.",
  batch: {
    input: UpsertCustomersInput,
    run: (input, context) => upsertCustomersByExternalId(context.database, writerOf(context), input),
  },
  single: {
    input: UpsertCustomerInput,
    run: (input, context) => upsertCustomerByExternalId(context.database, writerOf(context), input),
  },
});
