import { builder } from "../../../graph/builder.ts";
import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { UserError } from "../../../graph/user-errors.ts";
import { UpsertCustomerInput, UpsertCustomersInput } from "../inputs.ts";
import { Customer } from "../schema/customer.ts";
import {
  type UpsertResult,
  upsertCustomerByExternalId,
  upsertCustomersByExternalId,
} from "../upsert-by-external-id.ts";

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
