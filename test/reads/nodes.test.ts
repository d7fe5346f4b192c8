import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insertOneOfEach } from "./fixtures.ts";
import { observe } from "./statements.ts";

let api: TestApi;
let ids: Awaited<ReturnType<typeof insertOneOfEach>>;

beforeAll(async () => {
  api = await startApi();
  ids = await insertOneOfEach(api);
});
afterAll(() => api.close());

const typeOf: Record<keyof typeof ids, string> = {
  clockId: "TestClock",
  discountId: "Discount",
  redemptionId: "DiscountRedemption",
  taxRateId: "TaxRate",
  scheduleId: "SubscriptionSchedule",
  phaseId: "SubscriptionPhase",
  phaseItemId: "SubscriptionPhaseItem",
  customerId: "Customer",
  productId: "Product",
  meterId: "Meter",
  priceId: "Price",
  subscriptionId: "BillingSubscription",
  itemId: "SubscriptionItem",
  invoiceId: "Invoice",
  lineId: "InvoiceLine",
  noteId: "CreditNote",
  noteLineId: "CreditNoteLine",
  movementId: "CustomerBalanceTransaction",
  walletId: "Wallet",
  grantId: "CreditGrant",
  entryId: "CreditTransaction",
  packId: "CreditPack",
  purchaseId: "CreditPurchase",
  paymentId: "InvoicePayment",
  commentId: "InvoiceComment",
  deliveryId: "InvoiceDelivery",
  invoiceDiscountId: "InvoiceDiscount",
  eventId: "UsageEvent",
  benefitId: "Benefit",
  productBenefitId: "ProductBenefit",
  entitlementGrantId: "EntitlementGrant",
  seatId: "Seat",
  quotaId: "QuotaBalance",
};
const names = Object.keys(typeOf) as (keyof typeof ids)[];

describe("node", () => {
  test.each(names)("finds by %s", async (name) => {
    const { data } = await api.query("query ($id: ID!) { node(id: $id) { __typename id } }", {
      id: ids[name],
    });
    expect(data.node).toEqual({ __typename: typeOf[name], id: ids[name] });
  });

  test.each([
    ["of nothing", newId()],
    ["that is no UUID", "1"],
    ["that is empty", ""],
  ])("is null for an id %s", async (_what, id) => {
    const { data } = await api.query("query ($id: ID!) { node(id: $id) { id } }", { id });
    expect(data.node).toBeNull();
  });
});

describe("nodes", () => {
  test("gives rows of all types in the order of the ids, again for an id that comes again", async () => {
    const wanted = [
      ...names.map((name) => ids[name]),
      newId(),
      "nonsense",
      ids.lineId,
      ids.customerId.toUpperCase(),
    ];
    const { data, statements } = await observe(
      api,
      `query ($ids: [ID!]!) { nodes(ids: $ids) {
        __typename id ... on Invoice { number } ... on Customer { name } ... on Price { lookupKey }
      } }`,
      { ids: wanted },
    );
    const expected = names.map((name) => ({ __typename: typeOf[name], id: ids[name] }));
    const place = (name: keyof typeof ids) => names.indexOf(name);
    expect(data.nodes.slice(0, names.length)).toMatchObject(expected);
    expect(data.nodes[place("customerId")].name).toBe("Ada");
    expect(data.nodes[place("invoiceId")].number).toBe("INV-1");
    const again = [expected[place("lineId")], expected[place("customerId")]];
    expect(data.nodes.slice(names.length)).toMatchObject([null, null, ...again]);
    // One statement finds the types, then one reads the rows of each.
    expect(statements).toHaveLength(names.length + 1);
  });

  test("share their statements with aliases and with node", async () => {
    const { data, statements } = await observe(
      api,
      `query ($a: ID!, $b: ID!) {
        a: node(id: $a) { id } b: node(id: $b) { id } both: nodes(ids: [$b, $a]) { id } invoice(id: $a) { number }
      }`,
      { a: ids.invoiceId, b: ids.lineId },
    );
    expect(data.both).toEqual([{ id: ids.lineId }, { id: ids.invoiceId }]);
    expect(statements).toHaveLength(3);
  });

  test("takes 100 ids and no more", async () => {
    const document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    const hundred = Array.from({ length: 100 }, () => ids.invoiceId);
    const { data } = await api.query(document, { ids: hundred });
    expect(data.nodes).toHaveLength(100);
    const { errors } = await api.graphql(document, { ids: [...hundred, ids.invoiceId] });
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["INVALID_REQUEST"]);
  });
});
