import { builder } from "../../../graph/builder.ts";
import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { UserError } from "../../../graph/user-errors.ts";
import { type CreateResult, createCustomer, createCustomers } from "../create.ts";
import { CreateCustomerInput, CreateCustomersInput } from "../inputs.ts";
import { Customer } from "../schema/customer.ts";

const CreateCustomerFailure = builder
  .objectRef<CreateResult & { data: unknown }>("CreateCustomerFailure")
  .implement({
    description: "A customer of a batch that was not created.",
    fields: (t) => ({
      index: t.exposeInt("index", { description: "Its place in the input, from 0." }),
      error: t.string({
        description: "Why, in one text: `CODE: message`.",
        resolve: ({ faults }) => faults.map(({ code, message }) => `${code}: ${message}`).join(" "),
      }),
      data: t.field({ type: "JSONObject", description: "What was sent.", resolve: ({ data }) => data }),
      userErrors: t.field({
        type: [UserError],
        description: "Why, for programs.",
        resolve: ({ faults }) => faults,
      }),
    }),
  });

mutation<{ customers: unknown[] }, { customers: unknown[]; results: CreateResult[] }>("createCustomers", {
  description:
    "Creates up to 100 customers. Each is done on its own; a bad one leaves the others alone. A customer whose own id (`external`) is known is not created again: the existing one is the answer.",
  scope: "customers:write",
  input: CreateCustomersInput as never,
  payload: (t) => ({
    successful: t.field({
      type: [Customer],
      nullable: true,
      description: "The customers that were created or known, in the order of the input.",
      resolve: ({ results }) => results?.flatMap(({ customer }) => customer ?? []),
    }),
    failed: t.field({
      type: [CreateCustomerFailure],
      nullable: true,
      description: "Those that were not, each with its place, the reason and what was sent.",
      resolve: ({ results, customers }) =>
        results
          ?.filter(({ customer }) => !customer)
          .map((result) => ({ ...result, data: customers?.[result.index] })),
    }),
  }),
  run: async ({ customers }, context) => ({
    customers,
    results: await createCustomers(context.database, writerOf(context), customers),
  }),
});

mutation<object, CreateResult>("createCustomer", {
  description:
    "Creates a customer. With an own id (`external`) it is safe to repeat: a known one is answered, unchanged, with `created: false`.",
  scope: "customers:write",
  input: CreateCustomerInput as never,
  payload: (t) => ({
    customer: t.field({
      type: Customer,
      nullable: true,
      description: "The new customer, or the one that has the own id already.",
      resolve: ({ customer }) => customer,
    }),
    created: t.boolean({
      description: "Whether the customer is new.",
      resolve: ({ created }) => created ?? false,
    }),
  }),
  run: async (input, context) => {
    const result = await createCustomer(context.database, writerOf(context), input);
    return { ...result, userErrors: result.faults };
  },
});
