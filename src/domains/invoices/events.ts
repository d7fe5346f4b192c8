import { changeEvent, objectEvent } from "../../db/changes.ts";
import type { EventDraft } from "../../db/outbox.ts";
import type { InvoiceRow } from "./compose.ts";

/** What is told of an invoice when an instant is set that was not set before. */
const byStamp = {
  finalizedAt: "invoice.finalized",
  submittedAt: "invoice.submitted",
  approvedAt: "invoice.approved",
  rejectedAt: "invoice.rejected",
  sentAt: "invoice.sent",
  overdueAt: "invoice.overdue",
  paidAt: "invoice.paid",
  voidedAt: "invoice.voided",
  uncollectibleAt: "invoice.uncollectible",
} as const;

/** The events of an invoice that is new, in the order in which things happened. */
export function eventsOfNew(invoice: InvoiceRow): EventDraft[] {
  return [objectEvent("invoice.created", invoice), ...happened(null, invoice)];
}

/** The events of a change: one for each thing that happened, or else that it was updated. */
export function eventsOfChange(before: InvoiceRow, after: InvoiceRow): EventDraft[] {
  const events = happened(before, after);
  return events.length ? events : [changeEvent("invoice.updated", { before, after })];
}

function happened(before: InvoiceRow | null, after: InvoiceRow): EventDraft[] {
  return Object.entries(byStamp).flatMap(([field, type]) => {
    const name = field as keyof typeof byStamp;
    const is = after[name]?.getTime();
    if (is === undefined || is === before?.[name]?.getTime()) return [];
    return [before ? changeEvent(type, { before, after }) : objectEvent(type, after)];
  });
}
