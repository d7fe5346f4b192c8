import { objectEvent } from "../../db/changes.ts";
import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { notePayments } from "../invoices/index.ts";
import type { Charge, ChargeOutcome, PaymentGateway } from "./gateway.ts";
import { sandboxGateway } from "./sandbox-gateway.ts";

type InvoiceRow = Row<"Invoice">;

/** An invoice that is to be paid by its customer's means of payment. */
export interface Collection {
  readonly invoice: InvoiceRow;
  /** How often it was tried before. */
  readonly earlierAttempts: number;
}

/** What came of collecting an invoice; it is WAITING where nobody charges it: the customer pays it, or there is no gateway. */
export type Collected = "PAID" | "DECLINED" | "HARD_DECLINED" | "WAITING";

/**
 * Charges what is due of invoices that are charged automatically, and records what was paid at `now`, on the customers'
 * clock. Gives what came of each, in their order; what becomes of their subscriptions is for the caller. The same number of
 * statements for any number of invoices.
 */
export async function collect(
  transaction: Transaction,
  collections: readonly Collection[],
  now: Date,
): Promise<Collected[]> {
  const chargeable = collections.filter(({ invoice }) => isChargeable(invoice));
  const gateway = chargeable.length ? await gatewayOf(transaction) : null;
  if (!gateway) return collections.map(({ invoice }) => (invoice.amountDue === 0n ? "PAID" : "WAITING"));
  const outcomes = await gateway.charge(await chargesFor(transaction, chargeable));
  const settled = chargeable.map((collection, index) => ({
    ...collection,
    outcome: outcomes[index] as ChargeOutcome,
  }));
  await record(transaction, gateway, settled, now);
  const byId = new Map(settled.map(({ invoice, outcome }) => [invoice.id, outcome]));
  return collections.map(({ invoice }) => {
    const outcome = byId.get(invoice.id);
    if (!outcome) return invoice.amountDue === 0n ? "PAID" : "WAITING";
    if (outcome.status === "SUCCEEDED") return "PAID";
    return outcome.hard ? "HARD_DECLINED" : "DECLINED";
  });
}

/** The states in which an invoice is charged for; what was written off can be paid, but is not charged for. */
const open: ReadonlySet<InvoiceRow["status"]> = new Set([
  "FINALIZED",
  "APPROVED",
  "SENT",
  "PARTIALLY_PAID",
  "OVERDUE",
]);

function isChargeable({ collectionMethod, amountDue, status }: InvoiceRow): boolean {
  return collectionMethod === "CHARGE_AUTOMATICALLY" && amountDue > 0n && open.has(status);
}

/** Test mode has its own gateway. Without one for live mode, live invoices wait for their customers. */
async function gatewayOf({ environmentId, query }: Transaction): Promise<PaymentGateway | null> {
  const [row] = await query<{ livemode: boolean }>(
    Prisma.sql`SELECT livemode FROM environments WHERE id = ${environmentId}::uuid`,
  );
  return row?.livemode ? null : sandboxGateway;
}

async function chargesFor(
  { environmentId, query }: Transaction,
  collections: readonly Collection[],
): Promise<Charge[]> {
  const ids = collections.map(({ invoice }) => invoice.customerId);
  const rows = await query<{ id: string; metadata: Record<string, unknown> }>(Prisma.sql`
    SELECT c.id, c.metadata FROM customers c
    WHERE c.environment_id = ${environmentId}::uuid AND c.id = ANY(${[...new Set(ids)]}::uuid[])`);
  const metadata = new Map(rows.map((row) => [row.id, row.metadata]));
  return collections.map(({ invoice: { id, customerId, amountDue, currency }, earlierAttempts }) => ({
    idempotencyKey: `${id}:${earlierAttempts}`,
    invoiceId: id,
    customerId,
    customerMetadata: metadata.get(customerId) ?? {},
    amount: amountDue,
    currency,
    earlierAttempts,
  }));
}

interface Settled extends Collection {
  readonly outcome: ChargeOutcome;
}

async function record(
  transaction: Transaction,
  gateway: PaymentGateway,
  settled: readonly Settled[],
  now: Date,
): Promise<void> {
  const paid = settled.flatMap(({ invoice, outcome }) =>
    outcome.status === "SUCCEEDED" ? [{ invoice, reference: outcome.reference }] : [],
  );
  await notePayments(
    transaction,
    paid.map((one) => ({ ...one, invoiceId: one.invoice.id, method: gateway.name, paidAt: now })),
    now,
  );
  for (const { invoice, outcome } of settled) {
    if (outcome.status === "DECLINED") transaction.emit(objectEvent("invoice.payment_failed", invoice));
  }
}
