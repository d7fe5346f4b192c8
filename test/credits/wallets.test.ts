import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { eventsOf } from "../invoices/support.ts";
import { observe } from "../reads/statements.ts";
import { done, grant, mutate, newCustomer, newWallet, read, refused } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

const wallet = (id: string) => ({ wallet: { id } });
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe("createWallet", () => {
  it("makes one for money, which pays usage unless said", async () => {
    const customerId = await newCustomer(api);
    const input = { customer: { id: customerId }, name: "Prepaid", unit: "CURRENCY", currency: "usd" };
    const made = await done(api, "createWallet", input);
    expect(made.wallet).toMatchObject({
      unit: "CURRENCY",
      currency: "USD",
      creditValue: null,
      pays: "USAGE",
      priority: 50,
      status: "ACTIVE",
      balance: "0",
      version: 1,
    });
    expect(await eventsOf(api, made.wallet.id)).toEqual(["wallet.created"]);
  });

  it("makes one for credits, with or without a value on invoices", async () => {
    const { id } = await newWallet(api, { currency: "EUR", creditValue: "0.5", pays: "EVERYTHING" });
    await grant(api, id, "101.5");
    expect((await read(api, id)).worth).toEqual({ amount: 50, currency: "EUR" });
    const plain = await newWallet(api);
    expect((await read(api, plain.id)).worth).toBeNull();
  });

  it.each([
    ["money without a currency", { unit: "CURRENCY" }, "currency", "REQUIRED"],
    ["money with a value", { unit: "CURRENCY", currency: "USD", creditValue: "2" }, "creditValue", "INVALID"],
    ["a currency without a value", { currency: "USD" }, "creditValue", "REQUIRED"],
    ["a value without a currency", { creditValue: "2" }, "currency", "REQUIRED"],
    ["a value of nothing", { currency: "USD", creditValue: "0" }, "creditValue", "INVALID"],
    ["a value below zero", { currency: "USD", creditValue: "-1" }, "creditValue", "INVALID"],
    ["payments without a value", { pays: "USAGE" }, "pays", "INVALID"],
    ["no such currency", { currency: "DOGE", creditValue: "1" }, "currency", "INVALID"],
    ["a priority out of range", { priority: 256 }, "priority", "INVALID"],
    ["an empty name", { name: "" }, "name", "REQUIRED"],
  ])("refuses %s", async (_, values, field, code) => {
    const customer = { id: await newCustomer(api) };
    const error = await refused(api, "createWallet", { customer, name: "W", unit: "CREDITS", ...values });
    expect(error).toMatchObject({ code, path: [field] });
  });

  it("refuses archived customers and those of other tenants", async () => {
    const archived = await newCustomer(api, { status: "ARCHIVED", archivedAt: new Date() });
    const input = (id: string) => ({ customer: { id }, name: "W", unit: "CREDITS" });
    expect((await refused(api, "createWallet", input(archived))).code).toBe("ILLEGAL_STATE");
    const other = await api.newEnvironment();
    const foreign = await newCustomer(api, {}, other.environmentId);
    expect(await refused(api, "createWallet", input(foreign))).toMatchObject({
      code: "NOT_FOUND",
      path: ["customer"],
    });
  });
});

describe("updateWallet", () => {
  it("changes what was sent, guards by version, and leaves the balance alone", async () => {
    const { id } = await newWallet(api);
    await grant(api, id, "5");
    const renamed = await done(api, "updateWallet", { ...wallet(id), name: "Main", expectedVersion: 1 });
    expect(renamed).toMatchObject({ changed: true, wallet: { name: "Main", version: 2 } });
    const again = await done(api, "updateWallet", { ...wallet(id), name: "Main" });
    expect(again).toMatchObject({ changed: false, wallet: { version: 2 } });
    const stale = await refused(api, "updateWallet", { ...wallet(id), priority: 1, expectedVersion: 1 });
    expect(stale).toMatchObject({ __typename: "VersionMismatch", currentVersion: 2 });
    expect((await refused(api, "updateWallet", { ...wallet(id), pays: "USAGE" })).path).toEqual(["pays"]);
    expect((await read(api, id)).balance).toBe("5");
  });
});

describe("closeWallet", () => {
  it("revokes what is left, once, and takes nothing in any more", async () => {
    const { id } = await newWallet(api);
    await grant(api, id, "30");
    await grant(api, id, "20", { effectiveAt: inDays(1) });
    await done(api, "consumeCredits", { ...wallet(id), amount: "10" });
    const closed = await done(api, "closeWallet", { ...wallet(id), reason: "Left" });
    expect(closed).toMatchObject({
      changed: true,
      wallet: { status: "CLOSED", balance: "0", sums: { revoked: "20" } },
    });
    expect((await done(api, "closeWallet", wallet(id))).changed).toBe(false);
    const after = await read(api, id);
    expect(after.grants.nodes.map(({ status }: { status: string }) => status)).toEqual(["VOID", "VOID"]);
    for (const name of ["grantCredits", "consumeCredits"]) {
      expect((await refused(api, name, { ...wallet(id), amount: "1" })).code).toBe("ILLEGAL_STATE");
    }
    expect(await eventsOf(api, id)).toEqual(["wallet.created", "wallet.closed"]);
  });
});

describe("a wallet", () => {
  it("is named by its customer where that has no other one", async () => {
    const { id, customerId } = await newWallet(api);
    const named = { wallet: { ofCustomer: { id: customerId } }, amount: "5" };
    await done(api, "grantCredits", named);
    expect((await read(api, id)).balance).toBe("5");
    await newWallet(api, { customerId });
    expect(await refused(api, "grantCredits", named)).toMatchObject({ code: "CONFLICT", path: ["wallet"] });
    const none = { wallet: { ofCustomer: { id: await newCustomer(api) } }, amount: "5" };
    expect(await refused(api, "grantCredits", none)).toMatchObject({ code: "NOT_FOUND", path: ["wallet"] });
  });

  it("is nothing to other tenants, and asks for its scopes", async () => {
    const { id } = await newWallet(api);
    const { id: grantId } = await grant(api, id, "5");
    const { key } = await api.newEnvironment();
    expect(await read(api, id, key)).toBeNull();
    for (const name of ["grantCredits", "consumeCredits"]) {
      const error = await refused(api, name, { ...wallet(id), amount: "1" }, key);
      expect(error).toMatchObject({ code: "NOT_FOUND", path: ["wallet"] });
    }
    const error = await refused(api, "voidCreditGrant", { grantId }, key);
    expect(error).toMatchObject({ code: "NOT_FOUND", path: ["grantId"] });
    const reading = await api.keyWith("credits:read", "invoices:read");
    expect((await read(api, id, reading)).balance).toBe("5");
    await expect(mutate(api, "consumeCredits", { ...wallet(id), amount: "1" }, reading)).rejects.toThrow(
      "lacks the scope credits:write",
    );
    await expect(read(api, id, await api.keyWith("credits:write"))).rejects.toThrow(
      "lacks the scope credits:read",
    );
  });

  it("is read with its customers in as many statements for ten as for one", async () => {
    const make = async (count: number) => {
      for (let index = 0; index < count; index++) {
        const { id } = await newWallet(api);
        await grant(api, id, "5");
      }
    };
    const document = `{ customers(first: 15) { nodes { wallets(first: 2) { nodes { balance sums { granted } grants(first: 5) { nodes { remaining } }
      transactions(first: 5) { nodes { amount postings { account amount } } } } } } } }`;
    await make(1);
    const few = await observe(api, document);
    await make(10);
    const many = await observe(api, document);
    // Customers, wallets, grants, transactions, postings.
    expect([few.statements.length, many.statements.length]).toEqual([5, 5]);
  });
});
