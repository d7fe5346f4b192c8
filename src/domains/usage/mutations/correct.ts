import { builder } from "../../../graph/builder.ts";
import { writerOf } from "../../../graph/context.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { mutation } from "../../../graph/mutations.ts";
import { UserError } from "../../../graph/user-errors.ts";
import { type Replacement, replaceUsageEvent } from "../events/replace.ts";
import { type VoidOutcome, type VoidResult, voidUsageEvents } from "../events/void.ts";
import { ReplaceUsageEventInput, VoidUsageEventsInput } from "../inputs.ts";
import { UsageEvent } from "../schema/event.ts";

const VoidUsageEventOutcome = describedEnum<VoidOutcome>(
  "VoidUsageEventOutcome",
  "What became of a usage event that was to be voided.",
  {
    VOIDED: "It counts no more.",
    UNCHANGED: "It was voided before, and stays as it is.",
    FAILED: "It was refused: `userErrors` say why.",
  },
);

const VoidUsageEventResult = builder.objectRef<VoidResult>("VoidUsageEventResult").implement({
  description: "What became of one usage event that was to be voided.",
  fields: (t) => ({
    index: t.exposeInt("index", { description: "Its place in the input, from 0." }),
    outcome: t.field({
      type: VoidUsageEventOutcome,
      description: "What was done.",
      resolve: ({ outcome }) => outcome,
    }),
    event: t.field({
      type: UsageEvent,
      nullable: true,
      description: "The event after the call; null when it failed.",
      resolve: ({ event }) => event,
    }),
    userErrors: t.field({
      type: [UserError],
      description: "Why it failed; empty unless it did.",
      resolve: ({ faults }) => faults,
    }),
  }),
});

mutation<{ events: unknown[]; reason?: unknown }, { results: VoidResult[] }>("voidUsageEvents", {
  description:
    "Takes 1 to 1,000 usage events out of all figures, for good; they can be read still. Each is done on its own, and one that is unknown leaves the others alone. What was invoiced stays as it is. Safe to repeat.",
  scope: "usage:write",
  input: VoidUsageEventsInput as never,
  payload: (t) => {
    const count = (wanted: VoidOutcome, description: string) =>
      t.int({
        description,
        resolve: ({ results = [] }) => results.filter(({ outcome }) => outcome === wanted).length,
      });
    return {
      voided: count("VOIDED", "How many were voided."),
      unchanged: count("UNCHANGED", "How many had been voided before."),
      failed: count("FAILED", "How many were refused. The three counts add up to the events named."),
      results: t.field({
        type: [VoidUsageEventResult],
        nullable: true,
        description: "One result for each event, in order.",
        resolve: ({ results }) => results,
      }),
    };
  },
  run: async (input, context) => ({
    results: await voidUsageEvents(context.database, writerOf(context), input),
  }),
});

mutation<object, Replacement>("replaceUsageEvent", {
  description:
    "Corrects a usage event: voids it, and stores another one in its place, both or neither. What was invoiced stays as it is. Safe to repeat with the same idempotency key.",
  scope: "usage:write",
  input: ReplaceUsageEventInput as never,
  payload: (t) => ({
    usageEvent: t.field({
      type: UsageEvent,
      nullable: true,
      description: "The event that counts now; null when it was refused.",
      resolve: ({ usageEvent }) => usageEvent,
    }),
    replaced: t.field({
      type: UsageEvent,
      nullable: true,
      description: "The event that it took the place of; null when it was refused.",
      resolve: ({ replaced }) => replaced,
    }),
    created: t.boolean({
      description:
        "Whether it was done by this call; false when it had been before, and when it was refused.",
      resolve: ({ created }) => created ?? false,
    }),
  }),
  run: (input, context) => replaceUsageEvent(context.database, writerOf(context), input),
});
