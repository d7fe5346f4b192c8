import { liveChanges } from "../../../graph/live.ts";
import "./invoice.ts";

liveChanges("invoice", {
  model: "Invoice",
  objectType: "invoice",
  ofCustomer: true,
  description:
    "Invoices as they are created, changed, finalized, sent, paid, overdue, voided and so on: the type of the event says which.",
});
