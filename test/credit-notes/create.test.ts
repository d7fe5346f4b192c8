import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { times } from "../reads/fixtures.ts";
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

const notes = () => api.database.prisma.creditNote.count({ where: { environmentId: shop.environmentId } });

describe("a note of an amount", () => {
  it("is issued, has the next number, and contains the invoice's tax in proportion", async () => {
    const invoiceId = await shop.newInvoice();
    const input = {
      invoice: { id: invoiceId },
      amount: 3_000,
      creditMethod: "EXTERNAL",
      reason: "Late",
      reasonCode: "SERVICE_ISSUE",
      metadata: { ticket: "7" },
    };
    const { creditNote, created, userErrors } = await shop.run("createCreditNote", input);
    expect(userErrors).toEqual([]);
    expect(created).toBe(true);
    expect(creditNote).toMatchObject({
      number: "CN-000001",
      status: "ISSUED",
      currency: "USD",
      amount: { amount: 3_000 },
      taxAmount: { amount: 500 },
      reason: "Late",
      reasonCode: "SERVICE_ISSUE",
      creditMethod: "EXTERNAL",
      proration: null,
      metadata: { ticket: "7" },
      appliedAt: null,
      lines: { nodes: [{ description: "Late", amount: { amount: 2_500 }, invoiceLine: null }] },
    });
    expect(await shop.invoice(invoiceId)).toMatchObject({
      status: "PAID",
      amountCredited: 3_000n,
      amountRefunded: 0n,
    });
    expect(await shop.events()).toEqual(["invoice.updated", "credit_note.created", "credit_note.issued"]);
    expect(await shop.credit(invoiceId, { amount: 1 })).toMatchObject({ number: "CN-000002" });
  });

  it("takes the tax that is given, and the prefix of the settings", async () => {
    await api.database.prisma.billingSettings.create({
      data: { environmentId: shop.environmentId, creditNotePrefix: "GS-" },
    });
    const invoiceId = await shop.newInvoice();
    const note = await shop.credit(invoiceId, { amount: 3_000, taxAmount: 0 });
    expect(note).toMatchObject({ number: "GS-000001", taxAmount: { amount: 0 } });
    expect(note.lines.nodes).toMatchObject([{ amount: { amount: 3_000 } }]);
  });

  it("finds its invoice by number and by the id of another system", async () => {
    const number = "A-1";
    const external = { externalSource: "erp", externalId: "9" };
    const invoiceId = await shop.newInvoice({ number, ...external });
    for (const invoice of [{ number }, { external: { source: "erp", id: "9" } }]) {
      const { userErrors } = await shop.run("createCreditNote", { invoice, amount: 100 });
      expect(userErrors).toEqual([]);
    }
    expect((await shop.invoice(invoiceId)).amountCredited).toBe(200n);
  });

  it("is the unused days' share of the invoice when only those are given", async () => {
    const note = await shop.credit(await shop.newInvoice(), {
      proration: { daysTotal: 30, daysUnused: 10 },
    });
    expect(note).toMatchObject({
      amount: { amount: 4_000 },
      taxAmount: { amount: 667 },
      reasonCode: "PRORATION",
      proration: { daysTotal: 30, daysUnused: 10 },
    });
  });
});

describe("where the money goes", () => {
  it("back the way it was paid: a refund is noted and the note is applied", async () => {
    const invoiceId = await shop.newInvoice();
    expect(await shop.credit(invoiceId, { amount: 2_000 })).toMatchObject({
      status: "APPLIED",
      creditMethod: "REFUND_TO_PAYMENT_METHOD",
      appliedAt: expect.any(String),
    });
    const refunds = await api.database.prisma.invoicePayment.findMany({
      where: { invoiceId, kind: "REFUND" },
    });
    expect(refunds).toMatchObject([{ amount: 2_000n, method: "card", reference: "CN-000001" }]);
    expect((await shop.invoice(invoiceId)).status).toBe("PAID");
    await shop.credit(invoiceId, { amount: 10_000 });
    expect(await shop.invoice(invoiceId)).toMatchObject({ status: "REFUNDED", amountCredited: 12_000n });
  });

  it("into the customer's balance, with a movement", async () => {
    const invoiceId = await shop.newInvoice();
    await shop.credit(invoiceId, { amount: 2_000, creditMethod: "CUSTOMER_BALANCE" });
    await shop.credit(invoiceId, { amount: 500, creditMethod: "CUSTOMER_BALANCE" });
    const { customer } = await shop.read(
      `query ($id: ID!) { customer(id: $id) { balances { amount currency }
        balanceTransactions { totalCount nodes { amount { amount } balance { amount } creditNote { number } invoice { id } } } } }`,
      { id: shop.customerId },
    );
    expect(customer.balances).toEqual([{ amount: 2_500, currency: "USD" }]);
    expect(customer.balanceTransactions).toMatchObject({ totalCount: 2 });
    const movement = {
      amount: { amount: 2_000 },
      balance: { amount: 2_000 },
      creditNote: { number: "CN-000001" },
    };
    expect(customer.balanceTransactions.nodes).toContainEqual({ ...movement, invoice: { id: invoiceId } });
  });
});

describe("a note of lines", () => {
  const line = (quantity: number, amount: bigint, parts: object = {}) => ({
    quantity: quantity as never,
    unitAmount: (Number(amount) / quantity) as never,
    amount,
    ...parts,
  });

  it("gives back what is left of them, each with its share of discount and tax", async () => {
    const invoiceId = await shop.newInvoice();
    const seats = await shop.newLine(invoiceId, line(3, 9_000n, { discount: 900n, tax: 1_620n }));
    const setup = await shop.newLine(invoiceId, line(1, 1_000n, { taxIncluded: 167n }));
    const note = await shop.credit(invoiceId, { lines: [{ line: seats, quantity: "1" }, { line: setup }] });
    expect(note.amount.amount).toBe(2_700 + 540 + 1_000);
    expect(note.taxAmount.amount).toBe(540 + 167);
    expect(note.lines.nodes).toMatchObject([
      { quantity: "1", unitAmount: "3000", amount: { amount: 2_700 }, invoiceLine: { id: seats } },
      { quantity: "1", unitAmount: "1000", amount: { amount: 833 }, invoiceLine: { id: setup } },
    ]);
    const rest = await shop.credit(invoiceId, { lines: [{ line: seats }] });
    expect(rest.amount.amount).toBe(5_400 + 1_080);
    const { userErrors } = await shop.run("createCreditNote", {
      invoice: { id: invoiceId },
      lines: [{ line: setup, amount: 1 }],
    });
    expect(userErrors).toMatchObject([
      { code: "LIMIT_EXCEEDED", path: ["lines", "0", "amount"], limit: 1_000, used: 1_000 },
    ]);
  });

  it("is their share of unused days, and adds up to a cent", async () => {
    const invoiceId = await shop.newInvoice();
    const lines = [];
    for (const tax of [33n, 33n, 34n]) {
      lines.push({ line: await shop.newLine(invoiceId, line(1, 333n, { tax })) });
    }
    const note = await shop.credit(invoiceId, { lines, proration: { daysTotal: 7, daysUnused: 3 } });
    const net: number[] = note.lines.nodes.map(({ amount }: { amount: { amount: number } }) => amount.amount);
    expect(net.reduce((sum, one) => sum + one, 0)).toBe(note.amount.amount - note.taxAmount.amount);
    expect(note.amount.amount).toBe(472);
  });

  it("refuses lines of other invoices, lines twice, too many units, and lines below zero", async () => {
    const invoiceId = await shop.newInvoice();
    const own = await shop.newLine(invoiceId, line(2, 200n));
    const refund = await shop.newLine(invoiceId, line(1, -100n));
    const foreign = await shop.newLine(await shop.newInvoice(), line(1, 100n));
    const refusal = async (...lines: object[]) =>
      (await shop.run("createCreditNote", { invoice: { id: invoiceId }, lines })).userErrors[0];
    expect(await refusal({ line: foreign })).toMatchObject({
      code: "NOT_FOUND",
      path: ["lines", "0", "line"],
    });
    expect(await refusal({ line: own, amount: 1 }, { line: own, amount: 1 })).toMatchObject({
      code: "CONFLICT",
      path: ["lines", "1", "line"],
    });
    expect(await refusal({ line: own, quantity: "2.5" })).toMatchObject({
      code: "LIMIT_EXCEEDED",
      path: ["lines", "0", "quantity"],
    });
    expect(await refusal({ line: refund })).toMatchObject({ code: "INVALID", path: ["lines", "0", "line"] });
    expect(await notes()).toBe(0);
  });
});

describe("is refused, and nothing changes,", () => {
  it.each([
    ["without an amount", {}, "REQUIRED", "amount"],
    ["of nothing", { amount: 0 }, "INVALID", "amount"],
    ["below zero", { amount: -5 }, "INVALID", "amount"],
    ["beyond 2,000,000,000", { amount: 2_000_000_001 }, "INVALID", "amount"],
    ["with more tax than amount", { amount: 5, taxAmount: 6 }, "INVALID", "taxAmount"],
    ["with tax alone", { taxAmount: 6, proration: { daysTotal: 2, daysUnused: 1 } }, "INVALID", "taxAmount"],
    ["with an amount and lines", { amount: 5, lines: [{ line: newId() }] }, "INVALID", "lines"],
    ["without lines in its list", { lines: [] }, "REQUIRED", "lines"],
    ["with a quantity of 0", { lines: [{ line: newId(), quantity: "0" }] }, "INVALID", "lines.0.quantity"],
    ["with no days in all", { proration: { daysTotal: 0, daysUnused: 0 } }, "INVALID", "proration.daysTotal"],
    [
      "with too many days",
      { proration: { daysTotal: 367, daysUnused: 0 } },
      "INVALID",
      "proration.daysTotal",
    ],
    [
      "with more unused days than days",
      { proration: { daysTotal: 5, daysUnused: 6 } },
      "INVALID",
      "proration.daysUnused",
    ],
    ["when no day is unused", { proration: { daysTotal: 5, daysUnused: 0 } }, "INVALID", "proration"],
    ["with a reason that is too long", { amount: 5, reason: "x".repeat(501) }, "TOO_LONG", "reason"],
    ["with an empty key", { amount: 5, idempotencyKey: "" }, "REQUIRED", "idempotencyKey"],
  ])("%s", async (_what, input, code, path) => {
    const invoiceId = await shop.newInvoice();
    const { creditNote, userErrors } = await shop.run("createCreditNote", {
      invoice: { id: invoiceId },
      ...input,
    });
    expect(creditNote).toBeNull();
    expect(userErrors).toMatchObject([{ code, path: path.split(".") }]);
    expect((await shop.invoice(invoiceId)).amountCredited).toBe(0n);
    expect(await shop.events()).toEqual([]);
  });

  it("for an invoice that is not there, or another merchant's", async () => {
    const other = await openShop(api);
    for (const id of [newId(), "1", await other.newInvoice()]) {
      const { userErrors } = await shop.run("createCreditNote", { invoice: { id }, amount: 5 });
      expect(userErrors).toMatchObject([{ code: "NOT_FOUND", path: ["invoice"] }]);
    }
  });

  it("for an invoice of which nothing is paid", async () => {
    const unpaid = { status: "SENT", amountPaid: 0n, amountDue: 12_000n } as const;
    const invoice = { id: await shop.newInvoice(unpaid) };
    const { userErrors } = await shop.run("createCreditNote", { invoice, amount: 5 });
    expect(userErrors).toMatchObject([{ code: "ILLEGAL_STATE", path: ["invoice"] }]);
  });

  it("beyond what was paid and not given back, and takes no number", async () => {
    const partly = {
      status: "PARTIALLY_PAID",
      amountPaid: 5_000n,
      amountDue: 7_000n,
      amountRefunded: 1_000n,
    } as const;
    const invoiceId = await shop.newInvoice(partly);
    await shop.credit(invoiceId, { amount: 1_500 });
    const { userErrors } = await shop.run("createCreditNote", { invoice: { id: invoiceId }, amount: 2_501 });
    expect(userErrors).toMatchObject([
      { __typename: "LimitExceeded", code: "LIMIT_EXCEEDED", path: ["amount"], limit: 5_000, used: 2_500 },
    ]);
    expect(await shop.credit(invoiceId, { amount: 2_500 })).toMatchObject({ number: "CN-000002" });
    expect(await shop.invoice(invoiceId)).toMatchObject({ status: "PARTIALLY_PAID", amountDue: 7_000n });
  });
});

describe("with a key of the caller's own", () => {
  it("the same content makes one note, however often and however the invoice is named", async () => {
    const invoiceId = await shop.newInvoice({ number: "A-1" });
    const input = { amount: 100, idempotencyKey: "k", reason: "Late", metadata: { a: "1", b: "2" } };
    const first = await shop.run("createCreditNote", { invoice: { id: invoiceId }, ...input });
    const again = await shop.run("createCreditNote", {
      ...input,
      metadata: { b: "2", a: "1" },
      reasonCode: null,
      invoice: { number: "A-1" },
    });
    expect(again).toEqual({ ...first, created: false });
    expect((await shop.invoice(invoiceId)).amountCredited).toBe(100n);
  });

  it("other content is a conflict that names the note", async () => {
    const invoiceId = await shop.newInvoice();
    const { id } = await shop.credit(invoiceId, { amount: 100, idempotencyKey: "k" });
    const elsewhere = await shop.newInvoice();
    for (const input of [
      { invoice: { id: invoiceId }, amount: 101 },
      { invoice: { id: elsewhere }, amount: 100 },
    ]) {
      const { creditNote, userErrors } = await shop.run("createCreditNote", {
        ...input,
        idempotencyKey: "k",
      });
      expect(creditNote).toBeNull();
      expect(userErrors).toMatchObject([
        { __typename: "IdempotencyConflict", code: "CONFLICT", path: ["idempotencyKey"], existingId: id },
      ]);
    }
    expect(await notes()).toBe(1);
  });
});

describe("requests at once", () => {
  it("never credit more than was paid, and number their notes without gaps", async () => {
    const invoiceId = await shop.newInvoice();
    const methods = ["REFUND_TO_PAYMENT_METHOD", "CUSTOMER_BALANCE", "EXTERNAL"];
    const payloads = await Promise.all(
      times(12, (index) =>
        shop.run("createCreditNote", {
          invoice: { id: invoiceId },
          amount: 2_500,
          creditMethod: methods[index % 3],
        }),
      ),
    );
    const made = payloads.flatMap(({ creditNote }) => creditNote ?? []);
    expect(made.map(({ number }): string => number).toSorted()).toEqual(
      times(4, (index) => `CN-00000${index + 1}`),
    );
    expect(payloads.flatMap(({ userErrors }) => userErrors).map(({ code }) => code)).toEqual(
      times(8, () => "LIMIT_EXCEEDED"),
    );
    expect((await shop.invoice(invoiceId)).amountCredited).toBe(10_000n);
  });

  it("with the same key on two invoices make one note", async () => {
    const invoices = [await shop.newInvoice(), await shop.newInvoice()];
    const payloads = await Promise.all(
      times(8, (index) =>
        shop.run("createCreditNote", {
          invoice: { id: invoices[index % 2] },
          amount: 100,
          idempotencyKey: "k",
        }),
      ),
    );
    expect(payloads.filter(({ created }) => created)).toHaveLength(1);
    expect(payloads.flatMap(({ userErrors }) => userErrors).map(({ code }) => code)).toEqual(
      times(4, () => "CONFLICT"),
    );
    expect(await notes()).toBe(1);
  });

  it("are held by the database itself", async () => {
    const invoiceId = await shop.newInvoice({ amountRefunded: 4_000n });
    const more = api.database.prisma.invoice.updateMany({
      where: { id: invoiceId },
      data: { amountCredited: 8_001n },
    });
    await expect(more).rejects.toThrow("invoices_given_back_check");
  });
});
