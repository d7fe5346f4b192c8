import { writerOf } from "../../../graph/context.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { type InputBuilder, input, leftAlone } from "../../../graph/inputs.ts";
import { CustomerReferenceInput, ProductReferenceInput } from "../../../graph/references.ts";
import { upsertMutations } from "../../../graph/upserts.ts";
import type { ExternalStatus } from "../external/record.ts";
import type { InvoiceUpsertResult } from "../external/round.ts";
import { upsertInvoiceByExternalId, upsertInvoicesByExternalId } from "../external/upsert-by-external-id.ts";
import { PeriodInput, describingFields } from "../inputs.ts";
import { Invoice } from "../schema/invoice.ts";

const ExternalInvoiceStatus = describedEnum<ExternalStatus>(
  "ExternalInvoiceStatus",
  "Where another system says that an invoice stands.",
  {
    DRAFT: "It can still change.",
    FINALIZED: "Its amounts are frozen.",
    APPROVED: "It may be sent.",
    SENT: "It waits for payment.",
    OVERDUE: "Its due date has passed.",
    PAID: "All that was due is paid: a payment of it is noted.",
    VOID: "It is worth nothing. Refused when a part of it is paid.",
    UNCOLLECTIBLE: "It was written off.",
  },
);

const ExternalInvoiceLineInput = input(
  "ExternalInvoiceLineInput",
  "A line of an invoice of another system.",
  (t) => ({
    description: t.string({ required: true, description: "What is billed; at most 500 characters." }),
    quantity: t.field({ type: "Decimal", description: "How many units, from 0 on. 1 unless said." }),
    unitAmount: t.field({
      type: "Decimal",
      required: true,
      description:
        "What one unit costs, in minor units; below zero for a credit. The line is rounded half away from zero.",
    }),
    product: t.field({
      type: ProductReferenceInput,
      description: "What was sold. One that is not known is left out, with a warning.",
    }),
    period: t.field({ type: PeriodInput, description: "The span of time that it bills for." }),
  }),
);

const minorUnits = (t: InputBuilder, description: string) =>
  t.field({ type: "SafeInt", description: `${description} In minor units, from 0 on.` });

const describing = (t: InputBuilder) => {
  const { collectionMethod: _, ...fields } = describingFields(t);
  return fields;
};

const ExternalInvoiceInput = input(
  "ExternalInvoiceInput",
  `An invoice as another system knows it. ${leftAlone} Once it is finalized, customer, currency, number, date, lines and amounts are frozen: what differs is not applied, with a warning for each.`,
  (t) => ({
    externalId: t.string({
      required: true,
      description: "The id in the other system, at most 255 characters.",
    }),
    externalUpdatedAt: t.field({
      type: "DateTime",
      description:
        "When that system last changed the record. Older than what is stored: not applied. The same: applied. Left out: applied, and the stored one stays.",
    }),
    externalType: t.string({
      description: "What it is there, such as `appointment`; at most 64 characters.",
    }),
    customer: t.field({
      type: CustomerReferenceInput,
      description: "Who owes it. Needed for a new invoice.",
    }),
    number: t.string({
      description:
        "Its number, at most 64 characters, unique in the environment. Left out, it gets one of ours when it is finalized.",
    }),
    currency: t.field({
      type: "Currency",
      description:
        "The currency of all its amounts. A new invoice needs one; one that there is keeps its own unless said.",
    }),
    lines: t.field({
      type: [ExternalInvoiceLineInput],
      description: "All its lines, at most 250. Without any, one line is over the subtotal.",
    }),
    subtotal: minorUnits(t, "The sum of the lines. Computed where there are lines."),
    discount: minorUnits(t, "What is taken off the lines, at most what they come to. 0 unless said."),
    tax: minorUnits(t, "The tax on top of the rest. 0 unless said."),
    total: minorUnits(
      t,
      "What is to be paid; subtotal − discount + tax unless said. Where it is something else, a line makes up for the difference, with a warning.",
    ),
    status: t.field({
      type: ExternalInvoiceStatus,
      description:
        "Where it stands; DRAFT unless said. It takes the moves that lead there. A state that it has left behind is not applied, with a warning; one that nothing leads to is an `IllegalTransition`.",
    }),
    issuedAt: t.field({
      type: "DateTime",
      description: "The date of the invoice. When it is finalized, unless said.",
    }),
    paidAt: t.field({
      type: "DateTime",
      description: "When it was paid; for PAID. Not in the future; now unless said.",
    }),
    ...describing(t),
  }),
);

const source = (t: InputBuilder) =>
  t.string({ required: true, description: "The system, such as `practicehub`; at most 64 characters." });

upsertMutations<InvoiceUpsertResult>({
  noun: "invoice",
  type: Invoice,
  scope: "invoices:write",
  rules:
    "Content that is the same as what was sent last is UNCHANGED. Once an invoice is finalized, what is frozen is not applied, with a warning for each field.",
  warnings: "What was sent but not applied, and amounts that do not add up.",
  batch: {
    input: input("UpsertInvoicesByExternalIdInput", "Invoices of one other system.", (t) => ({
      source: source(t),
      invoices: t.field({
        type: [ExternalInvoiceInput],
        required: true,
        description: "1 to 100 invoices. The same external id twice is done in turn.",
      }),
    })),
    run: (sent, context) => upsertInvoicesByExternalId(context.database, writerOf(context), sent),
  },
  single: {
    input: input("UpsertInvoiceByExternalIdInput", "An invoice of another system.", (t) => ({
      source: source(t),
      invoice: t.field({ type: ExternalInvoiceInput, required: true, description: "The invoice." }),
    })),
    run: (sent, context) => upsertInvoiceByExternalId(context.database, writerOf(context), sent),
    rules: "When all that would change is frozen, it fails with CONFLICT.",
  },
});
