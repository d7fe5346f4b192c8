import { type ModelName, type Row, tableOf } from "../../src/db/datamodel.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { insertRows } from "../../src/db/writes.ts";
import { rollUp } from "../../src/domains/usage/index.ts";
import { newId } from "../../src/kit/ids.ts";
import type { TestApi } from "../kit/api.ts";
import { insertLedger } from "../kit/ledger.ts";

/** So many seconds after the start of 2026 in UTC. */
export const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

/** What rows need beside what a test says about them. `index` counts the rows of one call. */
const defaults: { readonly [M in ModelName]?: (index: number) => Partial<Row<M>> } = {
  Customer: () => ({ email: `${newId()}@example.org` }),
  Product: () => ({ productKey: newId(), name: "Product", kind: "SUBSCRIPTION" }),
  Price: () => ({
    type: "RECURRING",
    interval: "MONTH",
    intervalCount: 1,
    currency: "USD",
    unitAmount: "1000" as never,
  }),
  BillingSubscription: () => ({
    status: "ACTIVE",
    currency: "USD",
    interval: "MONTH",
    billingAnchorDay: 1,
    startedAt: at(0),
    currentPeriodStart: at(0),
    currentPeriodEnd: at(31 * 86_400),
  }),
  SubscriptionItem: (position) => ({ position }),
  Invoice: () => ({ status: "PAID", currency: "USD" }),
  InvoiceLine: (position) => ({
    position,
    description: "Line",
    quantity: "1" as never,
    unitAmount: "100" as never,
    amount: 100n,
  }),
  CreditNote: (index) => ({
    number: `CN-${index}`,
    status: "ISSUED",
    currency: "USD",
    amount: 100n,
    creditMethod: "CUSTOMER_BALANCE",
  }),
  CreditNoteLine: (position) => ({
    position,
    description: "Line",
    unitAmount: "100" as never,
    amount: 100n,
  }),
  CustomerBalanceTransaction: () => ({ currency: "USD", amount: 100n, balance: 100n }),
  Wallet: () => ({ name: "Wallet", unit: "CREDITS", pays: "NOTHING" }),
  CreditPack: () => ({ name: newId(), credits: 100n, price: 1_000n }),
  CreditPurchase: () => ({ status: "PENDING", amount: "100" as never }),
  CreditGrant: () => ({ status: "ACTIVE", amount: "100" as never, effectiveAt: at(0) }),
  InvoicePayment: () => ({ amount: 100n, method: "cash", paidAt: at(0) }),
  InvoiceComment: () => ({ content: "Checked" }),
  InvoiceDelivery: () => ({ channel: "EMAIL", recipient: "ada@example.org" }),
  InvoiceDiscount: (position) => ({ position, description: "Spring", amount: 10n }),
  TaxRate: () => ({ name: "VAT", percentage: "20" as never }),
  Meter: () => ({ name: "Meter", eventName: newId() }),
  Benefit: () => ({ key: newId(), name: "Benefit", type: "BOOLEAN" }),
  EntitlementGrant: () => ({ grantedAt: at(0) }),
  Seat: () => ({ userId: newId(), assignedAt: at(0) }),
  QuotaBalance: () => ({ current: "1" as never, peak: "1" as never, peakSince: at(0) }),
  UsageEvent: (index) => ({ idempotencyKey: newId(), timestamp: at(index) }),
};

/**
 * Inserts rows into an environment, the api's own unless another is given, and gives their ids in order. A row that
 * says nothing else was created as many seconds after the start of 2026 as rows come before it.
 */
export async function insert<M extends ModelName>(
  api: TestApi,
  model: M,
  rows: readonly Partial<Row<M>>[],
  environmentId: string = api.environmentId,
): Promise<string[]> {
  const complete = rows.map((row, index) => ({
    environmentId,
    id: newId(),
    ...("createdAt" in tableOf(model).columns && { createdAt: at(index) }),
    ...defaults[model]?.(index),
    ...row,
  })) as unknown as (Partial<Row<M>> & { id: string })[];
  const executor = reader(api.database, platform);
  if (model === "UsageEvent") await insertRows(executor, "UsageEventKey", complete.map(keyOf));
  await insertRows(executor, model, complete);
  if (model === "UsageEvent") await rollUp(executor, environmentId);
  return complete.map(({ id }) => id);
}

/** What keeps the idempotency key of a usage event. */
function keyOf(event: object): Partial<Row<"UsageEventKey">> {
  const { environmentId, id, idempotencyKey, timestamp } = event as Row<"UsageEvent">;
  return { environmentId, eventId: id, idempotencyKey, timestamp };
}

/** `count` rows that `make` gives. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Lets the planner know the tables, as PostgreSQL's own housekeeping does after a while. */
export async function analyze(api: TestApi): Promise<void> {
  await api.database.pool.query("ANALYZE");
}

/** One row of each entity, all of which belong together. */
/** One row of each type, which belong together. */
export async function insertOneOfEach(api: TestApi, environmentId: string = api.environmentId) {
  const one = async <M extends ModelName>(model: M, row: Partial<Row<M>> = {}): Promise<string> => {
    const [id = ""] = await insert(api, model, [row], environmentId);
    return id;
  };
  const clockId = await one("TestClock", { name: "Clock", now: at(0) });
  const customerId = await one("Customer", { name: "Ada", testClockId: clockId });
  const productId = await one("Product", { name: "Plan", productKey: "plan" });
  const discountId = await one("Discount", { code: "SAVE", type: "PERCENTAGE", value: "10" as never });
  const taxRateId = await one("TaxRate", { name: "VAT", percentage: "20" as never });
  const meterId = await one("Meter", { name: "Requests", eventName: "requests" });
  const priceId = await one("Price", { productId, meterId, lookupKey: "plan-monthly" });
  const subscriptionId = await one("BillingSubscription", { customerId });
  const itemId = await one("SubscriptionItem", { subscriptionId, priceId });
  const redemptionId = await one("DiscountRedemption", { discountId, customerId, subscriptionId });
  const invoiceId = await one("Invoice", { customerId, subscriptionId, number: "INV-1", dueAt: at(86_400) });
  const lineId = await one("InvoiceLine", { invoiceId, productId, priceId, subscriptionItemId: itemId });
  const noteId = await one("CreditNote", { customerId, invoiceId });
  const noteLineId = await one("CreditNoteLine", { creditNoteId: noteId, invoiceLineId: lineId });
  const movementId = await one("CustomerBalanceTransaction", { customerId, invoiceId, creditNoteId: noteId });
  const walletId = await one("Wallet", { customerId });
  const grantId = await one("CreditGrant", { walletId, customerId });
  const [entryId = ""] = await insertLedger(api.database, environmentId, [
    { walletId, customerId, grantId, values: { invoiceId } },
  ]);
  const packId = await one("CreditPack", { name: "Hundred" });
  const purchaseId = await one("CreditPurchase", {
    walletId,
    customerId,
    invoiceId,
    creditPackId: packId,
  });
  const scheduleId = await one("SubscriptionSchedule", { customerId, subscriptionId });
  const phaseId = await one("SubscriptionPhase", { scheduleId, position: 1, startsAt: at(0) });
  const phaseItemId = await one("SubscriptionPhaseItem", { phaseId, priceId, position: 1 });
  const paymentId = await one("InvoicePayment", { invoiceId, customerId });
  const commentId = await one("InvoiceComment", { invoiceId });
  const deliveryId = await one("InvoiceDelivery", { invoiceId });
  const invoiceDiscountId = await one("InvoiceDiscount", { invoiceId, redemptionId });
  const eventId = await one("UsageEvent", { customerId, meterId, subscriptionId, idempotencyKey: "event-1" });
  const benefitId = await one("Benefit", { key: "reports", name: "Reports" });
  const productBenefitId = await one("ProductBenefit", { productId, benefitId });
  const entitlementGrantId = await one("EntitlementGrant", { customerId, benefitId });
  const seatId = await one("Seat", { customerId, subscriptionId, subscriptionItemId: itemId, benefitId });
  const quotaId = await one("QuotaBalance", { customerId, benefitId });
  return {
    clockId,
    customerId,
    productId,
    discountId,
    redemptionId,
    taxRateId,
    meterId,
    priceId,
    subscriptionId,
    itemId,
    scheduleId,
    phaseId,
    phaseItemId,
    invoiceId,
    lineId,
    noteId,
    noteLineId,
    movementId,
    walletId,
    grantId,
    entryId,
    packId,
    purchaseId,
    paymentId,
    commentId,
    deliveryId,
    invoiceDiscountId,
    eventId,
    benefitId,
    productBenefitId,
    entitlementGrantId,
    seatId,
    quotaId,
  };
}
