import type { ModelName, Row } from "../../src/db/datamodel.ts";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { reader } from "../../src/db/transaction.ts";
import { insertRows } from "../../src/db/writes.ts";
import { newId } from "../../src/kit/ids.ts";
import type { TestApi } from "../kit/api.ts";

/** The models of the rows that `insertBilling` makes. */
export type BillingModel = Exclude<ModelName, "Environment" | "ApiKey" | "Event">;

/** The ids of rows by their model, in the order in which they were made. */
export type BillingIds = Readonly<Record<BillingModel, readonly string[]>>;

/** The month that all usage and all invoices are of. */
export const month = { start: new Date("2026-03-01T00:00:00Z"), end: new Date("2026-04-01T00:00:00Z") };

/**
 * Gives a tenant `size` customers, products and prices, and a meter more than that: events and prices of the same
 * customer are of different meters. The first customer has `size` of all that a customer can have, the others one; the
 * first subscription and the first invoice have `size` items and lines, the others one.
 */
export async function insertBilling(
  { database }: TestApi,
  environmentId: string,
  size: number,
): Promise<BillingIds> {
  const ids = {} as Record<BillingModel, string[]>;
  const insert = async <M extends BillingModel>(
    model: M,
    count: number,
    row: (index: number) => Partial<Row<M>>,
  ) => {
    const rows = Array.from({ length: count }, (_, index) => ({ environmentId, id: newId(), ...row(index) }));
    await insertRows(reader(database), model, rows as Partial<Row<M>>[]);
    return (ids[model] = rows.map(({ id }) => id));
  };
  const at = (all: readonly string[], index: number): string => all[index % all.length] ?? "";

  const customers = await insert("Customer", size, customer);
  const products = await insert("Product", size, product);
  const meters = await insert("Meter", size + 1, meter);
  const prices = await insert("Price", size, (index) => ({
    ...price(index),
    productId: at(products, index),
    meterId: at(meters, index),
  }));

  // What belongs to customers: `size` of each for the first, then one for every other.
  const owned = 2 * size - 1;
  const customerId = (index: number): string => at(customers, Math.max(0, index - size + 1));
  await insert("ExternalId", owned, (index) => ({ ...externalId(index), customerId: customerId(index) }));
  await insert("IntegrationMapping", owned, (index) => ({
    ...integration(index),
    customerId: customerId(index),
  }));
  const subscriptions = await insert("Subscription", owned, (index) => ({
    ...subscription,
    customerId: customerId(index),
  }));
  const subscriptionId = (index: number): string => at(subscriptions, index < size ? 0 : index);
  const invoices = await insert("Invoice", owned, (index) => ({
    ...invoice(index),
    customerId: customerId(index),
    subscriptionId: subscriptionId(index),
  }));
  await insert("UsageEvent", owned, (index) => ({
    ...event(index),
    customerId: customerId(index),
    meterId: at(meters, index + 1),
    subscriptionId: subscriptionId(index),
  }));

  // One for every subscription and invoice, then more for the first.
  const parts = owned + size - 1;
  const items = await insert("SubscriptionItem", parts, (index) => ({
    ...item(index),
    subscriptionId: at(subscriptions, index < owned ? index : 0),
    priceId: at(prices, index),
  }));
  await insert("InvoiceLine", parts, (index) => ({
    ...line(index),
    invoiceId: at(invoices, index < owned ? index : 0),
    productId: at(products, index),
    priceId: at(prices, index),
    subscriptionItemId: at(items, index),
  }));
  return ids;
}

const customer = (index: number): Partial<Row<"Customer">> => ({
  email: `customer-${index}@example.com`,
  name: `Customer ${index}`,
  companyName: `Company ${index}`,
  phone: `+1-555-${index}`,
  addressLine1: "1 Main Street",
  addressLine2: "Floor 2",
  city: "Springfield",
  state: "IL",
  region: "Midwest",
  postalCode: "62701",
  country: "US",
  taxId: "12-3456789",
  taxIdCountry: "US",
  notes: "Prefers e-mail",
  merchantRefId: `ref-${index}`,
  metadata: { clinic: "north" },
  customFields: { vip: true },
});

const product = (index: number): Partial<Row<"Product">> => ({
  productKey: `product-${index}`,
  name: `Product ${index}`,
  description: "What it is",
  kind: "USAGE",
});

const meter = (index: number): Partial<Row<"Meter">> => ({
  name: `Meter ${index}`,
  eventName: `event-${index}`,
  aggregation: "SUM",
  unitName: "request",
});

const price = (index: number): Partial<Row<"Price">> => ({
  type: "RECURRING",
  currency: "USD",
  unitAmount: new Prisma.Decimal(2500),
  interval: "MONTH",
  intervalCount: 1,
  nickname: `Price ${index}`,
  lookupKey: `price-${index}`,
});

const externalId = (index: number): Partial<Row<"ExternalId">> => ({
  source: `source-${index}`,
  externalId: `external-${index}`,
  externalUpdatedAt: month.start,
});

const integration = (index: number): Partial<Row<"IntegrationMapping">> => ({
  providerType: `provider-${index}`,
  providerEntityId: `entity-${index}`,
});

const subscription: Partial<Row<"Subscription">> = {
  status: "ACTIVE",
  currency: "USD",
  interval: "MONTH",
  billingAnchorDay: 1,
  startedAt: month.start,
  currentPeriodStart: month.start,
  currentPeriodEnd: month.end,
  trialEnd: month.start,
};

const invoice = (index: number): Partial<Row<"Invoice">> => ({
  number: `INV-${index}`,
  status: "PARTIALLY_PAID",
  currency: "USD",
  subtotal: 10_000n,
  discount: 1_000n,
  tax: 500n,
  total: 9_500n,
  amountPaid: 500n,
  amountDue: 9_000n,
  periodStart: month.start,
  periodEnd: month.end,
  issuedAt: month.start,
  dueAt: month.end,
  notes: "Thank you",
});

const item = (index: number): Partial<Row<"SubscriptionItem">> => ({
  position: index,
  description: "Seats",
  quantity: new Prisma.Decimal(2),
});

const line = (index: number): Partial<Row<"InvoiceLine">> => ({
  position: index,
  description: "Seats",
  quantity: new Prisma.Decimal("2.5"),
  unitAmount: new Prisma.Decimal(4000),
  amount: 10_000n,
  periodStart: month.start,
  periodEnd: month.end,
});

const event = (index: number): Partial<Row<"UsageEvent">> => ({
  quantity: new Prisma.Decimal("1.5"),
  timestamp: new Date(month.start.getTime() + index * 60_000),
  idempotencyKey: `event-${index}`,
  properties: { region: "eu" },
});
