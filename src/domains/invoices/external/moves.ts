import { moved } from "../advance.ts";
import type { InvoiceRow } from "../compose.ts";
import { type InvoiceMove, type InvoiceState, invoiceMachine } from "../status.ts";
import type { ExternalStatus } from "./record.ts";

/** What another system can tell that was done. */
const reported: ReadonlySet<InvoiceMove> = new Set([
  "revise",
  "finalize",
  "approve",
  "send",
  "markOverdue",
  "void",
  "writeOff",
  "payFully",
]);

/** The fewest moves that lead from one state to another, as far as another system can tell of them; null where none do. */
export function movesTo(
  from: InvoiceState,
  to: InvoiceState,
  allowed: (move: InvoiceMove) => boolean = (move) => reported.has(move),
): readonly InvoiceMove[] | null {
  const known = new Map<InvoiceState, readonly InvoiceMove[]>([[from, []]]);
  // The map grows while it is gone through, with the nearest states first.
  for (const [state, moves] of known) {
    if (state === to) return moves;
    for (const [move, next] of Object.entries(invoiceMachine[state]) as [InvoiceMove, InvoiceState][]) {
      if (allowed(move) && !known.has(next)) known.set(next, [...moves, move]);
    }
  }
  return null;
}

/** Whether an invoice has been in a state that another system tells of, and has gone on since. */
export function isBeyond(state: InvoiceState, told: ExternalStatus): boolean {
  return movesTo(told, state, () => true) !== null;
}

/** The invoice after moves that need nothing but the invoice: all but finalizing and paying. */
export function follow(invoice: InvoiceRow, moves: readonly InvoiceMove[], now: Date): InvoiceRow {
  const stamps: Partial<Record<InvoiceMove, Partial<InvoiceRow>>> = {
    approve: { approvedAt: now },
    send: { sentAt: now },
    markOverdue: { overdueAt: now },
    void: { voidedAt: now, amountDue: 0n },
    writeOff: { uncollectibleAt: now },
  };
  return moves.reduce((row, move) => moved(row, move, stamps[move]), invoice);
}
