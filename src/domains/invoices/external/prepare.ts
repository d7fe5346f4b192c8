import type { Row } from "../../../db/datamodel.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { type InvoiceParts, type InvoiceRow, composeInvoice } from "../compose.ts";
import { type Issue, issueInvoices } from "../issue.ts";
import { readCustomers, readIssuer } from "../issuer.ts";
import type { Surroundings } from "./known.ts";
import { follow } from "./moves.ts";
import type { InvoicePlan } from "./plan.ts";
import type { ExternalInvoice } from "./record.ts";

type Applied = Extract<InvoicePlan, { outcome: "CREATED" | "UPDATED" }>;

/** A record that is to be applied. */
export interface Planned {
  readonly record: ExternalInvoice;
  readonly plan: Applied;
}

/** A record that is applied, with the invoice as it is to be written. */
export interface Write extends Planned {
  readonly before: InvoiceRow | null;
  readonly row: InvoiceRow;
  /** All that it is made of; null where that stays as it is. */
  readonly parts: InvoiceParts | null;
}

/** Composes what is new, and finalizes what is to be. */
export async function prepare(
  transaction: Transaction,
  around: Surroundings,
  planned: readonly Planned[],
): Promise<Write[]> {
  const begun = planned.map(({ record, plan }) => {
    const known = around.known.get(record.externalId);
    const revised = plan.moves[0] === "revise";
    const moves = revised ? plan.moves.slice(1) : plan.moves;
    const invoice = revised ? follow(plan.invoice, ["revise"], plan.now) : plan.invoice;
    const contents = plan.contents ?? known?.contents;
    if (!contents) throw new Error("an invoice has no contents");
    const [first] = moves;
    const issues = first === "finalize" || (first === "approve" && invoice.status === "PENDING_APPROVAL");
    return {
      record,
      plan,
      before: known?.invoice ?? null,
      moves,
      invoice,
      contents,
      issued: issues ? first : null,
    };
  });
  const issuing = begun.filter(({ issued }) => issued !== null);
  const customers = await readCustomers(transaction, [
    ...new Set(issuing.map(({ invoice }) => invoice.customerId)),
  ]);
  const { parts } = issuing.length
    ? await issueInvoices(
        transaction,
        await readIssuer(transaction),
        issuing.map(({ invoice, contents, issued, moves, plan }): Issue => {
          const customer = customers.get(invoice.customerId) as Row<"Customer">;
          const advanceTo = moves.includes("void") ? "VOID" : "FINALIZED";
          return { invoice, contents, customer, move: issued ?? "finalize", advanceTo, now: plan.now };
        }),
        begun.flatMap(({ invoice }) => invoice.number ?? []),
      )
    : { parts: [] };
  const issuedById = new Map(parts.map((one) => [one.invoice.id, one]));
  return begun.map(({ record, plan, before, moves, invoice, contents }) => {
    const issued = issuedById.get(invoice.id);
    const whole =
      issued ?? (plan.contents && composeInvoice(invoice, { ...contents, creditAvailable: 0n }, plan.now));
    const start = whole?.invoice ?? invoice;
    // What is finalized with nothing to pay is paid, and goes no further; payments come once all is written.
    const left = issued ? moves.slice(1).filter((move) => move !== "void") : moves;
    const further = start.status === "PAID" ? [] : left.filter((move) => move !== "payFully");
    const row = follow(start, further, plan.now);
    return { record, plan, before, row, parts: whole && { ...whole, invoice: row } };
  });
}
