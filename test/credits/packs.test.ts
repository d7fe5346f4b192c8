import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { eventsOf, mutate as invoice } from "../invoices/support.ts";
import { insert } from "../reads/fixtures.ts";
import { done, grant, mutate, newCustomer, newWallet, read, refused } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

let names = 0;
const newPack = async (values: object = {}) =>
  (
    await done(api, "createCreditPack", {
      name: `Pack ${++names}`,
      credits: 500,
      price: 4_900,
      ...values,
    })
  ).creditPack;
const wallet = (id: string) => ({ wallet: { id } });

describe("credit packs", () => {
  it("are created, changed and archived, which frees their name", async () => {
    const pack = await newPack({ name: "Starter", description: "To try" });
    expect(pack).toMatchObject({ credits: 500, price: { amount: 4_900, currency: "USD" }, active: true });
    const taken = { name: "STARTER", credits: 1, price: 1 };
    expect(await refused(api, "createCreditPack", taken)).toMatchObject({ code: "CONFLICT", path: ["name"] });
    const change = { creditPackId: pack.id, price: 5_900, expectedVersion: 1 };
    const changed = await done(api, "updateCreditPack", change);
    expect(changed).toMatchObject({ changed: true, creditPack: { price: { amount: 5_900 }, version: 2 } });
    expect((await refused(api, "updateCreditPack", change)).__typename).toBe("VersionMismatch");
    const archived = await done(api, "archiveCreditPack", { creditPackId: pack.id });
    expect(archived).toMatchObject({ changed: true, creditPack: { active: false } });
    expect((await done(api, "archiveCreditPack", { creditPackId: pack.id })).changed).toBe(false);
    await done(api, "createCreditPack", taken);
    const back = await refused(api, "updateCreditPack", { creditPackId: pack.id, active: true });
    expect(back).toMatchObject({ code: "CONFLICT", path: ["name"] });
    expect(await eventsOf(api, pack.id)).toEqual([
      "credit_pack.created",
      "credit_pack.updated",
      "credit_pack.archived",
    ]);
  });

  it.each([
    ["no credits", { credits: 0 }, "credits"],
    ["less than none", { credits: -5 }, "credits"],
    ["a part of a credit", { credits: 1.5 }, "credits"],
    ["a price below zero", { price: -1 }, "price"],
    ["no such currency", { currency: "DOGE" }, "currency"],
    ["no name", { name: "" }, "name"],
  ])("are refused with %s", async (_, values, field) => {
    const input = { name: `Pack ${++names}`, credits: 5, price: 100, ...values };
    expect((await refused(api, "createCreditPack", input)).path).toEqual([field]);
  });

  it("are listed by whether they are for sale", async () => {
    const { id } = await newPack();
    await done(api, "archiveCreditPack", { creditPackId: (await newPack()).id });
    const { data } = await api.query(
      "{ creditPacks(filter: { active: true }, first: 100) { nodes { id active } } }",
    );
    expect(data.creditPacks.nodes.every(({ active }: { active: boolean }) => active)).toBe(true);
    expect(data.creditPacks.nodes[0].id).toBe(id);
  });
});

describe("purchaseCreditPack", () => {
  it("charges for an invoice, and grants what was paid for", async () => {
    const pack = await newPack({ name: "Images" });
    const { id } = await newWallet(api);
    await grant(api, id, "10");
    const { purchase } = await done(api, "purchaseCreditPack", { ...wallet(id), creditPackId: pack.id });
    expect(purchase).toMatchObject({
      status: "COMPLETED",
      amount: "500",
      creditPack: { id: pack.id },
      grant: { source: "PURCHASE", priority: 100, expiresAt: null },
      invoice: {
        status: "PAID",
        total: { amount: 4_900 },
        amountDue: { amount: 0 },
        billingReason: "CREDIT_PURCHASE",
        lines: { nodes: [{ description: "Images (500 credits)", amount: { amount: 4_900 } }] },
      },
    });
    expect(await read(api, id)).toMatchObject({
      balance: "510",
      sums: { granted: "10", purchased: "500" },
    });
    // What was given goes first.
    const used = await done(api, "consumeCredits", { ...wallet(id), amount: "20" });
    expect(used.transaction.postings.map(({ amount }: { amount: string }) => amount)).toEqual([
      "-10",
      "-10",
      "20",
    ]);
    expect(await eventsOf(api, purchase.id)).toEqual([
      "credit_purchase.created",
      "credit_purchase.completed",
    ]);
  });

  it("waits for the payment of an invoice that is sent, and grants once", async () => {
    const { id } = await newWallet(api);
    const { id: creditPackId } = await newPack();
    const input = { ...wallet(id), creditPackId, collectionMethod: "SEND_INVOICE" };
    const { purchase } = await done(api, "purchaseCreditPack", input);
    expect(purchase).toMatchObject({ status: "PENDING", grant: null, invoice: { status: "SENT" } });
    expect((await read(api, id)).balance).toBe("0");
    const close = await refused(api, "closeWallet", wallet(id));
    expect(close).toMatchObject({ code: "ILLEGAL_STATE", path: ["wallet"] });
    const pay = (values: object) =>
      invoice(api, "payInvoice", { invoice: { id: purchase.invoice.id }, method: "cash", ...values });
    await pay({ amount: 900 });
    expect((await read(api, id)).balance).toBe("0");
    await Promise.all([pay({}), pay({}), pay({})]);
    expect((await read(api, id)).balance).toBe("500");
    expect(await eventsOf(api, purchase.id)).toEqual([
      "credit_purchase.created",
      "credit_purchase.completed",
    ]);
  });

  it("grants nothing when its invoice is voided, and takes back what is left when it is refunded", async () => {
    const { id } = await newWallet(api);
    const { id: creditPackId } = await newPack();
    const input = { ...wallet(id), creditPackId };
    const sent = await done(api, "purchaseCreditPack", { ...input, collectionMethod: "SEND_INVOICE" });
    await invoice(api, "voidInvoice", { invoice: { id: sent.purchase.invoice.id } });
    expect(await eventsOf(api, sent.purchase.id)).toEqual([
      "credit_purchase.created",
      "credit_purchase.canceled",
    ]);
    const { purchase } = await done(api, "purchaseCreditPack", input);
    await done(api, "consumeCredits", { ...wallet(id), amount: "200" });
    await invoice(api, "refundInvoice", { invoice: { id: purchase.invoice.id } });
    expect(await read(api, id)).toMatchObject({
      balance: "0",
      sums: { purchased: "500", consumed: "200", revoked: "300" },
    });
  });

  it("gives at once what costs nothing", async () => {
    const { id } = await newWallet(api);
    const { id: creditPackId } = await newPack({ price: 0 });
    const { purchase } = await done(api, "purchaseCreditPack", { ...wallet(id), creditPackId });
    expect(purchase).toMatchObject({
      status: "COMPLETED",
      invoice: { status: "PAID", total: { amount: 0 } },
    });
    expect((await read(api, id)).balance).toBe("500");
  });

  it("adds taxes, and is not paid by wallets", async () => {
    const [rate] = await insert(api, "TaxRate", [{ name: "VAT", percentage: "20" as never }]);
    const { id, customerId } = await newWallet(api);
    const money = await newWallet(api, { customerId, unit: "CURRENCY", currency: "USD", pays: "EVERYTHING" });
    await grant(api, money.id, "10000");
    const { id: creditPackId } = await newPack();
    const input = { ...wallet(id), creditPackId, taxRates: [rate] };
    const { purchase } = await done(api, "purchaseCreditPack", input);
    expect(purchase.invoice.total.amount).toBe(5_880);
    expect((await read(api, money.id)).balance).toBe("10000");
  });

  it("sells nothing when the charge is declined", async () => {
    const customerId = await newCustomer(api, { metadata: { sandbox_payment: "decline" } });
    const { id } = await newWallet(api, { customerId });
    const { id: creditPackId } = await newPack();
    const error = await refused(api, "purchaseCreditPack", { ...wallet(id), creditPackId });
    expect(error).toMatchObject({ code: "PAYMENT_FAILED", path: ["wallet"] });
    expect(await api.database.prisma.invoice.count({ where: { customerId } })).toBe(0);
    expect((await read(api, id)).balance).toBe("0");
  });

  it("refuses archived packs, wallets of money, other customers' subscriptions, and other tenants", async () => {
    const { id } = await newWallet(api);
    const { id: creditPackId } = await newPack();
    const buy = (values: object, key?: string) =>
      refused(api, "purchaseCreditPack", { ...wallet(id), creditPackId, ...values }, key);
    const money = await newWallet(api, { unit: "CURRENCY", currency: "USD" });
    expect(await buy(wallet(money.id))).toMatchObject({ code: "INVALID", path: ["wallet"] });
    const [subscriptionId] = await insert(api, "BillingSubscription", [{ customerId: money.customerId }]);
    expect(await buy({ subscriptionId })).toMatchObject({ code: "NOT_FOUND", path: ["subscriptionId"] });
    const { key } = await api.newEnvironment();
    expect(await buy({}, key)).toMatchObject({ code: "NOT_FOUND", path: ["creditPackId"] });
    await done(api, "archiveCreditPack", { creditPackId });
    expect(await buy({})).toMatchObject({ code: "ILLEGAL_STATE", path: ["creditPackId"] });
    const reading = await api.keyWith("credits:read");
    await expect(mutate(api, "purchaseCreditPack", { ...wallet(id), creditPackId }, reading)).rejects.toThrow(
      "lacks the scope credits:write",
    );
  });
});

describe("topUpWallet", () => {
  it("sells money for money, and credits for what they are worth", async () => {
    const money = await newWallet(api, { unit: "CURRENCY", currency: "USD" });
    const paid = await done(api, "topUpWallet", { ...wallet(money.id), amount: "2500" });
    expect(paid.purchase).toMatchObject({
      status: "COMPLETED",
      amount: "2500",
      wallet: { balance: "2500" },
      grant: { source: "TOP_UP" },
      invoice: { status: "PAID", total: { amount: 2_500 }, billingReason: "WALLET_TOP_UP" },
    });
    const credits = await newWallet(api, { currency: "USD", creditValue: "0.5" });
    const bought = await done(api, "topUpWallet", { ...wallet(credits.id), amount: "25" });
    expect(bought.purchase).toMatchObject({ wallet: { balance: "25" }, invoice: { total: { amount: 13 } } });
  });

  it("refuses what has no price, and amounts that are none", async () => {
    const plain = await newWallet(api);
    expect((await refused(api, "topUpWallet", { ...wallet(plain.id), amount: "5" })).path).toEqual([
      "wallet",
    ]);
    const money = await newWallet(api, { unit: "CURRENCY", currency: "USD" });
    for (const amount of ["0", "-1", "0.5"]) {
      const error = await refused(api, "topUpWallet", { ...wallet(money.id), amount });
      expect(error).toMatchObject({ code: "INVALID", path: ["amount"] });
    }
  });
});
