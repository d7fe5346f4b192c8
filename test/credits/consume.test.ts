import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { done, grant, mutate, newWallet, read, refused } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

const wallet = (id: string) => ({ wallet: { id } });
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe("grantCredits", () => {
  it("puts credit in, which the ledger tells of from both sides", async () => {
    const { id } = await newWallet(api);
    const made = await grant(api, id, "100.5", { name: "Welcome", expiresAt: inDays(30) });
    expect(made).toMatchObject({ status: "ACTIVE", amount: "100.5", remaining: "100.5", priority: 50 });
    expect(await read(api, id)).toMatchObject({
      balance: "100.5",
      sums: { granted: "100.5", purchased: "0" },
      transactions: {
        nodes: [
          {
            type: "GRANT",
            amount: "100.5",
            balance: "100.5",
            grant: { id: made.id },
            postings: [
              { account: "BALANCE", amount: "100.5" },
              { account: "GRANTED", amount: "-100.5" },
            ],
          },
        ],
      },
    });
  });

  it.each([
    ["nothing", { amount: "0" }, ["amount"], "INVALID"],
    ["less than nothing", { amount: "-5" }, ["amount"], "INVALID"],
    ["too many decimals", { amount: "0.0000000000001" }, ["amount"], "INVALID"],
    ["no number", { amount: "many" }, ["amount"], "INVALID"],
    ["more than a wallet holds", { amount: "9007199254740992" }, ["amount"], "INVALID"],
    ["an end in the past", { expiresAt: inDays(-1) }, ["expiresAt"], "INVALID"],
    ["a start in the past", { effectiveAt: inDays(-1) }, ["effectiveAt"], "INVALID"],
    ["an end before its start", { effectiveAt: inDays(2), expiresAt: inDays(1) }, ["expiresAt"], "INVALID"],
    ["a priority out of range", { priority: -1 }, ["priority"], "INVALID"],
    [
      "to recur after nothing",
      { recurrence: { interval: "MONTH", count: 0 } },
      ["recurrence", "count"],
      "INVALID",
    ],
    [
      "to roll over less than nothing",
      { recurrence: { interval: "MONTH", rollOverLimit: "-1" } },
      ["recurrence", "rollOverLimit"],
      "INVALID",
    ],
  ])("refuses %s", async (_, values, path, code) => {
    const { id } = await newWallet(api);
    const error = await refused(api, "grantCredits", { ...wallet(id), amount: "1", ...values });
    expect(error).toMatchObject({ code, path });
    expect((await read(api, id)).transactions.totalCount).toBe(0);
  });

  it("refuses parts of a minor unit of money, and more than a wallet can hold", async () => {
    const { id } = await newWallet(api, { unit: "CURRENCY", currency: "USD" });
    const part = await refused(api, "grantCredits", { ...wallet(id), amount: "10.5" });
    expect(part).toMatchObject({ code: "INVALID", path: ["amount"] });
    await grant(api, id, "9007199254740991");
    expect((await refused(api, "grantCredits", { ...wallet(id), amount: "1" })).code).toBe("LIMIT_EXCEEDED");
  });
});

describe("consumeCredits", () => {
  it("uses grants by priority, then those that expire first, then the oldest", async () => {
    const { id } = await newWallet(api);
    const names = ["never", "later", "sooner", "first", "last"];
    const terms = [
      {},
      { expiresAt: inDays(20) },
      { expiresAt: inDays(10) },
      { priority: 1 },
      { priority: 99 },
    ];
    const ids: string[] = [];
    for (const values of terms) ids.push((await grant(api, id, "10", values)).id);
    const { transaction } = await done(api, "consumeCredits", { ...wallet(id), amount: "42.5" });
    const used = transaction.postings.map(({ grantId, amount }: { grantId: string; amount: string }) => [
      names[ids.indexOf(grantId)],
      amount,
    ]);
    expect(used).toEqual([
      ["first", "-10"],
      ["sooner", "-10"],
      ["later", "-10"],
      ["never", "-10"],
      ["last", "-2.5"],
      [undefined, "42.5"],
    ]);
    expect(await read(api, id)).toMatchObject({ balance: "7.5", sums: { consumed: "42.5" } });
  });

  it("refuses more than there is, and then uses nothing", async () => {
    const { id } = await newWallet(api);
    await grant(api, id, "10");
    await grant(api, id, "90", { effectiveAt: inDays(1) });
    const error = await refused(api, "consumeCredits", { ...wallet(id), amount: "10.000000000001" });
    expect(error).toMatchObject({
      __typename: "InsufficientCredits",
      code: "INSUFFICIENT_CREDITS",
      available: "10",
      wanted: "10.000000000001",
    });
    expect((await read(api, id)).balance).toBe("10");
    for (const amount of ["0", "-1", "0.0000000000001"]) {
      expect((await refused(api, "consumeCredits", { ...wallet(id), amount })).path).toEqual(["amount"]);
    }
  });

  it("uses the same content with the same key once, and refuses other content", async () => {
    const { id } = await newWallet(api);
    await grant(api, id, "10");
    const input = { ...wallet(id), amount: "4", idempotencyKey: "call-1", description: "Image" };
    const first = await done(api, "consumeCredits", input);
    const second = await done(api, "consumeCredits", { ...input, amount: "4.0" });
    expect([first.created, second.created]).toEqual([true, false]);
    expect(second.transaction.id).toBe(first.transaction.id);
    expect(await refused(api, "consumeCredits", { ...input, amount: "5" })).toMatchObject({
      __typename: "IdempotencyConflict",
      existingId: first.transaction.id,
    });
    expect((await read(api, id)).balance).toBe("6");
  });

  it("never goes below zero, however many consume at once", async () => {
    const { id } = await newWallet(api);
    await grant(api, id, "5");
    await grant(api, id, "5");
    const results = await Promise.all(
      Array.from({ length: 20 }, () => mutate(api, "consumeCredits", { ...wallet(id), amount: "0.8" })),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(12);
    const codes = results.flatMap(({ userErrors }) => userErrors.map(({ code }: { code: string }) => code));
    expect(codes).toEqual(Array.from({ length: 8 }, () => "INSUFFICIENT_CREDITS"));
    const { balance, transactions } = await read(api, id);
    expect([balance, transactions.totalCount]).toEqual(["0.4", 14]);
    const running = transactions.nodes.map((entry: { balance: string }) => Number(entry.balance));
    expect(Math.min(...running)).toBeGreaterThanOrEqual(0);
  });
});

describe("voidCreditGrant", () => {
  it("takes back what is left, and leaves what was used", async () => {
    const { id } = await newWallet(api);
    const { id: grantId } = await grant(api, id, "10");
    await done(api, "consumeCredits", { ...wallet(id), amount: "4" });
    const stale = await refused(api, "voidCreditGrant", { grantId, expectedVersion: 7 });
    expect(stale.__typename).toBe("VersionMismatch");
    const voided = await done(api, "voidCreditGrant", { grantId, reason: "Mistake" });
    expect(voided.grant).toMatchObject({ status: "VOID", remaining: "0", voidReason: "Mistake", version: 2 });
    expect((await done(api, "voidCreditGrant", { grantId })).grant.version).toBe(2);
    expect(await read(api, id)).toMatchObject({
      balance: "0",
      sums: { granted: "10", consumed: "4", revoked: "6" },
    });
    expect(await refused(api, "voidCreditGrant", { grantId: "1" })).toMatchObject({ code: "NOT_FOUND" });
  });
});
