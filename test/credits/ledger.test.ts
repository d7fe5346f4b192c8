import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { grant, newWallet, read } from "./support.ts";

let api: TestApi;
let walletId: string;
let grantId: string;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  ({ id: walletId } = await newWallet(api));
  ({ id: grantId } = await grant(api, walletId, "100"));
});
afterAll(() => api?.close());

/** Enters a consumption with these postings, in one transaction of the database. */
async function enter(
  amount: number,
  postings: readonly [account: string, amount: number, grantId?: string][],
) {
  const client = await api.database.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query(
      `INSERT INTO credit_transactions (environment_id, id, wallet_id, customer_id, type, amount, balance)
       SELECT environment_id, gen_random_uuid(), id, customer_id, 'CONSUMPTION', $2, 50 FROM wallets WHERE id = $1`,
      [walletId, amount],
    );
    await client.query(
      `INSERT INTO credit_postings (environment_id, transaction_id, position, account, grant_id, amount)
       SELECT t.environment_id, t.id, p.position, p.account::credit_account, p.grant_id, p.amount
       FROM credit_transactions t, unnest($2::text[], $3::numeric[], $4::uuid[]) WITH ORDINALITY AS p(account, amount, grant_id, position)
       WHERE t.wallet_id = $1 AND t.type = 'CONSUMPTION'`,
      [
        walletId,
        postings.map(([account]) => account),
        postings.map(([, part]) => part),
        postings.map(([, , id]) => id ?? null),
      ],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

const change = (statement: string, ...values: unknown[]) => api.database.pool.query(statement, values);

describe("the database", () => {
  it("takes entries whose postings balance, and moves wallet and grant by them", async () => {
    await enter(-40, [
      ["BALANCE", -40, grantId],
      ["CONSUMED", 40],
    ]);
    const { balance, sums, grants } = await read(api, walletId);
    expect([balance, sums.consumed, grants.nodes[0].remaining]).toEqual(["60", "40", "60"]);
  });

  it.each([
    [
      "do not add up to zero",
      -40,
      [
        ["BALANCE", -40, "own"],
        ["CONSUMED", 39],
      ],
    ],
    ["are not there", -40, []],
    ["are one", -40, [["BALANCE", -40, "own"]]],
    [
      "say something else than the entry",
      -40,
      [
        ["BALANCE", -30, "own"],
        ["CONSUMED", 30],
      ],
    ],
  ] as const)("refuses entries whose postings %s", async (_, amount, postings) => {
    const sides = postings.map(
      ([account, part, id]) => [account, part, id && grantId] as [string, number, string?],
    );
    await expect(enter(amount, sides)).rejects.toThrow(/do not balance|wallets_sums_check/);
    expect((await read(api, walletId)).balance).toBe("100");
  });

  it("refuses a grant of another wallet", async () => {
    const other = await newWallet(api);
    const foreign = await grant(api, other.id, "100");
    const postings: [string, number, string?][] = [
      ["BALANCE", -40, foreign.id],
      ["CONSUMED", 40],
    ];
    await expect(enter(-40, postings)).rejects.toThrow("do not balance");
  });

  it("refuses to use more than there is of a grant or a wallet", async () => {
    const postings: [string, number, string?][] = [
      ["BALANCE", -101, grantId],
      ["CONSUMED", 101],
    ];
    await expect(enter(-101, postings)).rejects.toThrow(/_check/);
  });

  it("adds no posting to an entry that is there", async () => {
    await expect(
      change(
        `INSERT INTO credit_postings (environment_id, transaction_id, position, account, amount)
         SELECT environment_id, id, 9, 'EXPIRED', 5 FROM credit_transactions WHERE wallet_id = $1`,
        walletId,
      ),
    ).rejects.toThrow(/do not balance|wallets_sums_check/);
  });

  it.each([
    ["UPDATE credit_transactions SET amount = 1"],
    ["DELETE FROM credit_transactions"],
    ["UPDATE credit_postings SET amount = 1"],
    ["DELETE FROM credit_postings"],
    ["TRUNCATE credit_postings"],
  ])("refuses %s", async (statement) => {
    await expect(change(statement)).rejects.toThrow("what is in the ledger stays as it is");
  });

  it.each([
    ["UPDATE wallets SET balance = balance + 1, granted = granted + 1 WHERE id = $1"],
    ["UPDATE credit_grants SET remaining = remaining + 1 WHERE wallet_id = $1"],
    [
      `INSERT INTO wallets (environment_id, id, customer_id, name, unit, pays, balance, granted)
       SELECT environment_id, gen_random_uuid(), customer_id, 'W', unit, pays, 5, 5 FROM wallets WHERE id = $1`,
    ],
    [
      `INSERT INTO credit_grants (environment_id, id, wallet_id, customer_id, status, amount, remaining, effective_at)
       SELECT environment_id, gen_random_uuid(), id, customer_id, 'ACTIVE', 5, 5, now() FROM wallets WHERE id = $1`,
    ],
  ])("refuses %s", async (statement) => {
    await expect(change(statement, walletId)).rejects.toThrow("balances move by postings");
  });

  it("holds balances that are the sums of all postings", async () => {
    const { rows } = await change(`
      SELECT w.id FROM wallets w
      LEFT JOIN credit_transactions t ON t.environment_id = w.environment_id AND t.wallet_id = w.id
      LEFT JOIN credit_postings p ON p.environment_id = t.environment_id AND p.transaction_id = t.id AND p.account = 'BALANCE'
      GROUP BY w.environment_id, w.id HAVING coalesce(sum(p.amount), 0) <> w.balance`);
    expect(rows).toEqual([]);
  });
});
