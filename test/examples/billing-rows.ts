import { type ModelName, type Row, tableOf } from "../../src/db/datamodel.ts";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { insertRows } from "../../src/db/writes.ts";
import { newId } from "../../src/kit/ids.ts";
import type { TestApi } from "../kit/api.ts";
import { insertLedger } from "../kit/ledger.ts";

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
    const rows = Array.from({ length: count }, (_, index) => ({
      environmentId,
      id: newId(),
      ...row(index),
    }));
    const stored = "id" in tableOf(model).columns ? rows : rows.map(({ id: _, ...rest }) => rest);
    await insertRows(reader(database, platform), model, stored as Partial<Row<M>>[]);
    return (ids[model] = rows.map(({ id }) => id));
  };
  const at = (all: readonly string[], index: number): string => all[index % all.length] ?? "";

  const clocks = await insert("TestClock", size, clock);
  const customers = await insert("Customer", size, (index) => ({
    ...customer(index),
    testClockId: at(clocks, index),
  }));
  const products = await insert("Product", size, product);
  const discounts = await insert("Discount", size, discount);
  await insert("DiscountProduct", size, (index) => ({
    discountId: at(discounts, index),
    productId: at(products, index),
  }));
  const rates = await insert("TaxRate", size, taxRate);
  const meters = await insert("Meter", size + 1, meter);
  const prices = await insert("Price", size, (index) => ({
    ...price(index),
    productId: at(products, index),
    meterId: at(meters, index),
  }));
  await reader(database, environmentId).query(Prisma.sql`
    UPDATE products SET default_price_id = prices.id FROM prices
    WHERE products.environment_id = ${environmentId}::uuid AND prices.environment_id = products.environment_id
      AND prices.product_id = products.id`);

  // What belongs to customers: `size` of each for the first, then one for every other.
  const owned = 2 * size - 1;
  const customerId = (index: number): string => at(customers, Math.max(0, index - size + 1));
  await insert("ExternalId", owned, (index) => ({ ...externalId(index), customerId: customerId(index) }));
  await insert("IntegrationMapping", owned, (index) => ({
    ...integration(index),
    customerId: customerId(index),
  }));
  const subscriptions = await insert("BillingSubscription", owned, (index) => ({
    ...subscription,
    customerId: customerId(index),
  }));
  const subscriptionId = (index: number): string => at(subscriptions, index < size ? 0 : index);
  await insert("SubscriptionTaxRate", owned, (index) => ({
    subscriptionId: at(subscriptions, index),
    taxRateId: at(rates, index),
  }));
  const invoices = await insert("Invoice", owned, (index) => ({
    ...invoice(index),
    customerId: customerId(index),
    subscriptionId: subscriptionId(index),
  }));
  const redemptions = await insert("DiscountRedemption", owned, (index) => ({
    discountId: at(discounts, index),
    customerId: customerId(index),
    subscriptionId: subscriptionId(index),
    invoiceId: at(invoices, index),
    redeemedAt: month.start,
  }));
  const notes = await insert("CreditNote", owned, (index) => ({
    ...creditNote(index),
    customerId: customerId(index),
    invoiceId: at(invoices, index < size ? 0 : index),
  }));
  await insert("CustomerBalanceTransaction", owned, (index) => ({
    ...movement,
    customerId: customerId(index),
    invoiceId: at(invoices, index < size ? 0 : index),
    creditNoteId: at(notes, index < size ? 0 : index),
  }));
  const wallets = await insert("Wallet", owned, (index) => ({
    ...wallet(index),
    customerId: customerId(index),
  }));
  // One for every wallet, then more for the first.
  const grantedTo = (index: number): number => (index < owned ? index : 0);
  const grants = await insert("CreditGrant", owned + size - 1, (index) => ({
    ...grant(index),
    walletId: at(wallets, grantedTo(index)),
    customerId: customerId(grantedTo(index)),
  }));
  ids.CreditTransaction = await insertLedger(
    database,
    environmentId,
    grants.map((grantId, index) => ({
      grantId,
      walletId: at(wallets, grantedTo(index)),
      customerId: customerId(grantedTo(index)),
      values: {
        invoiceId: at(invoices, index < size ? 0 : index),
        idempotencyKey: `entry-${index}`,
        createdAt: month.start,
      },
    })),
  );
  const packs = await insert("CreditPack", size, (index) => ({
    name: `Pack ${index}`,
    description: "For images",
    credits: 100n,
    price: 1_000n,
  }));
  await insert("CreditPurchase", owned, (index) => ({
    walletId: at(wallets, index < size ? 0 : index),
    customerId: customerId(index < size ? 0 : index),
    invoiceId: at(invoices, index),
    creditPackId: at(packs, index),
    grantId: at(grants, index),
    status: "COMPLETED" as const,
    completedAt: month.start,
    amount: new Prisma.Decimal(100),
    createdAt: month.start,
  }));
  await insert("UsageEvent", owned, (index) => ({
    ...event(index),
    customerId: customerId(index),
    meterId: at(meters, index + 1),
    subscriptionId: subscriptionId(index),
  }));

  const benefits = await insert("Benefit", size, (index) => ({
    ...benefit(index),
    meterId: at(meters, index),
  }));
  await insert("ProductBenefit", size, (index) => ({
    productId: at(products, index),
    benefitId: at(benefits, index),
    limit: new Prisma.Decimal(10),
    resetPeriod: "MONTH" as const,
    overageAllowed: true,
    config: { plan: "pro" },
  }));
  await insert("EntitlementGrant", owned, (index) => ({
    ...entitlementGrant,
    customerId: customerId(index),
    benefitId: at(benefits, index),
  }));
  await insert("QuotaBalance", owned, (index) => ({
    ...quota,
    customerId: customerId(index),
    benefitId: at(benefits, index),
  }));

  // One for every subscription and invoice, then more for the first.
  const parts = owned + size - 1;
  const items = await insert("SubscriptionItem", parts, (index) => ({
    ...item(index),
    subscriptionId: at(subscriptions, index < owned ? index : 0),
    priceId: at(prices, index),
  }));
  await insert("Seat", parts, (index) => ({
    ...seat(index),
    customerId: customerId(index < owned ? index : 0),
    subscriptionId: at(subscriptions, index < owned ? index : 0),
    subscriptionItemId: at(items, index),
    benefitId: at(benefits, index),
  }));
  const schedules = await insert("SubscriptionSchedule", owned, (index) => ({
    status: "COMPLETED" as const,
    customerId: customerId(index),
    subscriptionId: subscriptionId(index),
  }));
  const phases = await insert("SubscriptionPhase", parts, (index) => ({
    scheduleId: at(schedules, index < owned ? index : 0),
    position: index + 1,
    startsAt: month.start,
    discountId: at(discounts, index),
  }));
  await insert("SubscriptionPhaseItem", parts + size - 1, (index) => ({
    phaseId: at(phases, index < parts ? index : 0),
    position: index + 1,
    priceId: at(prices, index),
  }));
  const invoiceId = (index: number): string => at(invoices, index < owned ? index : 0);
  await insert("InvoicePayment", parts, (index) => ({
    invoiceId: invoiceId(index),
    customerId: customerId(index < owned ? index : 0),
    amount: 500n,
    method: "bank_transfer",
    reference: "17",
    notes: "In time",
    reason: "None",
    paidAt: month.start,
  }));
  await insert("InvoiceComment", parts, (index) => ({
    invoiceId: invoiceId(index),
    userId: "key:1",
    content: "Checked",
  }));
  await insert("InvoiceDelivery", parts, (index) => ({
    invoiceId: invoiceId(index),
    channel: "EMAIL" as const,
    recipient: "a@example.com",
    templateId: newId(),
  }));
  await insert("InvoiceDiscount", parts, (index) => ({
    invoiceId: invoiceId(index),
    redemptionId: at(redemptions, index),
    description: "Spring",
    amount: 1_000n,
    position: index,
  }));
  const lines = await insert("InvoiceLine", parts, (index) => ({
    ...line(index),
    invoiceId: invoiceId(index),
    productId: at(products, index),
    priceId: at(prices, index),
    subscriptionItemId: at(items, index),
  }));
  await insert("CreditNoteLine", parts, (index) => ({
    ...creditNoteLine(index),
    creditNoteId: at(notes, index < owned ? index : 0),
    invoiceLineId: at(lines, index),
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

const clock = (index: number): Partial<Row<"TestClock">> => ({
  name: `Clock ${index}`,
  now: month.start,
});

const product = (index: number): Partial<Row<"Product">> => ({
  productKey: `product-${index}`,
  name: `Product ${index}`,
  description: "What it is",
  kind: "USAGE",
});

const discount = (index: number): Partial<Row<"Discount">> => ({
  code: `SAVE${index}`,
  name: `Discount ${index}`,
  type: "PERCENTAGE",
  value: "10" as never,
});

const taxRate = (index: number): Partial<Row<"TaxRate">> => ({
  name: `Tax ${index}`,
  percentage: "20" as never,
  country: "DE",
});

const meter = (index: number): Partial<Row<"Meter">> => ({
  name: `Meter ${index}`,
  eventName: `event-${index}`,
  aggregation: "SUM",
  unitName: "request",
});

const benefit = (index: number): Partial<Row<"Benefit">> => ({
  key: `benefit-${index}`,
  name: `Benefit ${index}`,
  description: "What it is",
  type: "METERED",
  category: "Storage",
  iconUrl: "https://example.com/icon.png",
  displayOrder: index,
  limit: new Prisma.Decimal(5),
});

const entitlementGrant: Partial<Row<"EntitlementGrant">> = {
  limit: new Prisma.Decimal(2),
  reason: "Goodwill",
  grantedAt: month.start,
  expiresAt: new Date("2100-01-01T00:00:00Z"),
  createdBy: "key:1",
};

const quota: Partial<Row<"QuotaBalance">> = {
  current: new Prisma.Decimal(3),
  peak: new Prisma.Decimal(4),
  peakSince: month.start,
};

const seat = (index: number): Partial<Row<"Seat">> => ({
  userId: `user-${index}`,
  email: `user-${index}@example.com`,
  assignedAt: month.start,
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

const subscription: Partial<Row<"BillingSubscription">> = {
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

const creditNote = (index: number): Partial<Row<"CreditNote">> => ({
  number: `CN-${index}`,
  status: "ISSUED",
  currency: "USD",
  amount: 500n,
  taxAmount: 50n,
  creditMethod: "CUSTOMER_BALANCE",
  issuedAt: month.start,
});

const creditNoteLine = (index: number): Partial<Row<"CreditNoteLine">> => ({
  position: index,
  description: "Seats",
  quantity: new Prisma.Decimal(1),
  unitAmount: new Prisma.Decimal(450),
  amount: 450n,
});

const movement: Partial<Row<"CustomerBalanceTransaction">> = {
  currency: "USD",
  amount: 500n,
  balance: 500n,
  description: "Credit note",
};

const wallet = (index: number): Partial<Row<"Wallet">> => ({
  name: `Wallet ${index}`,
  unit: "CREDITS",
  currency: "USD",
  creditValue: new Prisma.Decimal(2),
  pays: "USAGE",
  createdAt: month.start,
});

const grant = (index: number): Partial<Row<"CreditGrant">> => ({
  name: `Grant ${index}`,
  status: "ACTIVE",
  amount: new Prisma.Decimal(100),
  effectiveAt: month.start,
  expiresAt: month.end,
  createdAt: month.start,
});

const event = (index: number): Partial<Row<"UsageEvent">> => ({
  quantity: new Prisma.Decimal("1.5"),
  timestamp: new Date(month.start.getTime() + index * 60_000),
  idempotencyKey: `event-${index}`,
  properties: { region: "eu" },
});
