import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "./support.ts";

let api: TestApi;
let shop: Shop;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());
beforeEach(async () => {
  shop = await openShop(api);
});

describe("a preview", () => {
  it("shows what creating makes, and writes nothing", async () => {
    const invoiceId = await shop.newInvoice();
    const line = await shop.newLine(invoiceId, { amount: 3_333n, unitAmount: 3_333 as never, tax: 667n });
    const input = { lines: [{ line, amount: 1_000 }], creditMethod: "EXTERNAL" };
    const { preview, userErrors } = await shop.run("previewCreditNote", {
      invoice: { id: invoiceId },
      ...input,
    });
    expect(userErrors).toEqual([]);
    expect(preview).toMatchObject({
      maxCreditable: { amount: 12_000 },
      exceedsMaxCreditable: false,
      eligibility: { eligible: true, totalCredited: { amount: 0 } },
      afterCredit: {
        amountDue: { amount: 0 },
        amountCredited: { amount: 1_200 },
        wouldLeaveOutstanding: false,
      },
    });
    expect(await shop.events()).toEqual([]);
    expect((await shop.invoice(invoiceId)).amountCredited).toBe(0n);
    const note = await shop.credit(invoiceId, input);
    expect(preview.amount).toEqual(note.amount);
    expect(preview.taxAmount).toEqual(note.taxAmount);
    const lines = note.lines.nodes.map(({ invoiceLine, ...rest }: any) => ({
      ...rest,
      invoiceLineId: invoiceLine.id,
    }));
    expect(preview.lines).toEqual(lines);
    expect(note.number).toBe("CN-000001");
  });

  it("tells when it would be too much", async () => {
    const partly = { status: "PARTIALLY_PAID", amountPaid: 5_000n, amountDue: 7_000n } as const;
    const invoice = { id: await shop.newInvoice(partly) };
    const { preview } = await shop.run("previewCreditNote", { invoice, amount: 5_001 });
    expect(preview).toMatchObject({
      maxCreditable: { amount: 5_000 },
      exceedsMaxCreditable: true,
      afterCredit: { wouldLeaveOutstanding: true },
    });
    const unpaid = { status: "DRAFT", amountPaid: 0n, amountDue: 12_000n } as const;
    const draft = { id: await shop.newInvoice(unpaid) };
    const nothing = await shop.run("previewCreditNote", { invoice: draft, amount: 1 });
    expect(nothing.preview).toMatchObject({
      exceedsMaxCreditable: true,
      eligibility: { eligible: false, reason: "NOTHING_PAID" },
    });
  });

  it("refuses what creating refuses", async () => {
    const { preview, userErrors } = await shop.run("previewCreditNote", {
      invoice: { number: "none" },
      amount: 5,
    });
    expect(preview).toBeNull();
    expect(userErrors).toMatchObject([{ code: "NOT_FOUND", path: ["invoice"] }]);
  });
});

it("eligibility of invoices and their payments is three statements beside the invoices", async () => {
  const open = await shop.newInvoice();
  const done = await shop.newInvoice();
  await shop.credit(open, { amount: 2_000 });
  await shop.credit(done, { amount: 12_000, creditMethod: "CUSTOMER_BALANCE" });
  const money = "{ amount }";
  const { data, statements } = await api.query(
    `{ invoices { nodes { id creditEligibility {
      eligible reason total ${money} totalPaid ${money} totalCredited ${money} totalRefunded ${money} maxCreditable ${money}
      payments { canReverse operations maxAmount ${money} reason } } } } }`,
    {},
    shop.key,
  );
  const byId = new Map(data.invoices.nodes.map((one: any) => [one.id, one.creditEligibility]));
  expect(byId.get(open)).toMatchObject({
    eligible: true,
    reason: null,
    maxCreditable: { amount: 10_000 },
  });
  expect((byId.get(open) as any).payments).toEqual(
    expect.arrayContaining([
      {
        canReverse: true,
        operations: ["REFUND", "CREDIT_NOTE"],
        maxAmount: { amount: 10_000 },
        reason: null,
      },
      { canReverse: false, operations: [], maxAmount: { amount: 0 }, reason: "IS_REFUND" },
    ]),
  );
  expect(byId.get(done)).toMatchObject({
    eligible: false,
    reason: "FULLY_CREDITED",
    payments: [{ canReverse: false, reason: "NOTHING_LEFT" }],
  });
  expect(statements).toBe(3);
});
