import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { times } from "../reads/fixtures.ts";
import { type Shop, openShop } from "./support.ts";

let api: TestApi;
let shop: Shop;
let invoiceId: string;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());
beforeEach(async () => {
  shop = await openShop(api);
  invoiceId = await shop.newInvoice();
});

const voided = (creditNote: object) => shop.run("voidCreditNote", { creditNote });

describe("a note that was issued", () => {
  it("is void, and its amount can be credited again", async () => {
    const { id, number } = await shop.credit(invoiceId, { amount: 12_000, creditMethod: "EXTERNAL" });
    const { creditNote, userErrors } = await voided({ number });
    expect(userErrors).toEqual([]);
    expect(creditNote).toMatchObject({ id, status: "VOID", voidedAt: expect.any(String) });
    expect((await shop.invoice(invoiceId)).amountCredited).toBe(0n);
    expect((await shop.events()).slice(3)).toEqual(["credit_note.voided", "invoice.updated"]);
    await shop.credit(invoiceId, { amount: 12_000 });
  });

  it("takes its credit out of the customer's balance", async () => {
    const { id } = await shop.credit(invoiceId, { amount: 700, creditMethod: "CUSTOMER_BALANCE" });
    expect(await shop.balance()).toBe(700n);
    await voided({ id });
    expect(await shop.balance()).toBe(0n);
    const { creditNote } = await shop.read(
      "query ($id: ID!) { creditNote(id: $id) { balanceTransactions { nodes { amount { amount } } } } }",
      { id },
    );
    const amounts = creditNote.balanceTransactions.nodes.map((one: any) => one.amount.amount);
    expect(amounts.toSorted()).toEqual([-700, 700]);
  });

  it("frees the lines that it gave back", async () => {
    const line = await shop.newLine(invoiceId, { amount: 500n, unitAmount: 500 as never });
    const { id } = await shop.credit(invoiceId, { lines: [{ line }], creditMethod: "EXTERNAL" });
    await voided({ id });
    expect(await shop.credit(invoiceId, { lines: [{ line }] })).toMatchObject({ amount: { amount: 500 } });
  });
});

describe("is refused, and nothing changes,", () => {
  it("for a note whose money went back", async () => {
    const { id } = await shop.credit(invoiceId, { amount: 700 });
    const { creditNote, userErrors } = await voided({ id });
    expect(creditNote).toBeNull();
    expect(userErrors).toMatchObject([
      { __typename: "IllegalTransition", path: ["creditNote"], state: "APPLIED", move: "void", allowed: [] },
    ]);
    expect((await shop.invoice(invoiceId)).amountCredited).toBe(700n);
  });

  it("for a note whose credit was used", async () => {
    const { id } = await shop.credit(invoiceId, { amount: 700, creditMethod: "CUSTOMER_BALANCE" });
    await api.database.prisma.customerBalance.updateMany({
      where: { environmentId: shop.environmentId },
      data: { amount: 699n },
    });
    const { userErrors } = await voided({ id });
    expect(userErrors).toMatchObject([{ code: "ILLEGAL_STATE", path: ["creditNote"] }]);
    expect(await shop.balance()).toBe(699n);
    expect((await shop.invoice(invoiceId)).amountCredited).toBe(700n);
  });

  it("for a note that is not there, or another merchant's", async () => {
    const other = await openShop(api);
    const foreign = await other.credit(await other.newInvoice(), { amount: 1 });
    for (const reference of [{ id: newId() }, { id: "1" }, { id: foreign.id }, { number: foreign.number }]) {
      const { userErrors } = await voided(reference);
      expect(userErrors).toMatchObject([{ code: "NOT_FOUND", path: ["creditNote"] }]);
    }
  });
});

it("ten requests at once void it once", async () => {
  const { id } = await shop.credit(invoiceId, { amount: 700, creditMethod: "CUSTOMER_BALANCE" });
  await shop.credit(invoiceId, { amount: 300, creditMethod: "CUSTOMER_BALANCE" });
  const payloads = await Promise.all(times(10, () => voided({ id })));
  expect(payloads.filter(({ creditNote }) => creditNote)).toHaveLength(1);
  expect(await shop.balance()).toBe(300n);
  expect((await shop.invoice(invoiceId)).amountCredited).toBe(300n);
});
