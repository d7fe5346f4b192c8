import type { Scope } from "../kit/scopes.ts";
import type { Outcome, RecordResult } from "../kit/upsert.ts";
import { type GraphTypes, builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { describedEnum } from "./enums.ts";
import { mutation } from "./mutations.ts";
import { UserError } from "./user-errors.ts";

const UpsertOutcome = describedEnum<Outcome>("UpsertOutcome", "What an upsert did with a record.", {
  CREATED: "A new object was made.",
  UPDATED: "The object was changed, or linked to the external id.",
  UNCHANGED: "The object is like this already: nothing was written and no event told.",
  STALE: "The record is older than what is stored, and was not applied.",
  FAILED: "The record was refused: `userErrors` say why.",
});

type PayloadBuilder = PothosSchemaTypes.ObjectFieldBuilder<
  GraphTypes,
  Partial<{ results: readonly RecordResult[] }>
>;

/** What two mutations that upsert the same objects are made of: one of them does a batch, the other a single record. */
interface Upserts<R extends RecordResult> {
  /** What the objects are called, such as `customer`; their fields are called so, too. */
  readonly noun: string;
  readonly type: unknown;
  readonly scope: Scope;
  /** What the batch does besides what every batch does, as further sentences. */
  readonly rules: string;
  readonly warnings: string;
  readonly batch: {
    readonly input: unknown;
    readonly run: (input: never, context: Context) => Promise<readonly R[]>;
  };
  readonly single: {
    readonly input: unknown;
    readonly run: (input: never, context: Context) => Promise<R>;
    /** What it does that the batch does not, as a sentence. */
    readonly rules?: string;
  };
}

/** Declares `upsert<Nouns>ByExternalId` and `upsert<Noun>ByExternalId`, with the type of a record's result. */
export function upsertMutations<R extends RecordResult>(upserts: Upserts<R>): void {
  const { noun, type, scope, rules, warnings, batch, single } = upserts;
  const name = `Upsert${noun.replace(/^./, (letter) => letter.toUpperCase())}`;
  const batchName = `${name.replace(/^U/, "u")}sByExternalId`;
  const result = upsertResultType<R>(name, noun, noun, type);
  mutation<never, { readonly results: readonly R[] }>(batchName, {
    description: `Creates and updates up to 100 ${noun}s by their ids in another system. Each is done on its own, in order, and has one result; a bad record leaves the others alone. An update that is older than what is stored is not applied. ${rules} Safe to repeat.`,
    scope,
    input: batch.input as never,
    payload: (t) => ({
      results: t.field({
        type: [result],
        nullable: true,
        description: `One result for each ${noun}, in order.`,
        resolve: (({ results }: { results?: readonly R[] }) => results) as never,
      }),
      ...upsertCounts(t as never, `${noun}s`),
    }),
    run: async (input, context) => ({ results: await batch.run(input, context) }),
  });
  mutation<never, R>(`${name.replace(/^U/, "u")}ByExternalId`, {
    description: `Creates or updates one ${noun} by its id in another system, with the rules of \`${batchName}\`. A stale update is no failure: \`outcome\` is STALE, and \`userErrors\` hold a \`StaleUpdate\` with both timestamps.${single.rules ? ` ${single.rules}` : ""}`,
    scope,
    input: single.input as never,
    payload: (t) => ({
      [noun]: t.field({
        type: type as never,
        nullable: true,
        description: `The ${noun} after the call; null when the record was refused.`,
        resolve: ((payload: Record<string, unknown>) => payload[noun]) as never,
      }),
      created: t.boolean({
        description: `Whether the ${noun} is new.`,
        resolve: ({ outcome }) => outcome === "CREATED",
      }),
      outcome: t.field({
        type: UpsertOutcome,
        description: "What was done.",
        resolve: ({ outcome }) => (outcome ?? "FAILED") as Outcome,
      }),
      warnings: t.stringList({
        description: warnings,
        resolve: (payload) => (payload.warnings ?? []) as string[],
      }),
    }),
    run: async (input, context) => {
      const upserted = await single.run(input, context);
      return { ...upserted, userErrors: upserted.faults };
    },
  });
}

/** Declares `<name>Result`: what became of one record of a batch, with the object under `field`. */
function upsertResultType<R extends RecordResult>(name: string, noun: string, field: string, type: unknown) {
  return builder.objectRef<R>(`${name}Result`).implement({
    description: `What became of one ${noun} of a batch.`,
    fields: (t) => ({
      index: t.int({ description: "Its place in the input, from 0.", resolve: ({ index }) => index }),
      externalId: t.string({
        nullable: true,
        description: "The external id that was sent; null when it could not be read.",
        resolve: ({ externalId }) => externalId,
      }),
      outcome: t.field({
        type: UpsertOutcome,
        description: "What was done.",
        resolve: ({ outcome }) => outcome,
      }),
      [field]: t.field({
        type: type as never,
        nullable: true,
        description: `The ${noun} after the call; null when the record failed.`,
        resolve: ((result: Record<string, unknown>) => result[field]) as never,
      }),
      warnings: t.stringList({
        description: "What was sent but not applied, and links that were made.",
        resolve: ({ warnings }) => warnings as string[],
      }),
      userErrors: t.field({
        type: [UserError],
        description: "Why the record was not applied. A stale one has a `StaleUpdate` with both timestamps.",
        resolve: ({ faults }) => faults,
      }),
    }),
  });
}

/** The four counts of a batch of `nouns`, which add up to the records sent. */
function upsertCounts(t: PayloadBuilder, nouns: string) {
  const count = (description: string, ...outcomes: readonly Outcome[]) =>
    t.int({
      description,
      resolve: ({ results }) => results?.filter(({ outcome }) => outcomes.includes(outcome)).length ?? 0,
    });
  return {
    created: count("How many were created.", "CREATED"),
    updated: count("How many were changed.", "UPDATED"),
    skipped: count("How many were unchanged or stale.", "UNCHANGED", "STALE"),
    failed: count(`How many were refused. The four counts add up to the ${nouns} sent.`, "FAILED"),
  };
}
