export { postGiveBacks } from "./adjust.ts";
export { markOverdue, voidUnpaid } from "./close.ts";
export { type ComposedDraft, composeDraft } from "./compose-draft.ts";
export type { InvoiceParts } from "./compose.ts";
export type { CreatedInvoice } from "./create.ts";
export { createInvoices } from "./create.ts";
export { type InvoiceCredit, creditInvoice } from "./credit.ts";
export { type Printer, type PrinterOptions, createPrinter } from "./document/printer.ts";
export { type DocumentFormat, type InvoiceDocument, renderInvoice } from "./document/render.ts";
export type { AdvanceTo, DiscountDraft, InvoiceDraft, InvoiceLineDraft, TaxRateDraft } from "./draft.ts";
export { lockInvoice, lockInvoices, readInvoice } from "./find.ts";
export { type LedgerLine, leftOf, netOf, waivedIn } from "./ledger/fold.ts";
export {
  type GiveBack,
  type Postings,
  type RoutedGiveBacks,
  giveBackAmount,
  giveBackTime,
  routeGiveBacks,
} from "./ledger/give-back.ts";
export { readGivenBack, readGivenBackOf, splitGivenBack } from "./ledger/given-back.ts";
export { giveBackLine } from "./ledger/lines.ts";
export { type CreditUse, creditOfUnpaid, giveBackPrepaid, walletSources } from "./ledger/prepaid.ts";
export { type LedgerOf, givingBack, lockLedger, readLedger, sourcesOf } from "./ledger/read.ts";
export { type SettledAmounts, type SettledDiscount, storedSettled } from "./ledger/settled.ts";
export { takeNoteNumbers } from "./note-numbers.ts";
export { lineOfPending } from "./pending.ts";
export { type Payment, type RecordedPayment, notePayments, recordPayments } from "./pay.ts";
export { type SettledReaction, isSettled, whenSettled } from "./settled.ts";
export { editableInvoiceStates, invoiceMachine } from "./status.ts";
