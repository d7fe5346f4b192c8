import { builder } from "../../graph/builder.ts";
import { writerOf } from "../../graph/context.ts";
import { mutation } from "../../graph/mutations.ts";
import { UserError } from "../../graph/user-errors.ts";
import { archiveCustomer, restoreCustomer, type StatusResult } from "./archive.ts";
import { type CreateResult, createCustomer, createCustomers } from "./create.ts";
import {
  CreateCustomerInput,
  CreateCustomersInput,
  CustomerStatusInput,
  UpdateCustomerInput,
  UpsertCustomerInput,
  UpsertCustomersInput,
} from "./inputs.ts";
import { Customer } from "./schema/customer.ts";
import { updateCustomer, type UpdateResult } from "./update.ts";
import {
  type UpsertResult,
  upsertCustomerByExternalId,
  upsertCustomersByExternalId,
} from "./upsert-by-external-id.ts";

const UpsertOutcome = builder.enumType("UpsertOutcome", {
  description: "What an upsert did with a record.",
  values: {
    CREATED: { description: "A new object was made." },
    UPDATED: { description: "The object was changed, or linked to the external id." },
    UNCHANGED: { description: "The object is like this already: nothing was written and no event told." },
    STALE: { description: "The record is older than what is stored, and was not applied." },
    FAILED: { description: "The record was refused: `userErrors` say why." },
  } as const,
});

const UpsertCustomerResult = builder.objectRef<UpsertResult>("UpsertCustomerResult").implement({
  description: "What became of one customer of a batch.",
  fields: (t) => ({
    index: t.exposeInt("index", { description: "Its place in the input, from 0." }),
    externalId: t.exposeString("externalId", {
      nullable: true,
      description: "The external id that was sent; null when it could not be read.",
    }),
    outcome: t.expose("outcome", { type: UpsertOutcome, description: "What was done." }),
    customer: t.field({
      type: Customer,
      nullable: true,
      description: "The customer after the call; null when the record failed.",
      resolve: ({ customer }) => customer,
    }),
    warnings: t.exposeStringList("warnings", {
      description: "What was sent but not applied, and links that were made.",
    }),
    userErrors: t.field({
      type: [UserError],
      description: "Why the record was not applied. A stale one has a `StaleUpdate` with both timestamps.",
      resolve: ({ faults }) => faults,
    }),
  }),
});

mutation<{ source: unknown; customers: unknown[] }, { results: UpsertResult[] }>(
  "upsertCustomersByExternalId",
  {
    description:
      "Creates and updates up to 100 customers by their ids in another system. Each is done on its own, in order, and has one result; a bad record leaves the others alone. An update that is older than what is stored is not applied. An unknown customer with the e-mail address of a known one is linked to it. Safe to repeat.",
    scope: "customers:write",
    input: UpsertCustomersInput as never,
    payload: (t) => ({
      results: t.field({
        type: [UpsertCustomerResult],
        nullable: true,
        description: "One result for each customer, in order.",
        resolve: ({ results }) => results,
      }),
      created: t.int({
        description: "How many were created.",
        resolve: ({ results }) => tally(results, ["CREATED"]),
      }),
      updated: t.int({
        description: "How many were changed.",
        resolve: ({ results }) => tally(results, ["UPDATED"]),
      }),
      skipped: t.int({
        description: "How many were unchanged or stale.",
        resolve: ({ results }) => tally(results, ["UNCHANGED", "STALE"]),
      }),
      failed: t.int({
        description: "How many were refused. The four counts add up to the customers sent.",
        resolve: ({ results }) => tally(results, ["FAILED"]),
      }),
    }),
    run: async (input, context) => ({
      results: await upsertCustomersByExternalId(context.database, writerOf(context), input),
    }),
  },
);

function tally(results: readonly UpsertResult[] | undefined, outcomes: readonly string[]): number {
  return results?.filter(({ outcome }) => outcomes.includes(outcome)).length ?? 0;
}

mutation<{ source: unknown; customer: unknown }, UpsertResult>("upsertCustomerByExternalId", {
  description:
    "Creates or updates one customer by its id in another system, with the rules of `upsertCustomersByExternalId`. A stale update is no failure: `outcome` is STALE, and `userErrors` hold a `StaleUpdate` with both timestamps.",
  scope: "customers:write",
  input: UpsertCustomerInput as never,
  payload: (t) => ({
    customer: t.field({
      type: Customer,
      nullable: true,
      description: "The customer after the call; null when the record was refused.",
      resolve: ({ customer }) => customer,
    }),
    created: t.boolean({
      description: "Whether the customer is new.",
      resolve: ({ outcome }) => outcome === "CREATED",
    }),
    outcome: t.field({
      type: UpsertOutcome,
      description: "What was done.",
      resolve: ({ outcome }) => outcome ?? "FAILED",
    }),
    warnings: t.stringList({
      description: "What was sent but not applied, and links that were made.",
      resolve: ({ warnings }) => warnings ?? [],
    }),
  }),
  run: async (input, context) => {
    const result = await upsertCustomerByExternalId(context.database, writerOf(context), input);
    return { ...result, userErrors: result.faults };
  },
});

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

const statusPayload = {
  archiveCustomer: {
    run: archiveCustomer,
    description:
      "Archives a customer: it can be read, but no longer billed or changed, and its e-mail address and external ids are free for others. Refused while it has a subscription that has not ended. Doing it twice is the same as once.",
  },
  restoreCustomer: {
    run: restoreCustomer,
    description:
      "Makes an archived customer active again, with its external ids, but for those that others have by now. Refused while another active customer has its e-mail address.",
  },
};

for (const [name, { run, description }] of Object.entries(statusPayload)) {
  const inputName = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  mutation<{ customer: unknown }, StatusResult>(name, {
    description,
    scope: "customers:write",
    input: CustomerStatusInput(inputName, "Which customer.") as never,
    payload: (t) => ({
      customer: t.field({
        type: Customer,
        nullable: true,
        description: "The customer after the call; null when it was refused.",
        resolve: ({ customer }) => customer,
      }),
      warnings: t.stringList({
        description: "External ids that could not be given back.",
        resolve: ({ warnings }) => warnings ?? [],
      }),
    }),
    run: (input, context) => run(context.database, writerOf(context), input),
  });
}
