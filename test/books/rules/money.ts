import type { Case } from "../case.ts";
import { Fault } from "../fault.ts";
import type { Invoice, Ledger } from "../ledger.ts";

/** No customer has more than came in: what it has to its credit is at most what it paid and did not get back. */
export function neverMoreThanPaid({ ledger }: Case): void {
  const { balance, wallet, granted } = ledger;
  const rule = "never-more-than-paid";
  for (const invoice of ledger.invoices) {
    if (invoice.refunded > invoice.paid) {
      throw new Fault(
        rule,
        `invoice ${invoice.number}: ${invoice.refunded} refunded of ${invoice.paid} paid`,
      );
    }
  }
  const kept = ledger.invoices.reduce((total, invoice) => total + netPaid(invoice), 0n);
  const external = notesBy(ledger, "EXTERNAL");
  if (balance < 0n) throw new Fault(rule, `the balance is ${balance}`);
  if (balance + external > kept) {
    throw new Fault(
      rule,
      `the balance is ${balance} and ${external} were credited elsewhere, and ${kept} were paid and not refunded`,
    );
  }
  if (wallet > granted) throw new Fault(rule, `the wallet has ${wallet}, and ${granted} were granted`);
  if (wallet < 0) throw new Fault(rule, `the wallet has ${wallet}`);
}

export const netPaid = ({ payments }: Invoice): bigint =>
  payments.reduce((total, { kind, amount }) => total + (kind === "REFUND" ? -amount : amount), 0n);

function notesBy({ notes }: Ledger, method: string): bigint {
  return notes.reduce(
    (total, note) => (note.method === method && note.status !== "VOID" ? total + note.amount : total),
    0n,
  );
}

const unissued = new Set(["DRAFT", "PENDING_APPROVAL", "REJECTED", "VOID"]);

/** The balance is what invoices put there and credit notes, less what invoices took from it. */
export function moneyAddsUp({ ledger }: Case): void {
  const moved = ledger.invoices.reduce((total, { status, credit, lines }) => {
    if (unissued.has(status)) return total;
    const carried = lines.reduce((sum, line) => sum + (line.kind === "CARRIED_OVER" ? line.amount : 0n), 0n);
    return total + carried - (status === "REFUNDED" ? 0n : credit);
  }, 0n);
  const expected = moved + notesBy(ledger, "CUSTOMER_BALANCE");
  if (expected !== ledger.balance) {
    throw new Fault("money-adds-up", `the balance is ${ledger.balance}, and moves come to ${expected}`);
  }
}
