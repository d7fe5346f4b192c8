import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInvoices } from "../../src/domains/invoices/index.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { draft, inTransaction, line, mutate as invoice } from "../invoices/support.ts";
import { insert } from "../reads/fixtures.ts";
import { done, grant, newCustomer, newWallet, read } from "./support.ts";

let api: TestApi;
let rate: string;
beforeAll(async () => {
  api = await startApi();
  [rate = ""] = await insert(api, "TaxRate", [{ name: "VAT", percentage: "19" as never }]);
});
afterAll(() => api?.close());

const vat = () => [{ id: rate, percentage: 19n, inclusive: false }];
const money = { name: "Prepaid", unit: "CURRENCY", currency: "USD" };

/** Makes and finalizes an invoice of lines for usage and for other things, taxed with 19 %, and gives what the graph tells of it. */
async function bill(
  customerId: string,
  lines: readonly (readonly [kind: "USAGE" | "ITEM", amount: bigint])[],
  values = {},
) {
  const { result } = await inTransaction(api, (transaction) =>
    createInvoices(transaction, [
      draft(customerId, {
        lines: lines.map(([kind, amount]) => line(amount, { kind })),
        taxRates: vat(),
        finalize: true,
        advanceTo: "SENT",
        now: new Date(),
        ...values,
      }),
    ]),
  );
  return tell(result[0]?.invoice.id ?? "");
}

async function tell(id: string) {
  const { data } = await api.query(
    `query ($id: ID!) { invoice(id: $id) { id status subtotal { amount } discount { amount } prepaidCredit { amount } credit { amount }
      tax { amount } total { amount } lines { nodes { id prepaidCredit { amount } tax { amount } } }
      creditTransactions { nodes { type amount } } } }`,
    { id },
  );
  return data.invoice;
}

const amounts = ({ subtotal, prepaidCredit, credit, tax, total }: Record<string, { amount: number }>) =>
  [subtotal, prepaidCredit, credit, tax, total].map((one) => one?.amount);

describe("a wallet pays invoices", () => {
  it("for usage, after discounts and before tax, right to the cent", async () => {
    const { id, customerId } = await newWallet(api, money);
    await grant(api, id, "5000");
    const discount = {
      redemptionId: null,
      description: "10 %",
      type: "PERCENTAGE",
      value: 10n,
      scope: "ENTIRE_ORDER",
      productIds: [],
    };
    const made = await bill(
      customerId,
      [
        ["USAGE", 3_333n],
        ["USAGE", 3_333n],
        ["ITEM", 2_000n],
      ],
      { discounts: [discount] },
    );
    // 8666 − 867 = 7799, of which usage 2999.7 each; the wallet pays 5000 of 5999, and 19 % of 2799 is 531.81.
    expect(amounts(made)).toEqual([8_666, 5_000, 0, 532, 3_331]);
    const shares = made.lines.nodes.map(
      (each: { prepaidCredit: { amount: number } }) => each.prepaidCredit.amount,
    );
    expect(shares[2]).toBe(0);
    expect(shares[0] + shares[1]).toBe(5_000);
    expect(made.creditTransactions.nodes).toEqual([{ type: "INVOICE", amount: "-5000" }]);
    expect(await read(api, id)).toMatchObject({ balance: "0", sums: { invoiced: "5000" } });
  });

  it("for everything where it says so, and then there may be nothing to pay", async () => {
    const { id, customerId } = await newWallet(api, { ...money, pays: "EVERYTHING" });
    await grant(api, id, "5000");
    const made = await bill(customerId, [
      ["ITEM", 3_000n],
      ["USAGE", 1_000n],
      ["ITEM", -500n],
    ]);
    expect(amounts(made)).toEqual([3_500, 3_500, 0, 0, 0]);
    expect(made.status).toBe("PAID");
    expect((await read(api, id)).balance).toBe("1500");
  });

  it("in the order of wallets, with what credits are worth, never a fraction of a cent", async () => {
    const customerId = await newCustomer(api);
    const second = await newWallet(api, { ...money, customerId, name: "Second" });
    const first = await newWallet(api, { customerId, currency: "USD", creditValue: "2.5", priority: 1 });
    const euro = await newWallet(api, { ...money, customerId, currency: "EUR" });
    const off = await newWallet(api, { ...money, customerId, pays: "NOTHING" });
    for (const { id } of [second, euro, off]) await grant(api, id, "1000");
    await grant(api, first.id, "101");
    // 101 credits are worth 252.5 cents.
    const made = await bill(customerId, [["USAGE", 700n]]);
    expect(amounts(made)).toEqual([700, 700, 0, 0, 0]);
    expect((await read(api, first.id)).balance).toBe("0.2");
    expect((await read(api, second.id)).balance).toBe("552");
    expect([(await read(api, euro.id)).balance, (await read(api, off.id)).balance]).toEqual(["1000", "1000"]);
  });

  it("together with the customer's balance, which pays what is left with its tax", async () => {
    const { id, customerId } = await newWallet(api, money);
    await grant(api, id, "400");
    await api.database.prisma.customerBalance.create({
      data: { environmentId: api.environmentId, customerId, currency: "USD", amount: 100n },
    });
    const made = await bill(customerId, [["USAGE", 1_000n]]);
    expect(amounts(made)).toEqual([1_000, 400, 100, 114, 614]);
  });

  it("and gets back what it paid when the invoice is voided; what has ended since lapses", async () => {
    const { id, customerId } = await newWallet(api, money);
    const { id: ended } = await grant(api, id, "300", { priority: 1 });
    await grant(api, id, "500");
    const made = await bill(customerId, [
      ["USAGE", 600n],
      ["ITEM", 100n],
    ]);
    expect(amounts(made)).toEqual([700, 600, 0, 19, 119]);
    await done(api, "voidCreditGrant", { grantId: ended });
    await invoice(api, "voidInvoice", { invoice: { id: made.id } });
    const { balance, sums, transactions } = await read(api, id);
    expect([balance, sums.invoiced, sums.revoked]).toEqual(["500", "0", "300"]);
    const types = transactions.nodes.map(({ type, amount }: Record<string, string>) => [type, amount]);
    expect(types.slice(0, 3)).toEqual([
      ["VOID", "-300"],
      ["GIVE_BACK", "600"],
      ["INVOICE", "-600"],
    ]);
  });

  it("as often as there is credit, for many invoices at once", async () => {
    const { id, customerId } = await newWallet(api, money);
    await grant(api, id, "1000");
    const made = await Promise.all(Array.from({ length: 8 }, () => bill(customerId, [["USAGE", 300n]])));
    const paid = made.map(({ prepaidCredit }) => prepaidCredit.amount);
    expect(paid.toSorted((one, other) => other - one)).toEqual([300, 300, 300, 100, 0, 0, 0, 0]);
    expect((await read(api, id)).balance).toBe("0");
  });

  it("when a draft is finalized, and not before", async () => {
    const { id, customerId } = await newWallet(api, { ...money, pays: "EVERYTHING" });
    await grant(api, id, "400");
    const drafted = await bill(customerId, [["ITEM", 1_000n]], { finalize: false });
    expect(amounts(drafted)).toEqual([1_000, 0, 0, 190, 1_190]);
    await invoice(api, "finalizeInvoice", { invoice: { id: drafted.id } });
    expect(amounts(await tell(drafted.id))).toEqual([1_000, 400, 0, 114, 714]);
  });
});

describe("what wallets have paid", () => {
  it("is not given back as money by a credit note, but by a refund of all that was paid", async () => {
    const { id, customerId } = await newWallet(api, money);
    await grant(api, id, "400");
    const made = await bill(customerId, [["USAGE", 1_000n]]);
    expect(amounts(made)).toEqual([1_000, 400, 0, 114, 714]);
    await invoice(api, "payInvoice", { invoice: { id: made.id }, method: "cash" });
    const { data } = await api.query(
      `query ($input: PreviewCreditNoteInput!) { previewCreditNote(input: $input) { userErrors { message }
        preview { amount { amount } taxAmount { amount } exceedsMaxCreditable } } }`,
      { input: { invoice: { id: made.id }, lines: [{ line: made.lines.nodes[0].id }] } },
    );
    expect(data.previewCreditNote).toEqual({
      userErrors: [],
      preview: { amount: { amount: 714 }, taxAmount: { amount: 114 }, exceedsMaxCreditable: false },
    });
    await invoice(api, "refundInvoice", { invoice: { id: made.id } });
    expect(await read(api, id)).toMatchObject({ balance: "400", sums: { invoiced: "0" } });
  });
});
