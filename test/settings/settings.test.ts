import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Merchant, newMerchant } from "../catalog/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
let merchant: Merchant;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  merchant = await newMerchant(api);
});
afterAll(() => api.close());

const fields = `seller { name country taxId } invoicePrefix paymentTermDays dunningRetryDays autoCancelUnpaid`;
const update = (input: object) =>
  merchant.mutate("updateBillingSettings", input, `changed settings { ${fields} }`);
const read = async () => (await merchant.read(`{ billingSettings { ${fields} } }`)).billingSettings;

describe("billing settings", () => {
  it("are the defaults until they are set, and again when they are cleared", async () => {
    expect(await read()).toMatchObject({
      invoicePrefix: "INV-",
      dunningRetryDays: [1, 3, 7],
      paymentTermDays: 0,
    });
    expect(await update({ paymentTermDays: 30, seller: { name: "Acme", country: "DE" } })).toMatchObject({
      changed: true,
    });
    await update({ seller: { taxId: "DE1" } });
    expect(await read()).toMatchObject({
      paymentTermDays: 30,
      invoicePrefix: "INV-",
      seller: { name: "Acme", country: "DE", taxId: "DE1" },
    });
    await update({ paymentTermDays: null, seller: { name: null } });
    expect(await read()).toMatchObject({ paymentTermDays: 0, seller: { name: null, taxId: "DE1" } });
  });

  it("tell nobody when nothing is different", async () => {
    await update({ paymentTermDays: 14 });
    expect(await update({ paymentTermDays: 14 })).toMatchObject({ changed: false });
    expect((await merchant.events()).map(({ type }) => type)).toEqual(["billing_settings.updated"]);
  });

  it.each([
    ["days that go back", { dunningRetryDays: [3, 1] }, ["dunningRetryDays"]],
    ["a retry at once", { dunningRetryDays: [0] }, ["dunningRetryDays", "0"]],
    ["a term of years", { paymentTermDays: 1_000 }, ["paymentTermDays"]],
    ["a prefix with spaces", { invoicePrefix: "No. " }, ["invoicePrefix"]],
    ["a country that is none", { seller: { country: "ZZ" } }, ["seller", "country"]],
  ])("refuse %s", async (_what, input, path) => {
    expect(await update(input)).toMatchObject({ settings: null, userErrors: [{ path }] });
    expect(await merchant.events()).toEqual([]);
  });

  it("belong to one environment", async () => {
    await update({ invoicePrefix: "A-" });
    const stranger = await newMerchant(api);
    const { billingSettings } = await stranger.read("{ billingSettings { invoicePrefix } }");
    expect(billingSettings.invoicePrefix).toBe("INV-");
  });
});

describe("tax rates", () => {
  const vat = { name: "VAT", percentage: "19.25", country: "de" };
  const rate = "taxRate { id name percentage inclusive country active version }";

  it("are made, renamed and taken out of use; their percentage stays", async () => {
    const { taxRate } = await merchant.mutate("createTaxRate", vat, rate);
    expect(taxRate).toMatchObject({ percentage: "19.25", inclusive: false, country: "DE", active: true });
    const change = { taxRateId: taxRate.id, name: "USt", active: false };
    expect(await merchant.mutate("updateTaxRate", change, `changed ${rate}`)).toMatchObject({
      changed: true,
      taxRate: { name: "USt", active: false, version: 2 },
    });
    expect(await merchant.mutate("updateTaxRate", change, "changed")).toMatchObject({ changed: false });
    const { taxRates } = await merchant.read(
      "{ taxRates(filter: { active: false }) { nodes { percentage } } }",
    );
    expect(taxRates.nodes).toEqual([{ percentage: "19.25" }]);
  });

  it.each([
    ["less than nothing", { percentage: "-1" }],
    ["more than all", { percentage: "100.1" }],
    ["seven digits", { percentage: "1.0000001" }],
  ])("refuse %s", async (_what, wrong) => {
    const payload = await merchant.mutate("createTaxRate", { ...vat, ...wrong }, rate);
    expect(payload).toMatchObject({ taxRate: null, userErrors: [{ path: ["percentage"] }] });
  });
});
