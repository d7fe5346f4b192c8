import type { ModelName, Row } from "../../src/db/datamodel.ts";
import { reader } from "../../src/db/transaction.ts";
import { insertRows } from "../../src/db/writes.ts";
import { newId } from "../../src/kit/ids.ts";
import type { TestApi } from "../kit/api.ts";

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
  Subscription: () => ({
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
  Meter: () => ({ name: "Meter", eventName: newId() }),
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
    createdAt: at(index),
    ...defaults[model]?.(index),
    ...row,
  })) as unknown as (Partial<Row<M>> & { id: string })[];
  await insertRows(reader(api.database), model, complete);
  return complete.map(({ id }) => id);
}

/** `count` rows that `make` gives. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Lets the planner know the tables, as PostgreSQL's own housekeeping does after a while. */
export async function analyze(api: TestApi): Promise<void> {
  await api.database.pool.query("ANALYZE");
}

/** One customer, product, price, meter, subscription, item, invoice, line and usage event that belong together. */
export async function insertOneOfEach(api: TestApi, environmentId: string = api.environmentId) {
  const one = async <M extends ModelName>(model: M, row: Partial<Row<M>> = {}): Promise<string> => {
    const [id = ""] = await insert(api, model, [row], environmentId);
    return id;
  };
  const customerId = await one("Customer", { name: "Ada" });
  const productId = await one("Product", { name: "Plan", productKey: "plan" });
  const meterId = await one("Meter", { name: "Requests", eventName: "requests" });
  const priceId = await one("Price", { productId, meterId, lookupKey: "plan-monthly" });
  const subscriptionId = await one("Subscription", { customerId });
  const itemId = await one("SubscriptionItem", { subscriptionId, priceId });
  const invoiceId = await one("Invoice", { customerId, subscriptionId, number: "INV-1", dueAt: at(86_400) });
  const lineId = await one("InvoiceLine", { invoiceId, productId, priceId, subscriptionItemId: itemId });
  const eventId = await one("UsageEvent", { customerId, meterId, subscriptionId, idempotencyKey: "event-1" });
  return {
    customerId,
    productId,
    meterId,
    priceId,
    subscriptionId,
    itemId,
    invoiceId,
    lineId,
    eventId,
  };
}
