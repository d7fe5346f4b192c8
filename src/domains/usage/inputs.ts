import {
  input,
  type InputBuilder,
  expectedVersionField,
  leftAlone,
  metadataField,
  oneOf,
} from "../../graph/inputs.ts";
import { CustomerReferenceInput } from "../../graph/references.ts";
import { UsageConditionInput } from "../../graph/usage-conditions.ts";
import { MeterAggregation, MeterStatus } from "./schema/meter.ts";

const meterLabels = (t: InputBuilder) => ({
  description: t.string({ description: "What it measures, for people; at most 5,000 characters." }),
  unitName: t.string({ description: "What one unit is called, such as `GB`; at most 40 characters." }),
  metadata: metadataField(t),
});

const measuring = (t: InputBuilder) => ({
  valueKey: t.string({
    description:
      "The property of events that is measured in place of their quantity, at most 255 characters: a number, or a text of one. Not for COUNT and COUNT_UNIQUE.",
  }),
  valueExpression: t.string({
    description:
      'Arithmetic whose result is measured in place of the quantity, at most 500 characters: numbers, names of properties, `properties["any name"]`, `quantity`, `+ - * / %`, parentheses, and min, max, abs, ceil, floor and round. Computed exactly, and rounded half away from zero to 12 digits after the point. Not beside `valueKey`, and not for COUNT and COUNT_UNIQUE.',
  }),
  filters: t.field({
    type: [UsageConditionInput],
    description:
      "What must hold of the properties of an event for it to be taken: all of these, at most 20. Other events are skipped. In the place of those before.",
  }),
  carryForward: t.boolean({
    description:
      "Whether what was there before a span of time is there at its start: for LAST the latest value, for WEIGHTED_SUM all changes. Only for these; false unless said.",
  }),
});

export const CreateMeterInput = input("CreateMeterInput", "A new meter.", (t) => ({
  name: t.string({ required: true, description: "The name, for people; at most 255 characters." }),
  eventName: t.string({
    required: true,
    description:
      "The name that its events are sent under, at most 255 characters, unique in the environment. It never changes.",
  }),
  aggregation: t.field({
    type: MeterAggregation,
    description: "How events become one figure; COUNT unless said. It never changes.",
  }),
  uniqueKey: t.string({
    description:
      "The property of events whose different values COUNT_UNIQUE counts, at most 255 characters. Needed for it, and only for it. It never changes.",
  }),
  ...measuring(t),
  status: t.field({
    type: MeterStatus,
    description: "ACTIVE, or DRAFT for a meter that takes no events yet; ACTIVE unless said.",
  }),
  ...meterLabels(t),
}));

const MeterReferenceInput = oneOf("MeterReference", "Names a meter, by one of these.", (t) => ({
  id: t.id({ description: "The id, a UUID." }),
  eventName: t.string({ description: "The name that its events are sent under." }),
}));

export const UpdateMeterInput = input("UpdateMeterInput", `Changes of a meter. ${leftAlone}`, (t) => ({
  meter: t.field({ type: MeterReferenceInput, required: true, description: "Which meter." }),
  name: t.string({ description: "The name, for people; it cannot be cleared." }),
  ...measuring(t),
  ...meterLabels(t),
  replaceMetadata: t.boolean({ description: "true: `metadata` takes the place of what is stored." }),
  expectedVersion: expectedVersionField(t),
}));

export const MeterStatusInput = (name: string) =>
  input(name, "Which meter.", (t) => ({
    meter: t.field({ type: MeterReferenceInput, required: true, description: "Which meter." }),
  }));

const propertiesDescription =
  "What else there is to tell, such as the `uniqueKey` of the meter: at most 8,192 bytes as JSON, with at most 5 objects and lists within each other.";

const keyDescription =
  "Your own id of the event, at most 255 characters. It is for good: an event with a key that the environment has seen is a duplicate, and does not count.";

const UsageEventInput = input(
  "UsageEventInput",
  "One measured use of something. It names a customer, a subscription, or both.",
  (t) => ({
    name: t.string({ required: true, description: "The `eventName` of the meter." }),
    customer: t.field({
      type: CustomerReferenceInput,
      description: "Whose use it is; the subscription's customer unless said.",
    }),
    subscriptionId: t.id({ description: "The subscription that it is for, if it is for one." }),
    quantity: t.field({
      type: "Decimal",
      description: "How much was used, in units of the meter: from 0 to 10^15; 1 unless said.",
    }),
    timestamp: t.field({
      type: "DateTime",
      description:
        "When it was used, to the millisecond: at most 90 days ago, and at most 5 minutes ahead of our clock, or of the customer's test clock. Now unless said.",
    }),
    properties: t.field({ type: "JSONObject", description: propertiesDescription }),
    idempotencyKey: t.string({ required: true, description: keyDescription }),
  }),
);

export const IngestUsageEventsInput = input("IngestUsageEventsInput", "Usage events.", (t) => ({
  events: t.field({ type: [UsageEventInput], required: true, description: "1 to 1,000 events." }),
  dryRun: t.boolean({
    description: "true: tells what would become of the events, and stores nothing. false unless said.",
  }),
}));

const UsageEventReferenceInput = oneOf(
  "UsageEventReference",
  "Names a usage event, by one of these.",
  (t) => ({
    id: t.id({ description: "The id, a UUID." }),
    idempotencyKey: t.string({ description: "The idempotency key that it was sent with." }),
  }),
);

const reasonField = (t: InputBuilder) =>
  t.string({ description: "Why, for people: at most 500 characters." });

export const VoidUsageEventsInput = input("VoidUsageEventsInput", "Usage events that do not count.", (t) => ({
  events: t.field({ type: [UsageEventReferenceInput], required: true, description: "1 to 1,000 events." }),
  reason: reasonField(t),
}));

export const ReplaceUsageEventInput = input(
  "ReplaceUsageEventInput",
  "What a usage event should have been. Whatever is left out is as it was; customer, meter and subscription always are.",
  (t) => ({
    event: t.field({
      type: UsageEventReferenceInput,
      required: true,
      description: "The event that was wrong. It must count still.",
    }),
    idempotencyKey: t.string({
      required: true,
      description: `The key of the event that takes its place. ${keyDescription}`,
    }),
    quantity: t.field({ type: "Decimal", description: "How much was used: from 0 to 10^15." }),
    timestamp: t.field({
      type: "DateTime",
      description: "When it was used: at most 90 days ago, and at most 5 minutes ahead.",
    }),
    properties: t.field({
      type: "JSONObject",
      description: `Takes the place of what was told. ${propertiesDescription}`,
    }),
    reason: reasonField(t),
  }),
);
