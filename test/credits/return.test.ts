import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { done, grant, mutate, newWallet, read, refused } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

/** A wallet of which 15 credits were consumed: 10 of one grant, and 5 of another. */
async function consumed() {
  const { id } = await newWallet(api);
  const first = await grant(api, id, "10", { priority: 1 });
  const second = await grant(api, id, "10");
  const { transaction } = await done(api, "consumeCredits", { wallet: { id }, amount: "15" });
  return { id, first: first.id, second: second.id, transactionId: transaction.id as string };
}

describe("returnCredits", () => {
  it("gives back a part to the grant that was used last, then the rest", async () => {
    const { id, first, second, transactionId } = await consumed();
    const part = await done(api, "returnCredits", { transactionId, amount: "7", reason: "Failed" });
    expect(part.transaction).toEqual({
      type: "GIVE_BACK",
      amount: "7",
      balance: "12",
      returns: { id: transactionId },
      postings: [
        { account: "BALANCE", grantId: second, amount: "5" },
        { account: "BALANCE", grantId: first, amount: "2" },
        { account: "CONSUMED", grantId: null, amount: "-7" },
      ],
    });
    const rest = await done(api, "returnCredits", { transactionId });
    expect(rest.transaction).toMatchObject({ amount: "8", balance: "20" });
    expect((await read(api, id)).sums.consumed).toBe("0");
    const again = await refused(api, "returnCredits", { transactionId });
    expect(again).toMatchObject({ code: "LIMIT_EXCEEDED", path: ["transactionId"] });
  });

  it("lets lapse what has ended since", async () => {
    const { id, second, transactionId } = await consumed();
    await done(api, "voidCreditGrant", { grantId: second });
    await done(api, "returnCredits", { transactionId });
    expect(await read(api, id)).toMatchObject({ balance: "10", sums: { consumed: "0", revoked: "10" } });
  });

  it("never gives back more than was consumed, however many do at once", async () => {
    const { id, transactionId } = await consumed();
    const results = await Promise.all(
      Array.from({ length: 8 }, () => mutate(api, "returnCredits", { transactionId, amount: "4" })),
    );
    expect(results.filter(({ transaction }) => transaction)).toHaveLength(3);
    expect((await read(api, id)).balance).toBe("17");
  });

  it("is refused for what was not consumed, too much, nothing, and other tenants", async () => {
    const { id, transactionId } = await consumed();
    const over = await refused(api, "returnCredits", { transactionId, amount: "15.1" });
    expect(over).toMatchObject({ code: "LIMIT_EXCEEDED", path: ["amount"] });
    for (const amount of ["0", "-1"]) {
      expect((await refused(api, "returnCredits", { transactionId, amount })).code).toBe("INVALID");
    }
    const { data } = await api.query(
      "query ($id: ID!) { wallet(id: $id) { transactions(filter: { type: [GRANT] }) { nodes { id } } } }",
      { id },
    );
    const given = data.wallet.transactions.nodes[0].id;
    expect((await refused(api, "returnCredits", { transactionId: given })).code).toBe("INVALID");
    const { key } = await api.newEnvironment();
    expect((await refused(api, "returnCredits", { transactionId }, key)).code).toBe("NOT_FOUND");
  });

  it("is held to by the database", async () => {
    const { transactionId } = await consumed();
    const forge = `
      WITH entry AS (
        INSERT INTO credit_transactions (environment_id, id, wallet_id, customer_id, type, amount, balance, returns_id)
        SELECT environment_id, gen_random_uuid(), wallet_id, customer_id, 'GIVE_BACK', 16, 21, id FROM credit_transactions WHERE id = $1
        RETURNING *
      )
      INSERT INTO credit_postings (environment_id, transaction_id, position, account, grant_id, amount)
      SELECT e.environment_id, e.id, p.position, p.account, p.grant_id, CASE p.account WHEN 'BALANCE' THEN 16 ELSE -16 END
      FROM entry e, credit_postings p WHERE p.transaction_id = $1 AND p.position IN (1, 3)`;
    await expect(api.database.pool.query(forge, [transactionId])).rejects.toThrow("more is given back");
  });
});
