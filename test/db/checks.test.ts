import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelName, Row } from "../../src/db/datamodel.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert, insertOneOfEach } from "../reads/fixtures.ts";

let api: TestApi;
let ids: Awaited<ReturnType<typeof insertOneOfEach>>;
beforeAll(async () => {
  api = await startApi();
  ids = await insertOneOfEach(api);
});
afterAll(() => api.close());

/** SQLSTATE: a row that a check refuses, a row that is there already, a row that belongs to nobody. */
const check = "23514";
const unique = "23505";
const orphan = "23503";

/** What a row of a model belongs to. */
function parentsOf(model: ModelName): object {
  const { customerId, productId, priceId, subscriptionId, invoiceId, meterId } = ids;
  const parents: { readonly [M in ModelName]?: object } = {
    Price: { productId },
    BillingSubscription: { customerId },
    SubscriptionItem: { subscriptionId, priceId },
    Invoice: { customerId },
    InvoiceLine: { invoiceId },
    UsageEvent: { customerId, meterId },
    ExternalId: { customerId },
  };
  return parents[model] ?? {};
}

async function refusal<M extends ModelName>(model: M, row: object, environmentId?: string): Promise<unknown> {
  return insert(api, model, [row as Partial<Row<M>>], environmentId).then(
    () => "stored",
    ({ code }: { code: string }) => code,
  );
}

describe("the database refuses", () => {
  it.each<[string, ModelName, object]>([
    ["an unknown currency", "Price", { currency: "ABC" }],
    ["a currency in lower case", "Invoice", { currency: "usd" }],
    ["a currency that names no money", "BillingSubscription", { currency: "XXX" }],
    ["a negative quantity of an item", "SubscriptionItem", { quantity: "-1" }],
    ["a negative quantity of a line", "InvoiceLine", { quantity: "-0.000000000001" }],
    ["a negative quantity of usage", "UsageEvent", { quantity: "-1" }],
    ["a negative price", "Price", { unitAmount: "-1" }],
    ["an amount that no JSON number holds", "InvoiceLine", { amount: 9_007_199_254_740_992n }],
    ["a total that does not add up", "Invoice", { subtotal: 100n, tax: 10n, total: 100n }],
    ["a discount over the subtotal", "Invoice", { subtotal: 100n, discount: 101n, total: -1n }],
    ["more paid than owed", "Invoice", { subtotal: 100n, total: 100n, amountPaid: 101n }],
    [
      "a period that ends before it starts",
      "BillingSubscription",
      { currentPeriodStart: at(2), currentPeriodEnd: at(1) },
    ],
    ["a recurring price without an interval", "Price", { interval: null, intervalCount: null }],
    ["a unique count of nothing", "Meter", { aggregation: "COUNT_UNIQUE" }],
    ["a customer without an e-mail address", "Customer", { email: "" }],
    ["a country that is no code", "Customer", { country: "us" }],
    ["metadata that is no object", "Customer", { metadata: [] }],
    ["an archived customer without a date", "Customer", { status: "ARCHIVED" }],
    ["an empty external id", "ExternalId", { source: "s", externalId: "" }],
  ])("%s", async (_, model, row) => {
    expect(await refusal(model, { ...parentsOf(model), ...row })).toBe(check);
  });

  it("a second active customer with an e-mail address, whatever its case, but not an archived one", async () => {
    await insert(api, "Customer", [{ email: "once@a.example" }]);
    expect(await refusal("Customer", { email: "ONCE@a.example" })).toBe(unique);
    expect(
      await refusal("Customer", { email: "once@a.example", status: "ARCHIVED", archivedAt: at(0) }),
    ).toBe("stored");
    const other = await api.newEnvironment();
    expect(await refusal("Customer", { email: "once@a.example" }, other.environmentId)).toBe("stored");
  });

  it("a second live row for an external id, but not beside replaced and released ones", async () => {
    const link = { customerId: ids.customerId, source: "checks", externalId: "1" };
    expect(await refusal("ExternalId", { ...link, replacedAt: at(0) })).toBe("stored");
    expect(await refusal("ExternalId", { ...link, releasedAt: at(0) })).toBe("stored");
    expect(await refusal("ExternalId", link)).toBe("stored");
    const [another = ""] = await insert(api, "Customer", [{}]);
    expect(await refusal("ExternalId", { ...link, customerId: another })).toBe(unique);
    expect(await refusal("ExternalId", { ...link, externalId: "2" })).toBe(unique);
  });

  it("an event that was counted before", async () => {
    const event = { customerId: ids.customerId, meterId: ids.meterId, idempotencyKey: "once" };
    expect(await refusal("UsageEvent", event)).toBe("stored");
    expect(await refusal("UsageEvent", event)).toBe(unique);
  });

  it("a row that belongs to nobody, or to another tenant's row", async () => {
    expect(await refusal("Invoice", { customerId: newId() })).toBe(orphan);
    const other = await api.newEnvironment();
    expect(await refusal("Invoice", { customerId: ids.customerId }, other.environmentId)).toBe(orphan);
  });
});
