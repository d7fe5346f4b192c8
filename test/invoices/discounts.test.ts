import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Row } from "../../src/db/datamodel.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { mutate, newCustomer, refused } from "./support.ts";

let api: TestApi;
let customerId: string;
let codes = 0;

beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  customerId = await newCustomer(api);
});
afterAll(() => api?.close());

/** A discount of a tenth, unless said otherwise; gives its code. */
async function discount(values: Partial<Row<"Discount">> = {}): Promise<string> {
  const code = `CODE${codes++}`;
  await insert(api, "Discount", [{ code, type: "PERCENTAGE", value: "10" as never, ...values }]);
  return code;
}

const line = { description: "Work", unitAmount: "10000" };
const input = (discountCodes: readonly string[] | null, values: object = {}) => ({
  customer: { id: customerId },
  currency: "USD",
  lines: [line],
  discountCodes,
  ...values,
});
const create = async (discountCodes: readonly string[], values: object = {}) => {
  const { invoice, userErrors } = await mutate(api, "createInvoice", input(discountCodes, values));
  expect(userErrors).toEqual([]);
  return invoice;
};
const used = async (code: string) => {
  const { data } = await api.query(
    `query ($code: String!) { discounts(filter: { code: $code }) { nodes { timesRedeemed
      redemptions { nodes { cyclesApplied endedAt invoice { id } customer { id } } } } } }`,
    { code },
  );
  const [{ timesRedeemed, redemptions }] = data.discounts.nodes;
  expect(redemptions.nodes).toHaveLength(timesRedeemed);
  return redemptions.nodes;
};

describe("discount codes of an invoice", () => {
  it("are taken off one after the other, in any case of letters, before taxes", async () => {
    const [taxRate = ""] = await insert(api, "TaxRate", [{ name: "VAT", percentage: "20" as never }]);
    const tenth = await discount({ name: "A tenth" });
    const five = await discount({ type: "FIXED_AMOUNT", value: "500" as never, currency: "USD" });
    const invoice = await create([tenth.toLowerCase(), five], { taxRates: [taxRate] });
    expect(invoice).toMatchObject({
      subtotal: { amount: 10_000 },
      discount: { amount: 1_500 },
      tax: { amount: 1_700 },
      total: { amount: 10_200 },
      discounts: {
        nodes: [
          { description: "A tenth", amount: { amount: 1_000 } },
          { description: five, amount: { amount: 500 } },
        ],
      },
    });
    expect(await used(tenth)).toEqual([
      {
        cyclesApplied: 1,
        endedAt: expect.any(String),
        invoice: { id: invoice.id },
        customer: { id: customerId },
      },
    ]);
    const final = await mutate(api, "finalizeInvoice", { invoice: { id: invoice.id } });
    expect(final.invoice).toMatchObject({ discount: { amount: 1_500 }, total: { amount: 10_200 } });
  });

  it("are for products, and go on with the lines of the draft", async () => {
    const [productId = "", other = ""] = await insert(api, "Product", [{}, {}]);
    const code = await discount({ scope: "SPECIFIC_PRODUCTS" });
    const { id: discountId } = await api.database.prisma.discount.findFirstOrThrow({ where: { code } });
    const { environmentId } = api;
    await api.database.prisma.discountProduct.create({ data: { environmentId, discountId, productId } });
    const of = (id: string) => ({ ...line, product: { id } });
    expect(await refused(api, "createInvoice", input([code], { lines: [of(other)] }))).toMatchObject({
      code: "INVALID",
      path: ["discountCodes", "0"],
    });
    const { id } = await create([code], { lines: [] });
    const { invoice } = await mutate(api, "addInvoiceLines", {
      invoice: { id },
      lines: [of(productId), of(other)],
    });
    expect(invoice).toMatchObject({ subtotal: { amount: 20_000 }, discount: { amount: 1_000 } });
  });

  it("are refused each at its place, and then nothing is redeemed", async () => {
    const past = new Date("2020-01-01T00:00:00Z");
    const future = new Date("2999-01-01T00:00:00Z");
    const good = await discount();
    const wrong: [string, string][] = [
      ["NONE", "NOT_FOUND"],
      [await discount({ active: false }), "ILLEGAL_STATE"],
      [await discount({ validFrom: future }), "ILLEGAL_STATE"],
      [await discount({ validUntil: past }), "ILLEGAL_STATE"],
      [await discount({ type: "FIXED_AMOUNT", value: "5" as never, currency: "EUR" }), "INVALID"],
      [await discount({ scope: "SUBSCRIPTION_ONLY" }), "INVALID"],
      [good, "CONFLICT"],
    ];
    const { userErrors } = await mutate(api, "createInvoice", input([good, ...wrong.map(([code]) => code)]));
    expect(userErrors.map(({ code, path }: any) => [code, path])).toEqual(
      wrong.map(([, code], index) => [code, ["discountCodes", String(index + 1)]]),
    );
    expect(await used(good)).toEqual([]);
    const many = await refused(api, "createInvoice", input(Array.from({ length: 11 }, () => "X")));
    expect(many).toMatchObject({ code: "TOO_LONG", path: ["discountCodes"] });
    expect(await api.database.prisma.invoice.count({ where: { customerId } })).toBe(0);
  });

  it("have limits in all and for each customer", async () => {
    const once = await discount({ maxRedemptions: 1 });
    await create([once]);
    expect(await refused(api, "createInvoice", input([once]))).toMatchObject({
      __typename: "LimitExceeded",
      limit: 1,
      used: 1,
    });
    const each = await discount({ maxRedemptionsPerCustomer: 1 });
    await create([each]);
    expect((await refused(api, "createInvoice", input([each]))).code).toBe("LIMIT_EXCEEDED");
    customerId = await newCustomer(api);
    await create([each]);
  });

  it("for new customers are refused to those that have bought, or have redeemed one", async () => {
    const first = await discount({ firstTimeOnly: true });
    const another = await discount({ firstTimeOnly: true });
    const { id } = await create([first]);
    for (const code of [first, another]) {
      // oxlint-disable-next-line no-await-in-loop
      expect((await refused(api, "createInvoice", input([code]))).code).toBe("CONFLICT");
    }
    await mutate(api, "deleteInvoice", { invoice: { id } });
    await create([another]);
    customerId = await newCustomer(api);
    await mutate(api, "finalizeInvoice", { invoice: { id: (await create([])).id } });
    expect((await refused(api, "createInvoice", input([first]))).code).toBe("CONFLICT");
  });

  it("are given back when the draft is deleted or the invoice is void, and not when it is paid", async () => {
    const code = await discount({ maxRedemptions: 1 });
    const draft = await create([code]);
    await mutate(api, "deleteInvoice", { invoice: { id: draft.id } });
    expect(await used(code)).toEqual([]);
    const { id } = await create([code]);
    await mutate(api, "finalizeInvoice", { invoice: { id } });
    const { invoice } = await mutate(api, "voidInvoice", { invoice: { id } });
    expect(invoice).toMatchObject({ status: "VOID", discount: { amount: 1_000 } });
    expect(await used(code)).toEqual([]);
    const last = await create([code]);
    await mutate(api, "finalizeInvoice", { invoice: { id: last.id } });
    await mutate(api, "payInvoice", { invoice: { id: last.id }, method: "cash" });
    expect(await used(code)).toHaveLength(1);
  });

  it("of a draft are replaced by others, and those that go are given back", async () => {
    const [one, two, three] = [await discount(), await discount(), await discount()];
    const { id } = await create([one, two]);
    const kept = await used(two);
    const changed = await mutate(api, "updateInvoice", { invoice: { id }, discountCodes: [two, three] });
    expect(changed.invoice).toMatchObject({ discount: { amount: 1_900 } });
    expect(changed.invoice.discounts.nodes.map(({ description }: any) => description)).toEqual([two, three]);
    expect([await used(one), await used(two), (await used(three)).length]).toEqual([[], kept, 1]);
    const same = await mutate(api, "updateInvoice", { invoice: { id }, notes: "x" });
    expect(same.invoice.discount).toEqual({ amount: 1_900 });
    const none = await mutate(api, "updateInvoice", { invoice: { id }, discountCodes: null });
    expect(none.invoice).toMatchObject({ discount: { amount: 0 }, total: { amount: 10_000 } });
    expect([await used(two), await used(three)]).toEqual([[], []]);
    await mutate(api, "finalizeInvoice", { invoice: { id } });
    const late = await refused(api, "updateInvoice", { invoice: { id }, discountCodes: [one] });
    expect(late.code).toBe("ILLEGAL_STATE");
  });
});
