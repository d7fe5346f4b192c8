import { builder } from "../../../graph/builder.ts";
import { writerOf } from "../../../graph/context.ts";
import { oneOf } from "../../../graph/inputs.ts";
import { preview } from "../../../graph/mutations.ts";
import { Money, Period } from "../../../graph/values.ts";
import {
  AddSubscriptionItemInput,
  CancelSubscriptionInput,
  ChangeSubscriptionPlanInput,
  ChangeSubscriptionQuantityInput,
  PauseSubscriptionInput,
  ReactivateSubscriptionInput,
  RemoveSubscriptionItemInput,
  ResumeSubscriptionInput,
  UpdateSubscriptionItemInput,
} from "../inputs/change.ts";
import { type ChangePreview, previewChange } from "../preview-change.ts";
import { SubscriptionStatus } from "./enums.ts";
import { PreviewedLine } from "./previewed-line.ts";

const PreviewedInvoice = builder.objectRef<ChangePreview>("PreviewedInvoice").implement({
  description: "An invoice that would be made.",
  fields: (t) => {
    const money = (
      field: "subtotal" | "discount" | "prepaidCredit" | "credit" | "tax" | "total",
      description: string,
    ) =>
      t.field({
        type: Money,
        description,
        resolve: ({ invoice, subscription: { currency } }) => ({
          amount: invoice?.parts.invoice[field] ?? 0n,
          currency,
        }),
      });
    return {
      subtotal: money("subtotal", "The sum of its lines."),
      discount: money("discount", "What discounts take off."),
      prepaidCredit: money("prepaidCredit", "What wallets pay, before taxes."),
      credit: money("credit", "What the customer's balance pays."),
      tax: money("tax", "The tax on the rest."),
      total: money("total", "What would be to pay."),
      toBalance: t.field({
        type: Money,
        description: "What would go to the customer's balance, because credits are more than charges.",
        resolve: ({ invoice, subscription: { currency } }) => {
          const carried = invoice?.parts.lines.filter(({ kind }) => kind === "CARRIED_OVER") ?? [];
          return { amount: carried.reduce((sum, { amount }) => sum + amount, 0n), currency };
        },
      }),
      lines: t.field({
        type: [PreviewedLine],
        description: "Its lines, in order.",
        resolve: ({ invoice, subscription: { currency } }) =>
          (invoice?.parts.lines ?? []).map(({ periodStart: start, periodEnd: end, ...line }) => ({
            ...line,
            metadata: {},
            settled: undefined,
            period: start && end ? { start, end } : null,
            currency,
          })),
      }),
    };
  },
});

const PreviewSubscriptionChangeInput = oneOf(
  "PreviewSubscriptionChangeInput",
  "The operation to show, with the input that it would get.",
  (t) => ({
    addSubscriptionItem: t.field({ type: AddSubscriptionItemInput, description: "An item to add." }),
    updateSubscriptionItem: t.field({ type: UpdateSubscriptionItemInput, description: "An item to change." }),
    removeSubscriptionItem: t.field({ type: RemoveSubscriptionItemInput, description: "An item to remove." }),
    changeSubscriptionPlan: t.field({ type: ChangeSubscriptionPlanInput, description: "Another price." }),
    changeSubscriptionQuantity: t.field({
      type: ChangeSubscriptionQuantityInput,
      description: "Another quantity.",
    }),
    pauseSubscription: t.field({ type: PauseSubscriptionInput, description: "A pause." }),
    resumeSubscription: t.field({ type: ResumeSubscriptionInput, description: "The end of a pause." }),
    cancelSubscription: t.field({ type: CancelSubscriptionInput, description: "A cancellation." }),
    reactivateSubscription: t.field({
      type: ReactivateSubscriptionInput,
      description: "Taking back a cancellation.",
    }),
  }),
);

preview<Record<string, unknown>, ChangePreview>("previewSubscriptionChange", {
  description:
    "What an operation on a subscription would do now: the state after it, the invoice that it would make at once, and what would wait for the next one. It is the operation's own code. Writes nothing.",
  scope: "subscriptions:read",
  input: PreviewSubscriptionChangeInput as never,
  payload: (t) => ({
    status: t.field({
      type: SubscriptionStatus,
      nullable: true,
      description: "Where the subscription would stand; null when the operation would be refused.",
      resolve: ({ subscription }) => subscription?.status,
    }),
    currentPeriod: t.field({
      type: Period,
      nullable: true,
      description: "The period that it would be in.",
      resolve: ({ subscription }) =>
        subscription && { start: subscription.currentPeriodStart, end: subscription.currentPeriodEnd },
    }),
    invoice: t.field({
      type: PreviewedInvoice,
      nullable: true,
      description: "The invoice that would be made at once; null for none.",
      resolve: (shown) => (shown.invoice ? (shown as ChangePreview) : null),
    }),
    usage: t.field({
      type: [PreviewedLine],
      nullable: true,
      description:
        "What was used in the period by now, as the invoice of the period would bill it after the operation. Empty where `invoice` bills it.",
      resolve: ({ usage, subscription }) =>
        usage?.map((line) => ({ ...line, currency: subscription?.currency ?? "" })),
    }),
    waiting: t.field({
      type: [PreviewedLine],
      nullable: true,
      description: "Lines that would wait for the next invoice.",
      resolve: ({ waiting, subscription }) =>
        waiting?.map((line) => ({ ...line, currency: subscription?.currency ?? "" })),
    }),
  }),
  run: (input, context) => previewChange(context.database, writerOf(context), input),
});
