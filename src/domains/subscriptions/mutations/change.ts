import type { InputRef } from "@pothos/core";
import type { TransactionHost, Writer } from "../../../db/transaction.ts";
import { type Unchecked } from "../../../graph/inputs.ts";
import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changedField } from "../../../graph/payloads.ts";
import { cancelSubscription } from "../cancel.ts";
import type { Outcome } from "../carry-out.ts";
import {
  CancelSubscriptionInput,
  PauseSubscriptionInput,
  ReactivateSubscriptionInput,
  ResumeSubscriptionInput,
  UpdateSubscriptionInput,
} from "../inputs/change.ts";
import { pauseSubscription, resumeSubscription } from "../pause.ts";
import { reactivateSubscription } from "../reactivate.ts";
import { updateSubscription } from "../update.ts";
import { invoiceField, subscriptionField } from "./payload.ts";

type Run = (host: TransactionHost, writer: Writer, input: unknown) => Promise<Outcome>;

const operations: Readonly<
  Record<string, { run: Run; input: InputRef<Unchecked>; billed: string; description: string }>
> = {
  updateSubscription: {
    run: updateSubscription,
    input: UpdateSubscriptionInput,
    billed: "Always null.",
    description:
      "Changes the terms of a subscription, from its next invoice on. Of one that has ended, only the metadata.",
  },
  pauseSubscription: {
    run: pauseSubscription,
    input: PauseSubscriptionInput,
    billed: "Always null.",
    description:
      "Pauses a subscription that is ACTIVE or TRIALING: its periods go on, but what they bill is not collected.",
  },
  resumeSubscription: {
    run: resumeSubscription,
    input: ResumeSubscriptionInput,
    billed: "Always null.",
    description:
      "Ends a pause, or takes back one that is to come. Drafts that the pause has left stay, to be finalized by hand.",
  },
  cancelSubscription: {
    run: cancelSubscription,
    input: CancelSubscriptionInput,
    billed: "The last invoice, with what was used and what waited; null when there was nothing.",
    description: "Cancels a subscription that has not ended: now, when its period ends, or at a date.",
  },
  reactivateSubscription: {
    run: reactivateSubscription,
    input: ReactivateSubscriptionInput,
    billed: "What the cancellation had credited, charged again; null when it had credited nothing.",
    description:
      "Takes back a cancellation: one that is to come, or one that has happened as long as the last period runs.",
  },
};

for (const [name, { run, input, billed, description }] of Object.entries(operations)) {
  mutation<object, Outcome>(name, {
    description,
    scope: "subscriptions:write",
    input: input as never,
    payload: (t) => ({
      subscription: subscriptionField(t as never),
      invoice: invoiceField(t as never, billed),
      changed: changedField(t as never),
    }),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
