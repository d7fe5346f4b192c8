import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { describedEnum } from "../../../graph/enums.ts";
import type { Context } from "../../../graph/context.ts";
import { loadById } from "../../../graph/loaders.ts";
import { Money } from "../../../graph/values.ts";
import { type CreditEligibility as Eligibility, creditEligibility } from "../limit.ts";
import { loadGivenBack, loadPayments } from "../loaders.ts";
import { moneyOf } from "../plan.ts";
import { type Reversal, type ReversalOperation as Operation, reversalOf } from "../reversal.ts";

const CreditIneligibility = describedEnum<NonNullable<Eligibility["reason"]>>(
  "CreditIneligibility",
  "Why nothing of an invoice can be credited.",
  {
    NOTHING_PAID: "Nothing of it is paid. Void it instead.",
    FULLY_CREDITED: "All that was paid was given back.",
  },
);

const ReversalOperation = describedEnum<Operation>("ReversalOperation", "How a payment is given back.", {
  REFUND: "`refundInvoice`: the money goes back, without a document.",
  CREDIT_NOTE: "`createCreditNote`: with a document, to wherever its method says.",
});

const Irreversibility = describedEnum<NonNullable<Reversal["reason"]>>(
  "Irreversibility",
  "Why a payment cannot be given back.",
  {
    IS_REFUND: "It is money that went back itself.",
    NOTHING_LEFT: "All that was paid for its invoice was given back.",
  },
);

/** What can be done about one payment, with the currency of its invoice. */
export interface PaymentReversal extends Reversal {
  readonly paymentId: string;
  readonly currency: string;
}

export const ReversalEligibility = builder.objectRef<PaymentReversal>("ReversalEligibility").implement({
  description: "Whether a payment can be given back, and how much of it.",
  fields: (t) => ({
    paymentId: t.exposeID("paymentId", { description: "The id of the payment." }),
    canReverse: t.exposeBoolean("canReverse", { description: "Whether anything can be given back." }),
    operations: t.field({
      type: [ReversalOperation],
      description: "How; none when nothing can be given back. Each takes a part, too.",
      resolve: ({ operations }) => operations,
    }),
    maxAmount: t.field({
      type: Money,
      description: "The most that can be given back: the payment, or what is left of its invoice.",
      resolve: ({ maxAmount, currency }) => ({ amount: maxAmount, currency }),
    }),
    reason: t.expose("reason", {
      type: Irreversibility,
      nullable: true,
      description: "Why nothing can be given back; null when something can.",
    }),
  }),
});

type InvoiceRow = Row<"Invoice">;

/** What can be done about a payment of an invoice. */
export async function reversal(
  payment: Row<"InvoicePayment">,
  invoice: InvoiceRow,
  context: Context,
): Promise<PaymentReversal> {
  const money = moneyOf(invoice, await loadGivenBack(invoice.id, context));
  return { ...reversalOf(payment, money), paymentId: payment.id, currency: invoice.currency };
}

async function eligibilityOf(invoice: InvoiceRow, context: Context): Promise<Eligibility> {
  return creditEligibility(moneyOf(invoice, await loadGivenBack(invoice.id, context)));
}

const amount = (description: string, value: (invoice: InvoiceRow) => bigint) => ({
  type: Money,
  description,
  resolve: (invoice: InvoiceRow) => ({ amount: value(invoice), currency: invoice.currency }),
});

export const CreditEligibility = builder.objectRef<InvoiceRow>("CreditEligibility").implement({
  description: "Whether an invoice can be credited, and how much of it.",
  fields: (t) => ({
    eligible: t.boolean({
      description: "Whether `createCreditNote` takes it: something is paid and not given back.",
      resolve: async (invoice, _args, context) => (await eligibilityOf(invoice, context)).eligible,
    }),
    total: t.field(amount("What the invoice comes to.", (invoice) => invoice.total)),
    totalPaid: t.field(amount("What was paid.", (invoice) => invoice.amountPaid)),
    totalCredited: t.field(
      amount("What credit notes that are not void take back.", (invoice) => invoice.amountCredited),
    ),
    totalRefunded: t.field(
      amount("What was refunded without a credit note.", (invoice) => invoice.amountRefunded),
    ),
    maxCreditable: t.field({
      type: Money,
      description: "The most that another note can come to: what was paid less what was given back.",
      resolve: async (invoice, _args, context) => {
        const { maxCreditable } = await eligibilityOf(invoice, context);
        return { amount: maxCreditable, currency: invoice.currency };
      },
    }),
    reason: t.field({
      type: CreditIneligibility,
      nullable: true,
      description: "Why nothing can be credited; null when something can.",
      resolve: async (invoice, _args, context) => (await eligibilityOf(invoice, context)).reason,
    }),
    payments: t.field({
      type: [ReversalEligibility],
      description: "The payments and refunds of the invoice, latest first, and what can be done about each.",
      resolve: async (invoice, _args, context) =>
        Promise.all(
          (await loadPayments(invoice.id, context)).map((payment) => reversal(payment, invoice, context)),
        ),
    }),
  }),
});

builder.prismaObjectField("Invoice", "creditEligibility", (t) =>
  t.field({
    type: CreditEligibility,
    description: "Whether it can be credited, and how much of it.",
    ...reads("id", "total", "amountPaid", "amountCredited", "amountRefunded", "credit", "currency"),
    resolve: (invoice) => invoice,
  }),
);

builder.prismaObjectField("InvoicePayment", "reversalEligibility", (t) =>
  t.field({
    type: ReversalEligibility,
    description: "Whether it can be given back, and how much of it.",
    ...reads("id", "kind", "amount", "invoiceId"),
    resolve: async (payment, _args, context) => {
      const invoice = await loadById(context, "Invoice", payment.invoiceId);
      if (!invoice) throw new Error(`invoice ${payment.invoiceId} is not there`);
      return reversal(payment, invoice, context);
    },
  }),
);
