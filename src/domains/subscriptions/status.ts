import type { StateMachine } from "../../kit/state-machine.ts";

export type SubscriptionState =
  | "PENDING"
  | "TRIALING"
  | "ACTIVE"
  | "PAST_DUE"
  | "PAUSED"
  | "UNPAID"
  | "CANCELED"
  | "EXPIRED";

export type SubscriptionMove =
  | "startTrial"
  | "change"
  | "activate"
  | "failPayment"
  | "recover"
  | "exhaustRetries"
  | "pause"
  | "resume"
  | "cancel"
  | "reactivate"
  | "expire";

/**
 * The life of a subscription: it waits for its first payment, is on trial, bills, and ends by being canceled or by its term
 * running out. `change` is of what it bills. One that was canceled comes back only while its period has not ended, which the table cannot see.
 */
export const subscriptionMachine: StateMachine<SubscriptionState, SubscriptionMove> = {
  PENDING: {
    startTrial: "TRIALING",
    activate: "ACTIVE",
    change: "PENDING",
    cancel: "CANCELED",
    expire: "EXPIRED",
  },
  TRIALING: {
    change: "TRIALING",
    activate: "ACTIVE",
    failPayment: "PAST_DUE",
    pause: "PAUSED",
    cancel: "CANCELED",
    expire: "EXPIRED",
  },
  ACTIVE: {
    change: "ACTIVE",
    failPayment: "PAST_DUE",
    pause: "PAUSED",
    cancel: "CANCELED",
    expire: "EXPIRED",
  },
  PAST_DUE: {
    change: "PAST_DUE",
    recover: "ACTIVE",
    exhaustRetries: "UNPAID",
    cancel: "CANCELED",
    expire: "EXPIRED",
  },
  // One that is paused in its trial goes on with the rest of it.
  PAUSED: { resume: "ACTIVE", startTrial: "TRIALING", cancel: "CANCELED", expire: "EXPIRED" },
  UNPAID: { recover: "ACTIVE", cancel: "CANCELED", expire: "EXPIRED" },
  CANCELED: { reactivate: "ACTIVE", startTrial: "TRIALING" },
  EXPIRED: {},
};
