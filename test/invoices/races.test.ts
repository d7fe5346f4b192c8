import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { insert } from "../reads/fixtures.ts";
import { mutate, newCustomer } from "./support.ts";

let api: TestApi;
let customerId: string;

beforeAll(async () => {
  if (!serverUrl) return;
  api = await startApi();
  customerId = await newCustomer(api);
});
afterAll(() => api?.close());

const customer = () => ({ id: customerId });

/** A draft over 100 dollars, of the customer of all tests unless said. */
async function draft(values: object = {}): Promise<string> {
  const { invoice, userErrors } = await mutate(api, "createInvoice", {
    customer: customer(),
    currency: "USD",
    lines: [{ description: "Work", unitAmount: "10000" }],
    ...values,
  });
  if (userErrors.length) throw new Error(JSON.stringify(userErrors));
  return invoice.id;
}

async function finalized(): Promise<string> {
  const id = await draft();
  await mutate(api, "finalizeInvoice", { invoice: { id }, autoAdvance: true });
  return id;
}

const stored = (id: string) => api.database.prisma.invoice.findFirstOrThrow({ where: { id } });

/** Sends requests at once, and gives the errors of each. */
async function atOnce(...requests: readonly (readonly [name: string, input: object])[]) {
  const payloads = await Promise.all(requests.map(([name, input]) => mutate(api, name, input)));
  return payloads.map(({ userErrors }): string[] => userErrors.map(({ code }: { code: string }) => code));
}

const succeeded = (errors: readonly (readonly string[])[]) =>
  errors.filter(({ length }) => length === 0).length;

describe.runIf(serverUrl)("requests at once", () => {
  it("pay an invoice once, however often it is sent", async () => {
    const id = await finalized();
    const pay = ["payInvoice", { invoice: { id }, amount: 10_000, method: "cash" }] as const;
    const errors = await atOnce(pay, pay, pay, pay);
    expect(succeeded(errors)).toBe(1);
    expect(await stored(id)).toMatchObject({ status: "PAID", amountPaid: 10_000n, amountDue: 0n });
    expect(await api.database.prisma.invoicePayment.count({ where: { invoiceId: id } })).toBe(1);
  });

  it("pay parts that never come to more than is due", async () => {
    const id = await finalized();
    const part = ["payInvoice", { invoice: { id }, amount: 3_000, method: "cash" }] as const;
    const errors = await atOnce(part, part, part, part, part);
    expect(succeeded(errors)).toBe(3);
    expect(errors.flat()).toEqual(["LIMIT_EXCEEDED", "LIMIT_EXCEEDED"]);
    expect(await stored(id)).toMatchObject({ amountPaid: 9_000n, amountDue: 1_000n });
  });

  it("number fifty invoices without a gap, and each once", async () => {
    const { environmentId } = api;
    const ids = await Promise.all(Array.from({ length: 50 }, () => draft()));
    const before = await api.database.prisma.invoice.count({
      where: { environmentId, number: { not: null } },
    });
    // A failure in the middle takes no number with it.
    const empty = await draft({ lines: [] });
    const errors = await atOnce(
      ...[...ids, empty].map((id) => ["finalizeInvoice", { invoice: { id } }] as const),
    );
    expect(succeeded(errors)).toBe(50);
    const rows = await api.database.prisma.invoice.findMany({ where: { id: { in: ids } } });
    const numbers = rows
      .map(({ number }) => Number(number?.replace("INV-", "")))
      .toSorted((one, other) => one - other);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => before + index + 1));
  });

  it.each(["finalizeInvoice", "approveInvoice"])(
    "%s takes the next number when one is taken meanwhile by another system's invoice",
    async (name) => {
      const tenant = await api.newEnvironment();
      const buyer = await newCustomer(api, {}, tenant.environmentId);
      const { invoice } = await mutate(
        api,
        "createInvoice",
        { customer: { id: buyer }, currency: "USD", lines: [{ description: "Work", unitAmount: "10000" }] },
        tenant.key,
      );
      if (name === "approveInvoice") {
        await mutate(api, "submitInvoiceForApproval", { invoice: { id: invoice.id } }, tenant.key);
      }
      const other = await api.database.pool.connect();
      try {
        await other.query("BEGIN");
        await other.query(
          `INSERT INTO invoices (environment_id, id, customer_id, currency, status, number)
           VALUES ($1, gen_random_uuid(), $2, 'USD', 'DRAFT', 'INV-000001')`,
          [tenant.environmentId, buyer],
        );
        const going = mutate(api, name, { invoice: { id: invoice.id } }, tenant.key);
        await vi.waitFor(async () => {
          const { rows } = await api.database.pool.query(
            "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
          );
          expect(rows[0].waiting).toBe(1);
        });
        await other.query("COMMIT");
        expect(await going).toMatchObject({ userErrors: [], invoice: { number: "INV-000002" } });
      } finally {
        other.release();
      }
    },
  );

  it("finalize a draft once, and void an invoice once", async () => {
    const id = await draft();
    const finalize = ["finalizeInvoice", { invoice: { id } }] as const;
    expect(succeeded(await atOnce(finalize, finalize, finalize))).toBe(1);
    const voiding = ["voidInvoice", { invoice: { id } }] as const;
    expect(succeeded(await atOnce(voiding, voiding))).toBe(1);
    const events = await api.database.prisma.event.count({ where: { objectId: id, type: "invoice.voided" } });
    expect(events).toBe(1);
  });

  it("pay or void, but not both", async () => {
    const id = await finalized();
    const errors = await atOnce(
      ["payInvoice", { invoice: { id }, method: "cash" }],
      ["voidInvoice", { invoice: { id } }],
    );
    expect(succeeded(errors)).toBe(1);
    const { status, amountPaid } = await stored(id);
    expect([status, amountPaid]).toEqual(errors[0]?.length ? ["VOID", 0n] : ["PAID", 10_000n]);
  });

  it("refund no more than was paid, and void nothing that is paid", async () => {
    const id = await finalized();
    await mutate(api, "payInvoice", { invoice: { id }, amount: 6_000, method: "cash" });
    const refund = ["refundInvoice", { invoice: { id }, amount: 4_000 }] as const;
    const errors = await atOnce(refund, refund, ["voidInvoice", { invoice: { id } }], refund);
    expect(succeeded(errors)).toBe(1);
    expect(await stored(id)).toMatchObject({ status: "PARTIALLY_PAID", amountRefunded: 4_000n });
  });

  it("use a customer's credit once", async () => {
    await api.database.prisma.customerBalance.create({
      data: { environmentId: api.environmentId, customerId, currency: "EUR", amount: 15_000n },
    });
    const ids = await Promise.all([draft({ currency: "EUR" }), draft({ currency: "EUR" })]);
    await atOnce(...ids.map((id) => ["finalizeInvoice", { invoice: { id } }] as const));
    const rows = await Promise.all(ids.map(stored));
    const credits = rows.map(({ credit }) => credit).toSorted((one, other) => Number(one - other));
    expect(credits).toEqual([5_000n, 10_000n]);
  });

  it("redeem a discount's last use once, and a first-time discount once a customer", async () => {
    const limits = { maxRedemptions: null, maxRedemptionsPerCustomer: 0, firstTimeOnly: false };
    const tenth = { type: "PERCENTAGE", value: "10" as never, ...limits } as const;
    await insert(api, "Discount", [
      { ...tenth, code: "LAST", maxRedemptions: 1 },
      { ...tenth, code: "EACH", maxRedemptionsPerCustomer: 2 },
      { ...tenth, code: "FIRST", firstTimeOnly: true },
    ]);
    const others = await Promise.all([newCustomer(api), newCustomer(api), newCustomer(api)]);
    const input = (id: string, code: string) =>
      [
        "createInvoice",
        {
          customer: { id },
          currency: "USD",
          lines: [{ description: "Work", unitAmount: "10000" }],
          discountCodes: [code],
        },
      ] as const;
    const last = await atOnce(...others.map((id) => input(id, "LAST")));
    expect(last.flat()).toEqual(["LIMIT_EXCEEDED", "LIMIT_EXCEEDED"]);
    const [someone] = others;
    const each = await atOnce(...Array.from({ length: 4 }, () => input(someone, "EACH")));
    expect(each.flat()).toEqual(["LIMIT_EXCEEDED", "LIMIT_EXCEEDED"]);
    const first = await atOnce(...Array.from({ length: 3 }, () => input(someone, "FIRST")));
    expect(first.flat()).toEqual(["CONFLICT", "CONFLICT"]);
    const rows = await api.database.prisma.discount.findMany({
      where: { environmentId: api.environmentId },
      orderBy: { code: "asc" },
      include: { redeemed: true },
    });
    expect(rows.map(({ redemptions, redeemed }) => [redemptions, redeemed.length])).toEqual([
      [2, 2],
      [1, 1],
      [1, 1],
    ]);
  });
});
