import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Merchant, newMerchant, product } from "./support.ts";

let api: TestApi;
let merchant: Merchant;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  merchant = await newMerchant(api);
});
afterAll(() => api.close());

const early = "2026-01-01T00:00:00.000001Z";
const late = "2026-01-01T00:00:00.000002Z";
const upsert = (...products: object[]) =>
  merchant.mutate(
    "upsertProductsByExternalId",
    { source: "shop", products },
    `created updated skipped failed results { index externalId outcome warnings product { ${product} }
      userErrors { code path } }`,
  );
const outcomes = (payload: { results: { outcome: string }[] }) =>
  payload.results.map(({ outcome }) => outcome);
const mug = { externalId: "P-1", name: "Mug", amount: 900 };

describe("upsertProductsByExternalId", () => {
  it("creates products with their default prices, each row on its own", async () => {
    const payload = await upsert(
      mug,
      { externalId: "P-2", name: "" },
      { externalId: "P-3", name: "Plan", amount: 1000, interval: "YEAR", currency: "EUR" },
      { externalId: "P-4", name: "No amount" },
    );
    expect(outcomes(payload)).toEqual(["CREATED", "FAILED", "CREATED", "FAILED"]);
    expect(payload).toMatchObject({ created: 2, updated: 0, skipped: 0, failed: 2 });
    expect(payload.results[0].product).toMatchObject({
      productKey: "P-1",
      kind: "ONE_TIME",
      external: { source: "shop", id: "P-1" },
      defaultPrice: { unitAmount: "900", currency: "USD", type: "ONE_TIME" },
    });
    expect(payload.results[2].product).toMatchObject({
      kind: "SUBSCRIPTION",
      defaultPrice: { currency: "EUR", recurring: { interval: "YEAR", count: 1 } },
    });
    expect(payload.results[3].userErrors).toMatchObject([
      { code: "REQUIRED", path: ["products", "3", "amount"] },
    ]);
  });

  it("puts a new price in the place of one whose amount changed", async () => {
    await upsert(mug);
    const { results } = await upsert({ externalId: "P-1", amount: 1100 });
    expect(results[0]).toMatchObject({
      outcome: "UPDATED",
      product: { defaultPrice: { unitAmount: "1100" } },
    });
    const { prices } = await merchant.read("{ prices { nodes { unitAmount active } } }");
    expect(prices.nodes).toEqual([
      { unitAmount: "1100", active: true },
      { unitAmount: "900", active: false },
    ]);
    expect((await merchant.events()).map(({ type }) => type)).toEqual([
      "product.created",
      "price.created",
      "product.updated",
      "price.archived",
      "price.created",
    ]);
  });

  it("leaves what is the same alone, but remembers the source's time", async () => {
    await upsert({ ...mug, externalUpdatedAt: early });
    const before = await merchant.events();
    expect(outcomes(await upsert({ ...mug, externalUpdatedAt: late }))).toEqual(["UNCHANGED"]);
    expect(await merchant.events()).toHaveLength(before.length);
    expect(outcomes(await upsert({ ...mug, name: "Cup", externalUpdatedAt: early }))).toEqual(["STALE"]);
  });

  it("does not apply what is older by a microsecond, and applies what is as old", async () => {
    await upsert({ ...mug, externalUpdatedAt: late });
    const stale = await upsert({ ...mug, name: "Cup", externalUpdatedAt: early });
    expect(stale).toMatchObject({ skipped: 1, results: [{ outcome: "STALE", product: { name: "Mug" } }] });
    expect(stale.results[0].userErrors).toMatchObject([{ code: "STALE_UPDATE" }]);
    expect(outcomes(await upsert({ ...mug, name: "Cup", externalUpdatedAt: late }))).toEqual(["UPDATED"]);
    expect(outcomes(await upsert({ ...mug, name: "Beaker" }))).toEqual(["UPDATED"]);
    expect(outcomes(await upsert({ ...mug, externalUpdatedAt: early }))).toEqual(["STALE"]);
  });

  it("does the same external id twice in turn", async () => {
    const payload = await upsert(mug, { externalId: "P-1", name: "Cup" }, { externalId: "P-1", name: "Cup" });
    expect(outcomes(payload)).toEqual(["CREATED", "UPDATED", "UNCHANGED"]);
  });

  it("warns of what never changes", async () => {
    await upsert(mug);
    const { results } = await upsert({ ...mug, name: "Cup", kind: "SUBSCRIPTION", productKey: "other" });
    expect(results[0]).toMatchObject({
      outcome: "UPDATED",
      product: { kind: "ONE_TIME", productKey: "P-1" },
    });
    expect(results[0].warnings).toHaveLength(2);
  });

  it("names a product by its source where its id is the key of another product", async () => {
    await merchant.mutate(
      "createProduct",
      { productKey: "P-1", name: "Own", kind: "ONE_TIME" },
      "product { id }",
    );
    const { results } = await upsert(mug);
    expect(results[0]).toMatchObject({ outcome: "CREATED", product: { productKey: "shop:P-1" } });
  });

  it("keeps a price by tiers while the record says nothing of the price", async () => {
    await upsert({ externalId: "P-1", name: "Calls", amount: 1, interval: "MONTH" });
    const tiers = [{ upTo: "10", unitAmount: "5" }, { unitAmount: "2" }];
    const input = {
      type: "RECURRING",
      interval: "MONTH",
      billingScheme: "TIERED",
      tiersMode: "VOLUME",
      tiers,
    };
    const reference = { product: { external: { source: "shop", id: "P-1" } } };
    const { price } = await merchant.mutate("createPrice", { ...reference, ...input }, "price { id }");
    await merchant.mutate("updateProduct", { ...reference, defaultPriceId: price.id }, "changed");
    const { results } = await upsert({ externalId: "P-1", name: "Phone calls" });
    expect(results[0]).toMatchObject({ outcome: "UPDATED", product: { defaultPrice: { id: price.id } } });
  });

  it.each([
    ["none", 0, "REQUIRED"],
    ["101", 101, "TOO_MANY"],
  ])("refuses %s products", async (_what, count, code) => {
    const products = Array.from({ length: count }, (_entry, index) => ({ ...mug, externalId: `P-${index}` }));
    expect(await upsert(...products)).toMatchObject({
      results: null,
      userErrors: [{ code, path: ["products"] }],
    });
  });

  it("takes the same statements for 1 product and for 100", async () => {
    const count = async (size: number) => {
      const before = api.statements.length;
      const products = Array.from({ length: size }, (_entry, index) => ({
        ...mug,
        externalId: `${size}-${index}`,
      }));
      expect((await upsert(...products)).created).toBe(size);
      return api.statements.length - before;
    };
    // The first use of a key is noted.
    await upsert(mug);
    const one = await count(1);
    expect(await count(100)).toBe(one);
  });

  it("lets requests at once with the same ids make each product once", async () => {
    const products = Array.from({ length: 20 }, (_entry, index) => ({ ...mug, externalId: `P-${index}` }));
    const payloads = await Promise.all([
      upsert(...products),
      upsert(...products.toReversed()),
      upsert(...products),
    ]);
    expect(payloads.reduce((sum, { created }) => sum + created, 0)).toBe(20);
    expect(payloads.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(40);
  });
});

describe("upsertProductByExternalId", () => {
  it("says whether the product is new", async () => {
    const one = (fields: object) =>
      merchant.mutate(
        "upsertProductByExternalId",
        { source: "shop", product: { ...mug, ...fields } },
        "created outcome product { name }",
      );
    expect(await one({})).toMatchObject({ created: true, outcome: "CREATED" });
    expect(await one({ name: "Cup" })).toMatchObject({
      created: false,
      outcome: "UPDATED",
      product: { name: "Cup" },
    });
    expect(await one({ name: "" })).toMatchObject({
      created: false,
      outcome: "FAILED",
      product: null,
      userErrors: [{ path: ["product", "name"] }],
    });
  });
});
