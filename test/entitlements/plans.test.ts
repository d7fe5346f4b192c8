import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { analyze, insert, times } from "../reads/fixtures.ts";
import { countRowsRead, observe } from "../reads/statements.ts";

let api: TestApi;
let customerIds: string[];
const many = 3_000;

beforeAll(async () => {
  if (!serverUrl) return;
  api = await startApi();
  const productIds = await insert(
    api,
    "Product",
    times(300, () => ({})),
  );
  const of = (index: number) => productIds[index % productIds.length] ?? "";
  const priceIds = await insert(
    api,
    "Price",
    times(300, (index) => ({ productId: of(index) })),
  );
  const benefitIds = await insert(
    api,
    "Benefit",
    times(300, (index) => ({ key: `benefit-${index}` })),
  );
  const [meterId = ""] = await insert(api, "Meter", [{ aggregation: "SUM" }]);
  const metered = await insert(
    api,
    "Benefit",
    times(300, (index) => ({ key: `metered-${index}`, type: "METERED", meterId, resetPeriod: "NEVER" })),
  );
  const links = [...benefitIds, ...metered].map((benefitId, index) => ({ productId: of(index), benefitId }));
  await insert(api, "ProductBenefit", links);
  customerIds = await insert(
    api,
    "Customer",
    times(many, () => ({})),
  );
  const subscriptionIds = await insert(
    api,
    "BillingSubscription",
    customerIds.map((customerId) => ({ customerId })),
  );
  const items = subscriptionIds.map((subscriptionId, index) => ({
    subscriptionId,
    priceId: priceIds[index % priceIds.length] ?? "",
  }));
  await insert(api, "SubscriptionItem", items);
  await insert(
    api,
    "ExternalId",
    customerIds.map((customerId, index) => ({ customerId, source: "crm", externalId: `C-${index}` })),
  );
  const grants = customerIds.map((customerId) => ({ customerId, benefitId: benefitIds[299] ?? "" }));
  await insert(api, "EntitlementGrant", grants);
  const useAt = (timestamp: Date) =>
    insert(
      api,
      "UsageEvent",
      customerIds.map((customerId) => ({ customerId, meterId, timestamp })),
    );
  await useAt(new Date("2026-01-01T00:00:00Z"));
  await analyze(api);
  // As when a month begins: PostgreSQL knows nothing of its events yet.
  await useAt(new Date());
}, 60_000);
afterAll(() => api?.close());

describe.skipIf(!serverUrl)(
  "however many customers, products and benefits there are, few rows are read",
  () => {
    test.each([
      [
        "checks",
        'query ($id: ID!) { checkEntitlements(customer: { id: $id }, keys: ["benefit-0", "benefit-1", "benefit-299", "x"]) { key entitled } }',
      ],
      [
        "checks by an external id",
        '{ checkEntitlement(customer: { external: { source: "crm", id: "C-2999" } }, key: "benefit-299") { entitled } }',
      ],
      [
        "checks of what a meter measured",
        'query ($id: ID!) { checkEntitlement(customer: { id: $id }, key: "metered-299") { entitled used } }',
      ],
      ["lists of entitlements", "query ($id: ID!) { customer(id: $id) { entitlements { key entitled } } }"],
    ])("by %s", async (_what, document) => {
      // The last one: whoever reads a table from its start is quick to find the first.
      const variables = document.includes("$id") ? { id: customerIds.at(-1) } : {};
      const { statements, errors, data } = await observe(api, document, variables);
      expect(errors).toBeUndefined();
      expect(JSON.stringify(data)).toContain('"entitled":true');
      expect(await countRowsRead(api, statements)).toBeLessThan(60);
    });
  },
);
