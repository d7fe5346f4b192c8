import { requireMove } from "../../kit/state-machine.ts";
import type { InvoiceRow } from "./compose.ts";
import type { AdvanceTo } from "./draft.ts";
import { type InvoiceMove, invoiceMachine } from "./status.ts";

/** The invoice after a move, with the instant of it and whatever else is said. An illegal move is refused at `path`. */
export function moved(
  invoice: InvoiceRow,
  move: InvoiceMove,
  values: Partial<InvoiceRow> = {},
  path: readonly string[] = ["invoice"],
): InvoiceRow {
  const status = requireMove(invoiceMachine, invoice.status, move, { noun: "The invoice", path });
  return { ...invoice, ...values, status };
}

const ways: Readonly<Record<AdvanceTo, readonly ("approve" | "send" | "void" | "writeOff")[]>> = {
  FINALIZED: [],
  APPROVED: ["approve"],
  SENT: ["approve", "send"],
  VOID: ["void"],
  UNCOLLECTIBLE: ["approve", "send", "writeOff"],
};

/** A finalized invoice as far on as it is to go at once. With nothing to pay it is paid, unless it is to be void. */
export function advanced(invoice: InvoiceRow, to: AdvanceTo, now: Date): InvoiceRow {
  if (invoice.amountDue === 0n && to !== "VOID") return moved(invoice, "payFully", { paidAt: now });
  const stamps = {
    approve: { approvedAt: now },
    send: { sentAt: now },
    void: { voidedAt: now, amountDue: 0n },
    writeOff: { uncollectibleAt: now },
  };
  return ways[to].reduce((row, move) => moved(row, move, stamps[move]), invoice);
}
