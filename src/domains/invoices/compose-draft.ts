import type { Row } from "../../db/datamodel.ts";
import { newId } from "../../kit/ids.ts";
import type { Purse } from "../credits/index.ts";
import { type InvoiceParts, carriedOver, composeInvoice } from "./compose.ts";
import type { InvoiceDraft } from "./draft.ts";
import { newInvoice } from "./new-invoice.ts";
import { lineOfPending } from "./pending.ts";

/** What a draft would become, and what it would move on the customer's balance. */
export interface ComposedDraft {
  readonly parts: InvoiceParts;
  /** Positive for credit that would come in, negative for credit that would be used. */
  readonly balanceChange: bigint;
}

/** The invoice that a draft would become, with what waits for it and the credit that there is; nothing is written. */
export function composeDraft(
  environmentId: string,
  draft: InvoiceDraft,
  waiting: {
    readonly pending: readonly Row<"PendingInvoiceItem">[];
    readonly creditAvailable: bigint;
    readonly purses?: readonly Purse[] | undefined;
  },
): ComposedDraft {
  const { customerId, currency, now } = draft;
  const pending = draft.takePending ? waiting.pending : [];
  const moves = draft.finalize && draft.advanceTo !== "VOID";
  const contents = {
    lines: [...draft.lines, ...pending.map(lineOfPending)],
    discounts: draft.discounts ?? [],
    taxRates: draft.taxRates ?? [],
    creditAvailable: moves ? waiting.creditAvailable : 0n,
    purses: moves ? (waiting.purses ?? []) : [],
  };
  const invoice = newInvoice({ environmentId, id: newId(), customerId, currency, createdAt: now });
  const parts = composeInvoice(invoice, contents, now);
  return { parts, balanceChange: moves ? carriedOver(parts.lines) - parts.invoice.credit : 0n };
}
