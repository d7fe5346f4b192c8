import { builder } from "../../../graph/builder.ts";
import { writerOf } from "../../../graph/context.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { mostUnits } from "../../../kit/limits.ts";
import { loadById } from "../../../graph/loaders.ts";
import { mutation } from "../../../graph/mutations.ts";
import { UserError } from "../../../graph/user-errors.ts";
import { type IngestOutcome, type IngestResult, ingestUsageEvents } from "../events/ingest.ts";
import type { IngestReason } from "../events/judge.ts";
import { IngestUsageEventsInput } from "../inputs.ts";
import { UsageEvent } from "../schema/event.ts";

const UsageEventOutcome = describedEnum<IngestOutcome>(
  "UsageEventOutcome",
  "What became of a usage event that was sent.",
  {
    INGESTED: "It is stored and counts.",
    DUPLICATE: "An event with its idempotency key is stored already: this one does not count.",
    SKIPPED: "No meter takes it: `reason` says why. It may be sent again once there is one.",
    FAILED: "It was refused: `userErrors` say why.",
  },
);

const UsageEventReason = describedEnum<IngestReason>(
  "UsageEventReason",
  "Why a usage event was not stored. New reasons may be added: treat one that you do not know like INVALID.",
  {
    INVALID: "A value is missing, too large, or does not have the form that its field asks for.",
    UNKNOWN_METER: "No meter takes events of this name.",
    ARCHIVED_METER: "The meter that took events of this name is archived.",
    DRAFT_METER: "The meter that takes events of this name is a draft.",
    FILTERED_OUT: "The meter's filters leave out events with these properties.",
    NO_VALUE: "The event lacks a property that the meter measures, or it is no number.",
    DIVISION_BY_ZERO: "The meter's expression divides by zero for this event.",
    OUT_OF_RANGE: `What the meter would measure is beyond ${mostUnits}.`,
    UNKNOWN_CUSTOMER: "The environment has no such customer.",
    ARCHIVED_CUSTOMER: "The customer is archived.",
    UNKNOWN_SUBSCRIPTION: "The environment has no such subscription.",
    OTHER_CUSTOMER: "The subscription is not one of the customer's.",
    IN_FUTURE: "The timestamp is more than 5 minutes ahead.",
    TOO_OLD: "The timestamp is more than 90 days ago.",
  },
);

const UsageEventResult = builder.objectRef<IngestResult>("UsageEventResult").implement({
  description: "What became of one usage event of a batch.",
  fields: (t) => ({
    index: t.exposeInt("index", { description: "Its place in the input, from 0." }),
    outcome: t.field({
      type: UsageEventOutcome,
      description: "What was done, or would be.",
      resolve: ({ outcome }) => outcome,
    }),
    reason: t.field({
      type: UsageEventReason,
      nullable: true,
      description: "Why it was not stored; null for events that are.",
      resolve: ({ reason }) => reason,
    }),
    eventId: t.id({
      nullable: true,
      description:
        "The id of the event that is stored under its key: its own, or for a duplicate that of the first. Null when there is none.",
      resolve: ({ eventId }) => eventId,
    }),
    event: t.field({
      type: UsageEvent,
      nullable: true,
      description: "That event.",
      resolve: ({ eventId }, _args, context) =>
        (eventId === null ? null : loadById(context, "UsageEvent", eventId)) as never,
    }),
    value: t.field({
      type: "Decimal",
      nullable: true,
      description:
        "What the meter measures of it, or would: its quantity, or what the meter's property or expression gives. Null for events that it does not take and for duplicates.",
      resolve: ({ value }) => value,
    }),
    userErrors: t.field({
      type: [UserError],
      description: "Why it failed, for programs and people; empty unless it did.",
      resolve: ({ faults }) => faults,
    }),
  }),
});

mutation<{ events: unknown[]; dryRun?: boolean | null }, { results: IngestResult[] }>("ingestUsageEvents", {
  description:
    "Stores 1 to 1,000 usage events. Each is done on its own: a duplicate or a bad one leaves the others alone. It answers once they are stored for good. Safe to repeat: the same events count once, however often and by however many senders at a time they are sent.",
  scope: "usage:write",
  input: IngestUsageEventsInput as never,
  payload: (t) => {
    const count = (wanted: IngestOutcome, description: string) =>
      t.int({
        description,
        resolve: ({ results = [] }) => results.filter(({ outcome }) => outcome === wanted).length,
      });
    return {
      ingested: count("INGESTED", "How many were stored; with `dryRun`, would be."),
      duplicates: count("DUPLICATE", "How many were stored before, or came twice in the batch."),
      skipped: count("SKIPPED", "How many no meter takes."),
      failed: count("FAILED", "How many were refused. The four counts add up to the events sent."),
      results: t.field({
        type: [UsageEventResult],
        nullable: true,
        description: "One result for each event, in order.",
        resolve: ({ results }) => results,
      }),
    };
  },
  run: async (input, context) => ({
    results: await ingestUsageEvents(context.database, writerOf(context), input),
  }),
});
