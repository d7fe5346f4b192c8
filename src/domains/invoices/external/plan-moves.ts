import type { Fault } from "../../../kit/refusal.ts";
import { allowedMoves } from "../../../kit/state-machine.ts";
import type { InvoiceRow } from "../compose.ts";
import { type InvoiceMove, invoiceMachine } from "../status.ts";
import { isBeyond, movesTo } from "./moves.ts";
import type { ExternalInvoice } from "./record.ts";

/** How an invoice gets to the state that another system tells of. */
export interface PlannedMoves {
  readonly moves: readonly InvoiceMove[];
  readonly warnings: readonly string[];
}

/**
 * The moves to the state that a record tells of. One that the invoice has left behind is not applied, with a warning; one
 * that nothing leads to is a fault.
 */
export function planMoves(
  { status: told, paidAt, path }: ExternalInvoice,
  { status, amountPaid }: InvoiceRow,
  now: Date,
): PlannedMoves | { readonly faults: readonly Fault[] } {
  const fault = (field: string, code: Fault["code"], message: string, details?: Fault["details"]) => ({
    faults: [{ code, message, path: [...path, field], ...(details && { details }) }],
  });
  if (paidAt && paidAt > now) return fault("paidAt", "INVALID", "paidAt must not be in the future.");
  // What was rejected is a draft again as soon as it is changed.
  const asIs: readonly InvoiceMove[] = status === "REJECTED" ? ["revise"] : [];
  if (told == null) return { moves: asIs, warnings: [] };
  const moves = movesTo(status, told);
  if (moves === null) {
    if (isBeyond(status, told)) {
      return { moves: asIs, warnings: [`status was not applied: the invoice is ${status} by now.`] };
    }
    const allowed = allowedMoves(invoiceMachine, status);
    const message = `The invoice is ${status}, from where it does not become ${told}. It allows: ${allowed.join(", ") || "nothing"}.`;
    return fault("status", "ILLEGAL_STATE", message, { state: status, move: told, allowed });
  }
  if (moves.includes("void") && amountPaid > 0n) {
    return fault(
      "status",
      "ILLEGAL_STATE",
      "A part of the invoice is paid. Refund it, or write the rest off.",
    );
  }
  return { moves, warnings: [] };
}
