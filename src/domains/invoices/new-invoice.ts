import type { InvoiceRow } from "./compose.ts";

/** The row of an invoice that is a draft and has nothing on it. */
export function newInvoice(
  values: Pick<InvoiceRow, "environmentId" | "id" | "customerId" | "currency" | "createdAt"> &
    Partial<InvoiceRow>,
): InvoiceRow {
  return { ...empty, updatedAt: values.createdAt, ...values };
}

const empty: Omit<
  InvoiceRow,
  "environmentId" | "id" | "customerId" | "currency" | "createdAt" | "updatedAt"
> = {
  subscriptionId: null,
  number: null,
  status: "DRAFT",
  subtotal: 0n,
  discount: 0n,
  credit: 0n,
  prepaidCredit: 0n,
  tax: 0n,
  taxIncluded: 0n,
  total: 0n,
  amountPaid: 0n,
  amountDue: 0n,
  amountAdjusted: 0n,
  amountCredited: 0n,
  amountRefunded: 0n,
  billingReason: "MANUAL",
  collectionMethod: "SEND_INVOICE",
  allowedMethods: [],
  publicToken: null,
  customerSnapshot: null,
  sellerSnapshot: null,
  submittedAt: null,
  approvedAt: null,
  rejectedAt: null,
  rejectionReason: null,
  finalizedAt: null,
  sentAt: null,
  overdueAt: null,
  voidedAt: null,
  voidReason: null,
  uncollectibleAt: null,
  customFields: {},
  subscriptionTerms: null,
  externalSource: null,
  externalType: null,
  externalId: null,
  externalUpdatedAt: null,
  contentHash: null,
  version: 1,
  periodStart: null,
  periodEnd: null,
  issuedAt: null,
  dueAt: null,
  paidAt: null,
  notes: null,
  metadata: {},
};
