import type { EventsInput, UpsertInput } from "./inputs.ts";
import { ingestEvents, upsertInBulk } from "./prisma-writes.ts";
import { builder } from "./yoga-builder.ts";
import { Customer } from "./yoga-types.ts";

type Payload = Awaited<ReturnType<typeof upsertInBulk>>;
type IngestPayload = Awaited<ReturnType<typeof ingestEvents>>;

const Result = builder.objectRef<Payload["results"][number]>("UpsertResult").implement({
  fields: (t) => ({
    index: t.exposeInt("index"),
    externalId: t.exposeString("externalId"),
    outcome: t.exposeString("outcome"),
    customer: t.field({ type: Customer, resolve: (result) => result.customer as never }),
  }),
});
const Upsert = builder.objectRef<Payload>("UpsertPayload").implement({
  fields: (t) => ({
    created: t.exposeInt("created"),
    updated: t.exposeInt("updated"),
    skipped: t.exposeInt("skipped"),
    failed: t.exposeInt("failed"),
    results: t.field({ type: [Result], resolve: ({ results }) => results }),
  }),
});
const Ingest = builder.objectRef<IngestPayload>("IngestPayload").implement({
  fields: (t) => ({
    ingested: t.exposeInt("ingested"),
    duplicates: t.exposeInt("duplicates"),
    skipped: t.exposeInt("skipped"),
    failed: t.exposeInt("failed"),
  }),
});
const ExternalCustomer = builder
  .inputRef<UpsertInput["customers"][number]>("ExternalCustomerInput")
  .implement({
    fields: (t) => ({
      externalId: t.string({ required: true }),
      email: t.string({ required: true }),
      name: t.string(),
      notes: t.string(),
      externalUpdatedAt: t.field({ type: "DateTime", required: true }),
    }),
  });
const UpsertCustomers = builder.inputRef<UpsertInput>("UpsertCustomersByExternalIdInput").implement({
  fields: (t) => ({
    source: t.string({ required: true }),
    customers: t.field({ type: [ExternalCustomer], required: true }),
  }),
});

const Reference = builder.inputRef<{ readonly id: string }>("CustomerReference").implement({
  fields: (t) => ({ id: t.id({ required: true }) }),
});
const Event = builder.inputRef<EventsInput["events"][number]>("UsageEventInput").implement({
  fields: (t) => ({
    customer: t.field({ type: Reference, required: true }),
    name: t.string({ required: true }),
    quantity: t.field({ type: "Decimal", required: true }),
    timestamp: t.field({ type: "DateTime", required: true }),
    idempotencyKey: t.string({ required: true }),
  }),
});
const IngestEvents = builder.inputRef<EventsInput>("IngestUsageEventsInput").implement({
  fields: (t) => ({ events: t.field({ type: [Event], required: true }) }),
});

builder.mutationType({
  fields: (t) => ({
    upsertCustomersByExternalId: t.field({
      type: Upsert,
      args: { input: t.arg({ type: UpsertCustomers, required: true }) },
      resolve: (_, { input }) => upsertInBulk(input),
    }),
    ingestUsageEvents: t.field({
      type: Ingest,
      args: { input: t.arg({ type: IngestEvents, required: true }) },
      resolve: (_, { input }) => ingestEvents(input),
    }),
  }),
});
