import type { Case } from "./case.ts";
import type { Invoice } from "./ledger.ts";
import type { Operation } from "./operations.ts";

type OnInvoice = Extract<
  Operation,
  { op: "pay" | "void" | "uncollectible" | "refund" | "note" | "voidNote" | "deleteDraft" | "finalize" }
>;

/** The states in which an operation may do something; others are tried now and then all the same. */
const likely: Readonly<Record<string, readonly string[]>> = {
  pay: ["FINALIZED", "SENT", "OVERDUE", "PARTIALLY_PAID", "UNCOLLECTIBLE"],
  void: ["FINALIZED", "SENT", "OVERDUE", "PAID"],
  uncollectible: ["SENT", "OVERDUE"],
  refund: ["PAID", "PARTIALLY_PAID", "OVERDUE"],
  note: ["PAID", "PARTIALLY_PAID"],
  deleteDraft: ["DRAFT"],
  finalize: ["DRAFT"],
};

/** Carries out what people do to invoices and credit notes. */
export async function performOnInvoice(one: Case, operation: Operation): Promise<void> {
  const wanted = operation as OnInvoice;
  if (wanted.op === "voidNote") {
    const note = one.ledger.notes.filter(({ status }) => status === "ISSUED").at(wanted.note);
    if (note) await one.mutate("voidCreditNote", { creditNote: { id: note.id } }, "creditNote.customer");
    return;
  }
  const some = one.ledger.invoices.filter(({ status }) => likely[wanted.op]?.includes(status));
  const invoice = some[wanted.invoice % some.length];
  if (!invoice) return;
  const reference = { invoice: { id: invoice.id } };
  switch (wanted.op) {
    case "pay": {
      const amount = wanted.part === 1 ? {} : { amount: partOf(invoice.due, wanted.part) };
      await one.mutate("payInvoice", { ...reference, ...amount, method: "bank" }, "invoice.customer");
      return;
    }
    case "void":
      if ((await one.mutate("voidInvoice", reference, "invoice.customer")).refused === null) {
        takenBack(one, invoice);
      }
      return;
    case "uncollectible":
      await one.mutate("markInvoiceUncollectible", reference, "invoice.customer");
      return;
    case "refund": {
      const amount = partOf(invoice.paid - invoice.refunded, wanted.part);
      await one.mutate("refundInvoice", { ...reference, amount }, "invoice.customer");
      return;
    }
    case "note":
      await creditSome(one, invoice, wanted);
      return;
    case "deleteDraft":
      if ((await one.mutate("deleteInvoice", reference, "")).refused === null) {
        one.deleted.push(invoice);
        takenBack(one, invoice);
      }
      return;
    case "finalize":
      await one.mutate("finalizeInvoice", reference, "invoice.customer");
  }
}

async function creditSome(
  one: Case,
  invoice: Invoice,
  wanted: Extract<OnInvoice, { op: "note" }>,
): Promise<void> {
  const line = invoice.lines.find(({ amount }) => amount > 0n);
  const part =
    wanted.byLine && line
      ? { lines: [{ line: line.id, amount: partOf(line.amount - line.discount, wanted.part) }] }
      : { amount: partOf(invoice.paid, wanted.part) };
  await one.mutate(
    "createCreditNote",
    { invoice: { id: invoice.id }, creditMethod: wanted.method, ...part },
    "creditNote.customer",
  );
}

/** An invoice that counts no more: its cycle is counted back, and what it had taken along waits again. */
function takenBack({ model, putOff, replaced }: Case, { id, reason, from }: Invoice): void {
  if (replaced.has(id)) return;
  if (putOff && !model.over) model.waiting = true;
  model.countIsOpen ||= model.countWasOpen;
  const update = reason === "SUBSCRIPTION_UPDATE";
  const period = model.periods.find((one) => one.from === from && one.counted && (!update || one.restarted));
  if (period && reason !== "SUBSCRIPTION_CANCEL") model.countBack(period);
}

function partOf(amount: bigint, part: number): number {
  return Math.max(1, Math.floor(Number(amount) * part));
}
