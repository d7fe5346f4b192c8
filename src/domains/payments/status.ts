import type { StateMachine } from "../../kit/state-machine.ts";

export type PaymentState =
  | "INITIATED"
  | "PENDING"
  | "PROCESSING"
  | "AUTHORIZED"
  | "CAPTURED"
  | "SUCCEEDED"
  | "OVERPAID"
  | "PARTIALLY_REFUNDED"
  | "REFUNDED"
  | "FAILED"
  | "VOIDED";

export type PaymentMove =
  | "submit"
  | "process"
  | "authorize"
  | "capture"
  | "succeed"
  | "overpay"
  | "fail"
  | "void"
  | "refundPartly"
  | "refundFully";

/** What can become of money that has not arrived. */
const open = {
  process: "PROCESSING",
  authorize: "AUTHORIZED",
  capture: "CAPTURED",
  succeed: "SUCCEEDED",
  overpay: "OVERPAID",
  fail: "FAILED",
  void: "VOIDED",
} as const;

const received = { refundPartly: "PARTIALLY_REFUNDED", refundFully: "REFUNDED" } as const;

/** The life of a payment. What failed stays failed: another attempt is another payment. */
export const paymentMachine: StateMachine<PaymentState, PaymentMove> = {
  INITIATED: { submit: "PENDING", ...open },
  PENDING: open,
  PROCESSING: {
    authorize: "AUTHORIZED",
    capture: "CAPTURED",
    succeed: "SUCCEEDED",
    overpay: "OVERPAID",
    fail: "FAILED",
  },
  AUTHORIZED: { capture: "CAPTURED", succeed: "SUCCEEDED", fail: "FAILED", void: "VOIDED" },
  CAPTURED: { succeed: "SUCCEEDED", overpay: "OVERPAID", fail: "FAILED", void: "VOIDED", ...received },
  SUCCEEDED: received,
  OVERPAID: received,
  PARTIALLY_REFUNDED: received,
  REFUNDED: {},
  FAILED: {},
  VOIDED: {},
};
