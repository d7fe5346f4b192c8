import { expect } from "vitest";
import type { TestApi, TestEnvironment } from "../kit/api.ts";
import { insertOneOfEach } from "../reads/fixtures.ts";
import type { Hit } from "./attack.ts";

/** A second merchant, whose rows nobody else may see. */
export interface Stranger extends TestEnvironment {
  /** The ids of its rows, by what they are of. */
  readonly ids: Readonly<Record<string, string>>;
  /** The id of a row of each type, by the type's name. */
  readonly rows: Readonly<Record<string, string>>;
  /** The cursor of its customer. */
  readonly cursor: string;
  /** Stands in all texts of its rows. */
  readonly mark: string;
  /** The own id of its customer in `source`. */
  readonly externalId: string;
}

/** The system that knows the stranger's customer. */
export const source = "crm";

/** Makes a merchant with one row of each type, with a mark in all texts. */
export async function newStranger(api: TestApi, mark = "a-strangers-secret"): Promise<Stranger> {
  const environment = await api.newEnvironment();
  const { environmentId, key } = environment;
  const ids = await insertOneOfEach(api, environmentId);
  for (const [table, column] of [
    ["test_clocks", "name"],
    ["discounts", "name"],
    ["tax_rates", "name"],
    ["customers", "name"],
    ["products", "name"],
    ["meters", "name"],
    ["invoices", "number"],
    ["invoice_lines", "description"],
    ["credit_notes", "number"],
    ["credit_note_lines", "description"],
    ["customer_balance_transactions", "description"],
    ["wallets", "name"],
    ["credit_grants", "name"],
    ["credit_packs", "name"],
    ["usage_events", "idempotency_key"],
    ["benefits", "name"],
    ["entitlement_grants", "reason"],
    ["seats", "user_id"],
  ]) {
    await api.database.pool.query(`UPDATE ${table} SET ${column} = $1 WHERE environment_id = $2`, [
      mark,
      environmentId,
    ]);
  }
  const externalId = `${mark}-external`;
  const { data } = await api.query(
    `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { userErrors { message } customer {
      externalIds { nodes { id } } integrations { nodes { id } } } } }`,
    {
      input: {
        customer: { id: ids.customerId },
        external: { source, id: externalId },
        integrations: [{ providerType: "hubspot", providerEntityId: mark }],
      },
    },
    key,
  );
  const { customer, userErrors } = data.updateCustomer;
  expect(userErrors).toEqual([]);
  const list = await api.query("{ customers { pageInfo { endCursor } } }", {}, key);
  return {
    ...environment,
    ids: {
      ...ids,
      environmentId,
      externalIdId: customer.externalIds.nodes[0].id,
      mappingId: customer.integrations.nodes[0].id,
    },
    rows: {
      TestClock: ids.clockId,
      Discount: ids.discountId,
      TaxRate: ids.taxRateId,
      SubscriptionSchedule: ids.scheduleId,
      SubscriptionPhase: ids.phaseId,
      SubscriptionPhaseItem: ids.phaseItemId,
      Customer: ids.customerId,
      Product: ids.productId,
      Price: ids.priceId,
      Meter: ids.meterId,
      BillingSubscription: ids.subscriptionId,
      SubscriptionItem: ids.itemId,
      Invoice: ids.invoiceId,
      InvoiceLine: ids.lineId,
      CreditNote: ids.noteId,
      CreditNoteLine: ids.noteLineId,
      CustomerBalanceTransaction: ids.movementId,
      Wallet: ids.walletId,
      CreditGrant: ids.grantId,
      CreditTransaction: ids.entryId,
      CreditPack: ids.packId,
      CreditPurchase: ids.purchaseId,
      InvoicePayment: ids.paymentId,
      InvoiceComment: ids.commentId,
      InvoiceDelivery: ids.deliveryId,
      InvoiceDiscount: ids.invoiceDiscountId,
      UsageEvent: ids.eventId,
      Benefit: ids.benefitId,
      ProductBenefit: ids.productBenefitId,
      EntitlementGrant: ids.entitlementGrantId,
      Seat: ids.seatId,
      QuotaBalance: ids.quotaId,
    },
    mark,
    externalId,
    cursor: list.data.customers.pageInfo.endCursor,
  };
}

/** Expects that nothing in an answer is the stranger's. What the caller sent himself may be in it again. */
export function expectNothingOf(stranger: Stranger, { text, data }: Hit): void {
  const told = JSON.stringify(data ?? null);
  expect(told.replaceAll(stranger.externalId, "")).not.toContain(stranger.mark);
  const theirs = new Set<unknown>(Object.values(stranger.ids));
  expect(objectsOf(data).filter(({ id }) => theirs.has(id))).toEqual([]);
  expect(text).not.toContain(stranger.merchantId);
}

/** The objects of the graph in an answer, which must ask for `__typename` everywhere: other objects are JSON of callers. */
function objectsOf(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (!("__typename" in value)) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsOf)];
}

/** All that the stranger has, to compare. */
export async function rowsOf(api: TestApi, { environmentId }: Stranger): Promise<unknown> {
  const tables = [
    "customers",
    "customer_external_ids",
    "integration_mappings",
    "invoices",
    "credit_notes",
    "subscriptions",
    "usage_events",
    "wallets",
    "credit_grants",
    "credit_transactions",
    "credit_packs",
    "credit_purchases",
    "benefits",
    "product_benefits",
    "entitlement_grants",
    "seats",
    "quota_balances",
  ];
  return await Promise.all(
    tables.map(async (table) => {
      const { rows } = await api.database.pool.query(
        `SELECT * FROM ${table} WHERE environment_id = $1 ORDER BY id`,
        [environmentId],
      );
      return [table, rows];
    }),
  );
}
