import type { Case } from "./case.ts";
import { short } from "./calendar.ts";

/** The books of a case, for people. */
export function tableOf({ ledger }: Case): string {
  const invoices = ledger.invoices.map((invoice) => {
    const { number, reason, status, lines, total, due, paid, refunded, credit, prepaid, tax } = invoice;
    const notes = ledger.notes.filter(({ invoiceId }) => invoiceId === invoice.id);
    return [
      `  ${number} ${reason} ${status}: total ${total}, tax ${tax}, due ${due}, paid ${paid}, refunded ${refunded}, from the balance ${credit}, prepaid ${prepaid}`,
      ...lines.map(
        (line) =>
          `    ${line.amount} − ${line.discount} + ${line.tax} ${line.kind} "${line.description}" ${line.from === null ? "" : `${short(line.from)}…${short(line.to ?? 0)}`}`,
      ),
      ...notes.map(({ method, status: state, amount }) => `    note ${method} ${state} ${amount}`),
    ].join("\n");
  });
  return [...invoices, `  balance ${ledger.balance}, wallet ${ledger.wallet}`].join("\n");
}
