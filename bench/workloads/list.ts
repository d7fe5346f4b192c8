import { customer, entitlement, invoices, subscriptions, usage } from "./reads.ts";
import { ingest, upsert } from "./writes.ts";
import type { Workload } from "./workload.ts";

/** All workloads, in the order in which they run: reads before writes. */
export const workloads: readonly Workload[] = [
  customer,
  invoices,
  subscriptions,
  usage,
  entitlement,
  upsert,
  ingest,
];
