import type { StateMachine } from "../../kit/state-machine.ts";

export type InvoiceState =
  | "DRAFT"
  | "PENDING_APPROVAL"
  | "REJECTED"
  | "FINALIZED"
  | "APPROVED"
  | "SENT"
  | "PARTIALLY_PAID"
  | "PAID"
  | "OVERDUE"
  | "VOID"
  | "UNCOLLECTIBLE"
  | "REFUNDED";

export type InvoiceMove =
  | "submit"
  | "reject"
  | "revise"
  | "finalize"
  | "approve"
  | "send"
  | "payPartly"
  | "payFully"
  | "markOverdue"
  | "void"
  | "writeOff"
  | "refundFully";

/** What a payment does wherever one can come in; it may do so before the invoice was sent, as when a card is charged. */
const payable = { payPartly: "PARTIALLY_PAID", payFully: "PAID" } as const;

/**
 * The life of an invoice. To void needs that nothing was paid, and to refund that something was, which the table cannot see. A
 * refund of a part leaves the status as it is, and so does a part paid of what is overdue or written off.
 */
export const invoiceMachine: StateMachine<InvoiceState, InvoiceMove> = {
  DRAFT: { submit: "PENDING_APPROVAL", finalize: "FINALIZED" },
  PENDING_APPROVAL: { approve: "APPROVED", reject: "REJECTED" },
  REJECTED: { revise: "DRAFT", submit: "PENDING_APPROVAL" },
  FINALIZED: { approve: "APPROVED", ...payable, void: "VOID" },
  APPROVED: { send: "SENT", ...payable, void: "VOID" },
  SENT: { send: "SENT", ...payable, markOverdue: "OVERDUE", void: "VOID", writeOff: "UNCOLLECTIBLE" },
  PARTIALLY_PAID: { ...payable, markOverdue: "OVERDUE", refundFully: "REFUNDED" },
  PAID: { refundFully: "REFUNDED" },
  OVERDUE: {
    send: "OVERDUE",
    payPartly: "OVERDUE",
    payFully: "PAID",
    void: "VOID",
    writeOff: "UNCOLLECTIBLE",
    refundFully: "REFUNDED",
  },
  VOID: {},
  UNCOLLECTIBLE: { payPartly: "UNCOLLECTIBLE", payFully: "PAID", refundFully: "REFUNDED" },
  REFUNDED: {},
};

/** The states in which lines and amounts can still change. */
export const editableInvoiceStates: ReadonlySet<InvoiceState> = new Set([
  "DRAFT",
  "PENDING_APPROVAL",
  "REJECTED",
]);
