import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import type { Statement } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { runAt } from "../engine/support.ts";
import { faultsOf } from "../growth/plans.ts";
import { insert, times } from "../reads/fixtures.ts";
import { observe } from "../reads/statements.ts";
import { documentOf, done, grant, newCustomer, newWallet, read } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

/** Lets the engine work at an instant, and gives the statements that read or write credit. */
async function engineAt(now: Date): Promise<Statement[]> {
  const statements: Statement[] = [];
  const note = (text: string, values: readonly unknown[]) => void statements.push({ text, values });
  await runAt({ ...api.database, observe: note } as never, now);
  return statements;
}

describe("with many wallets", () => {
  it.skipIf(!serverUrl)("no statement reads a table of credit from end to end", async () => {
    const { id } = await newWallet(api);
    await grant(api, id, "10", { recurrence: { interval: "DAY" } });
    const input = { wallet: { id }, amount: "1", idempotencyKey: "plan" };
    const used = await observe(api, documentOf("consumeCredits"), { input });
    const engine = await engineAt(new Date(Date.now() + 25 * 3_600_000));
    const ofCredit = [...used.statements, ...engine].filter(({ text }) =>
      /^\s*(SELECT|UPDATE)[^]*(wallets|credit_)/.test(text),
    );
    expect(ofCredit.length).toBeGreaterThan(6);
    const faults = await faultsOf(api, ofCredit);
    expect(faults.filter((fault) => /wallets|credit_/.test(fault))).toEqual([]);
  });

  it("the engine takes no more statements than with a few, and does each step once", async () => {
    const make = async (count: number) => {
      const customers = await Promise.all(times(count, () => newCustomer(api)));
      const at = new Date("2026-01-01T00:00:00Z");
      const ids = await insert(
        api,
        "Wallet",
        customers.map((customerId) => ({ customerId })),
      );
      await insert(
        api,
        "CreditGrant",
        ids.map((walletId, index) => ({
          walletId,
          customerId: customers[index] ?? "",
          status: "SCHEDULED" as const,
          amount: new Prisma.Decimal(5),
          effectiveAt: at,
          nextStepAt: at,
        })),
      );
      return ids;
    };
    const far = new Date("2026-06-01T00:00:00Z");
    await make(1);
    const few = await engineAt(far);
    const ids = await make(40);
    const many = await engineAt(far);
    expect(many.length).toBe(few.length);
    const { balance, transactions } = await read(api, ids[39] ?? "");
    expect([balance, transactions.totalCount]).toEqual(["5", 1]);
  });

  it("invoices of tenants without wallets take no statement for them", async () => {
    const other = await api.newEnvironment();
    const customerId = await newCustomer(api, {}, other.environmentId);
    const create = `mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } userErrors { message } } }`;
    const line = { description: "Work", unitAmount: "100" };
    const { data } = await api.query(
      create,
      { input: { customer: { id: customerId }, currency: "USD", lines: [line] } },
      other.key,
    );
    const { statements } = await observe(
      api,
      `mutation ($id: ID!) { finalizeInvoice(input: { invoice: { id: $id } }) { invoice { status } userErrors { message } } }`,
      { id: data.createInvoice.invoice.id },
      other.key,
    );
    expect(
      statements.filter(({ text }) => /FROM "?(wallets|credit_)/.test(text) && !/EXISTS/.test(text)),
    ).toEqual([]);
    await done(api, "createWallet", { customer: { id: await newCustomer(api) }, name: "W", unit: "CREDITS" });
  });
});
