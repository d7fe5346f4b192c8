import type { StateMachine } from "../../kit/state-machine.ts";

export type CreditNoteState = "DRAFT" | "PENDING" | "ISSUED" | "APPLIED" | "VOID";
export type CreditNoteMove = "submit" | "issue" | "apply" | "void";

/** The life of a credit note. What was applied is not taken back. */
export const creditNoteMachine: StateMachine<CreditNoteState, CreditNoteMove> = {
  DRAFT: { submit: "PENDING", issue: "ISSUED", void: "VOID" },
  PENDING: { issue: "ISSUED", void: "VOID" },
  ISSUED: { apply: "APPLIED", void: "VOID" },
  APPLIED: {},
  VOID: {},
};
