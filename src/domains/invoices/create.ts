import { orStartOver } from "../../db/changes.ts";
import type { Transaction } from "../../db/transaction.ts";
import { newId } from "../../kit/ids.ts";
import { writePurses } from "../credits/index.ts";
import { moveBalances } from "../customers/index.ts";
import { billedPeriods, periodKey } from "./billed-periods.ts";
import { type InvoiceRow, composeInvoice } from "./compose.ts";
import type { InvoiceDraft } from "./draft.ts";
import { eventsOfNew } from "./events.ts";
import { issueInvoices } from "./issue.ts";
import { readCustomers, readIssuer } from "./issuer.ts";
import { newInvoice } from "./new-invoice.ts";
import { lineOfPending, lockPending, takePending } from "./pending.ts";
import { insertInvoices } from "./write-parts.ts";

/** What became of a draft: its invoice, or the one that has billed its period already. */
export interface CreatedInvoice {
  readonly invoice: InvoiceRow;
  /** False for a period that was billed before: nothing was done. */
  readonly created: boolean;
}

/**
 * Makes invoices from drafts, in their order: lines and what was pending, totals, and, for those that are finalized, the
 * customer's credit, a number, snapshots and how far they go. Customers are known to exist. The number of statements does not
 * depend on the number of drafts.
 */
export async function createInvoices(
  transaction: Transaction,
  drafts: readonly InvoiceDraft[],
): Promise<CreatedInvoice[]> {
  if (!drafts.length) return [];
  const billed = await billedPeriods(transaction, drafts);
  const open = drafts.filter((draft) => !billed.has(periodKey(draft)));
  const made = open.length ? await create(transaction, open) : [];
  const invoices = new Map(open.map((draft, index) => [draft, made[index]]));
  return drafts.map((draft) => {
    const invoice = invoices.get(draft);
    if (invoice) return { invoice, created: true };
    const existing = billed.get(periodKey(draft));
    if (!existing) throw new Error("a draft was lost");
    return { invoice: existing, created: false };
  });
}

async function create(transaction: Transaction, drafts: readonly InvoiceDraft[]): Promise<InvoiceRow[]> {
  const issuer = await readIssuer(transaction);
  const customers = await readCustomers(
    transaction,
    drafts.map(({ customerId }) => customerId),
  );
  const pending = await lockPending(transaction, drafts);
  const begun = drafts.map((draft, index) => ({
    draft,
    invoice: beginInvoice(transaction, draft),
    contents: {
      lines: [...draft.lines, ...(pending[index] ?? []).map(lineOfPending)],
      discounts: draft.discounts ?? [],
      taxRates: draft.taxRates ?? [],
    },
  }));
  const finalizing = begun.filter(({ draft }) => draft.finalize);
  const {
    parts: issued,
    movements,
    purses,
  } = await issueInvoices(
    transaction,
    issuer,
    finalizing.map(({ draft, invoice, contents }) => {
      const customer = customers.get(draft.customerId);
      if (!customer) throw new Error(`there is no customer ${draft.customerId}`);
      return {
        invoice,
        contents,
        customer,
        move: "finalize",
        advanceTo: draft.advanceTo ?? "FINALIZED",
        paidUpTo: draft.paidUpTo,
        now: draft.now,
      } as const;
    }),
  );
  const issuedById = new Map(issued.map((parts) => [parts.invoice.id, parts]));
  const parts = begun.map(
    ({ invoice, contents, draft }) =>
      issuedById.get(invoice.id) ?? composeInvoice(invoice, { ...contents, creditAvailable: 0n }, draft.now),
  );
  await orStartOver(insertInvoices(transaction, parts));
  await writePurses(transaction, purses);
  await moveBalances(transaction, movements);
  await takePending(
    transaction,
    begun.flatMap(({ invoice }, index) =>
      (pending[index] ?? []).map(({ id }) => ({ itemId: id, invoiceId: invoice.id })),
    ),
  );
  const rows = parts.map(({ invoice }) => invoice);
  transaction.emit(...rows.flatMap(eventsOfNew));
  return rows;
}

function beginInvoice({ environmentId }: Transaction, draft: InvoiceDraft): InvoiceRow {
  const { customerId, currency, billingReason, collectionMethod, period, now } = draft;
  return newInvoice({
    environmentId,
    id: newId(),
    customerId,
    subscriptionId: draft.subscriptionId ?? null,
    currency,
    billingReason,
    collectionMethod,
    periodStart: period?.start ?? null,
    periodEnd: period?.end ?? null,
    dueAt: draft.dueAt ?? null,
    ...draft.values,
    createdAt: now,
  });
}
