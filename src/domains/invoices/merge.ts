import type { z } from "zod";
import { changedMetadata } from "../../kit/metadata.ts";
import type { InvoiceRow } from "./compose.ts";
import type { invoiceFields } from "./fields.ts";

type Sent = { readonly [F in keyof typeof invoiceFields]?: z.infer<(typeof invoiceFields)[F]> };

type Values = Pick<
  InvoiceRow,
  | "dueAt"
  | "collectionMethod"
  | "allowedMethods"
  | "notes"
  | "metadata"
  | "customFields"
  | "subscriptionTerms"
>;

const nothing: Values = {
  dueAt: null,
  collectionMethod: "SEND_INVOICE",
  allowedMethods: [],
  notes: null,
  metadata: {},
  customFields: {},
  subscriptionTerms: null,
};

/** The values of an invoice after `sent` arrived: what was left out stays, null clears, and keys are merged. */
export function valuesFrom(
  sent: Sent,
  stored: Values = nothing,
  replace: { readonly metadata?: boolean | null; readonly customFields?: boolean | null } = {},
): Values {
  const maps = (name: "metadata" | "customFields"): InvoiceRow["metadata"] => {
    const [given, before] = [sent[name], stored[name]];
    return changedMetadata(before, given, { replace: replace[name], field: name });
  };
  return {
    dueAt: kept(sent.dueAt, stored.dueAt),
    collectionMethod: sent.collectionMethod ?? stored.collectionMethod,
    allowedMethods:
      sent.allowedMethods === undefined ? stored.allowedMethods : [...(sent.allowedMethods ?? [])],
    notes: kept(sent.notes, stored.notes),
    metadata: maps("metadata"),
    customFields: maps("customFields"),
    subscriptionTerms: kept(sent.subscriptionTerms, stored.subscriptionTerms) as Values["subscriptionTerms"],
  };
}

function kept<T>(sent: T | null | undefined, stored: T | null): T | null {
  return sent === undefined ? stored : sent;
}
