import { transact } from "../../../db/transaction.ts";
import { builder } from "../../../graph/builder.ts";
import { writerOf } from "../../../graph/context.ts";
import { requestError } from "../../../graph/errors.ts";
import { Money, Period } from "../../../graph/values.ts";
import { isId } from "../../../kit/ids.ts";
import {
  type RenewalPreview as Preview,
  type UpcomingRenewal,
  previewRenewals,
} from "../preview-renewals.ts";

const most = 24;

const Renewal = builder.objectRef<UpcomingRenewal & { currency: string }>("UpcomingRenewal").implement({
  description: "A period that a subscription will be billed for, as things stand now.",
  fields: (t) => ({
    sequence: t.exposeInt("sequence", { description: "Its place among those to come, from 1." }),
    date: t.expose("date", { type: "DateTime", description: "When it is billed." }),
    period: t.expose("period", { type: Period, description: "What it is billed for." }),
    amount: t.field({
      type: Money,
      description:
        "What will be to pay: with discounts, credit, taxes and what waits for the next invoice. Of what meters measure, what was used by now is in the first amount, and what is due without any use in the others.",
      resolve: ({ amount, currency }) => ({ amount, currency }),
    }),
    isTrialEnd: t.exposeBoolean("isTrialEnd", { description: "Whether its trial ends with it." }),
    isFirstCharge: t.exposeBoolean("isFirstCharge", {
      description: "Whether nothing was billed before it.",
    }),
    isFinalPayment: t.exposeBoolean("isFinalPayment", {
      description: "Whether the subscription ends with the period.",
    }),
  }),
});

const RenewalPreview = builder.objectRef<Preview>("RenewalPreview").implement({
  description: "What a subscription will be billed.",
  fields: (t) => ({
    currentPeriodEnd: t.field({
      type: "DateTime",
      description: "When the current period ends.",
      resolve: ({ subscription }) => subscription.currentPeriodEnd,
    }),
    renewals: t.field({
      type: [Renewal],
      description: "The periods to come, in order; fewer than asked for where the subscription ends before.",
      resolve: ({ renewals, subscription: { currency } }) =>
        renewals.map((renewal) => ({ ...renewal, currency })),
    }),
    nextInvoiceAmount: t.field({
      type: Money,
      nullable: true,
      description: "What will be to pay next; null when nothing more is billed.",
      resolve: ({ renewals: [next], subscription: { currency } }) =>
        next ? { amount: next.amount, currency } : null,
    }),
  }),
});

builder.queryField("previewRenewals", (t) =>
  t.field({
    type: RenewalPreview,
    nullable: true,
    description:
      "What a subscription will be billed if nothing changes and every payment succeeds, worked out by the same steps and the phases of its schedule as when it is billed. Nothing is written. null when there is no such subscription.",
    authScopes: { scope: "subscriptions:read" },
    args: {
      subscriptionId: t.arg.id({ required: true, description: "The id of the subscription." }),
      count: t.arg.int({ defaultValue: 3, description: `How many periods: 1 to ${most}.` }),
    },
    resolve: (_root, { subscriptionId, count }, context) => {
      const wanted = count ?? 3;
      if (wanted < 1 || wanted > most) {
        throw requestError("INVALID_REQUEST", `previewRenewals: count must be 1 to ${most}, not ${wanted}.`);
      }
      if (!isId(subscriptionId)) return null;
      return transact(context.database, writerOf(context), (transaction) =>
        previewRenewals(transaction, subscriptionId, wanted),
      );
    },
  }),
);
