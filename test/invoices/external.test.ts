import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { eventsOf } from "./support.ts";

let api: TestApi;
let tenant: TestEnvironment;
let customerId: string;

beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  tenant = await api.newEnvironment();
  [customerId = ""] = await insert(api, "Customer", [{}], tenant.environmentId);
  await insert(
    api,
    "ExternalId",
    [{ customerId, source: "clinic", externalId: "PAT-1" } as never],
    tenant.environmentId,
  );
});
afterAll(() => api?.close());

const early = "2026-01-01T00:00:00.000001Z";
const late = "2026-01-01T00:00:00.000002Z";
const fields = `id number version status currency issuedAt paidAt notes customer { id } external { source id type updatedAt }
  subtotal { amount } discount { amount } tax { amount } total { amount } amountPaid { amount } amountDue { amount }
  lines { nodes { description kind quantity unitAmount amount { amount } tax { amount } product { id } } }
  payments { nodes { amount { amount } method reference paidAt } }`;
const userErrors = `userErrors { __typename code message path
  ... on StaleUpdate { storedUpdatedAt incomingUpdatedAt } ... on IllegalTransition { state move allowed } }`;

const patient = { external: { source: "clinic", id: "PAT-1" } };
const visit = { externalId: "V-1", customer: patient, currency: "USD", total: 12_000 };

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

async function upsert(...invoices: object[]): Promise<any> {
  const { data } = await api.query(
    `mutation ($input: UpsertInvoicesByExternalIdInput!) { upsertInvoicesByExternalId(input: $input) {
      created updated skipped failed results { index externalId outcome warnings invoice { ${fields} } ${userErrors} } ${userErrors} } }`,
    { input: { source: "clinic", invoices } },
    tenant.key,
  );
  return data.upsertInvoicesByExternalId;
}

async function upsertOne(invoice: object): Promise<any> {
  const { data } = await api.query(
    `mutation ($input: UpsertInvoiceByExternalIdInput!) { upsertInvoiceByExternalId(input: $input) {
      created outcome warnings invoice { ${fields} } ${userErrors} } }`,
    { input: { source: "clinic", invoice } },
    tenant.key,
  );
  return data.upsertInvoiceByExternalId;
}

const outcomes = ({ results }: any) => results.map(({ outcome }: any) => outcome);

describe("upsertInvoicesByExternalId", () => {
  it("creates invoices for customers by their external ids, each row on its own", async () => {
    const payload = await upsert(
      visit,
      { ...visit, externalId: "V-2", customer: { external: { source: "clinic", id: "NOBODY" } } },
      { externalId: "V-3", currency: "USD", total: 100 },
      { externalId: "V-4", currency: "USD", customer: { id: customerId } },
      { externalId: "", customer: patient, total: 5 },
      {
        externalId: "V-6",
        externalType: "appointment",
        customer: { id: customerId },
        currency: "EUR",
        number: "CL-77",
        lines: [
          { description: "Visit", quantity: "1.5", unitAmount: "4000" },
          { description: "Bandage", unitAmount: "999", product: { productKey: "none" } },
        ],
        discount: 999,
        tax: 1_200,
        notes: "Thank you",
      },
    );
    expect(outcomes(payload)).toEqual(["CREATED", "FAILED", "FAILED", "FAILED", "FAILED", "CREATED"]);
    expect(payload).toMatchObject({ created: 2, updated: 0, skipped: 0, failed: 4 });
    const faults = payload.results.slice(1, 5).map((row: any) => row.userErrors[0]);
    expect(faults).toMatchObject([
      { code: "NOT_FOUND", path: ["invoices", "1", "customer"] },
      { code: "REQUIRED", path: ["invoices", "2", "customer"] },
      { code: "REQUIRED", path: ["invoices", "3", "total"] },
      { code: "REQUIRED", path: ["invoices", "4", "externalId"] },
    ]);
    expect(payload.results[0].invoice).toMatchObject({
      status: "DRAFT",
      currency: "USD",
      number: null,
      customer: { id: customerId },
      external: { source: "clinic", id: "V-1", type: null, updatedAt: null },
      total: { amount: 12_000 },
      lines: { nodes: [{ description: "As billed by clinic", amount: { amount: 12_000 } }] },
    });
    expect(payload.results[5]).toMatchObject({
      warnings: ["lines 1 names no product that there is: the line is without one."],
      invoice: {
        number: "CL-77",
        currency: "EUR",
        external: { type: "appointment" },
        subtotal: { amount: 6_999 },
        discount: { amount: 999 },
        tax: { amount: 1_200 },
        total: { amount: 7_200 },
        notes: "Thank you",
      },
    });
    expect(await eventsOf(api, payload.results[0].invoice.id)).toEqual(["invoice.created"]);
  });

  it("keeps the total of the other system where the parts do not add up to it", async () => {
    const lines = [{ description: "Visit", unitAmount: "10000" }];
    const { results } = await upsert({ ...visit, lines, tax: 1_999, subtotal: 9_000 });
    expect(results[0].warnings).toHaveLength(2);
    expect(results[0].invoice).toMatchObject({
      subtotal: { amount: 10_001 },
      total: { amount: 12_000 },
      lines: { nodes: [{ kind: "ITEM" }, { kind: "ADJUSTMENT", amount: { amount: 1 } }] },
    });
  });

  it("does not apply what is older by a microsecond, and applies what is as old", async () => {
    await upsert({ ...visit, externalUpdatedAt: late });
    const stale = await upsert({ ...visit, total: 1, externalUpdatedAt: early });
    expect(stale).toMatchObject({ skipped: 1, results: [{ outcome: "STALE", invoice: { version: 1 } }] });
    expect(stale.results[0].userErrors).toMatchObject([
      { __typename: "StaleUpdate", storedUpdatedAt: late, incomingUpdatedAt: early },
    ]);
    const same = await upsert({ ...visit, total: 2, externalUpdatedAt: late });
    expect(same.results[0]).toMatchObject({ outcome: "UPDATED", invoice: { total: { amount: 2 } } });
    expect(outcomes(await upsert({ externalId: "V-1", notes: "x" }))).toEqual(["UPDATED"]);
    const after = await upsert({ externalId: "V-1", notes: "y", externalUpdatedAt: early });
    expect(outcomes(after)).toEqual(["STALE"]);
  });

  it("leaves what is the same alone, but remembers the source's time", async () => {
    const [{ invoice }] = (await upsert({ ...visit, externalUpdatedAt: early })).results;
    expect(outcomes(await upsert({ ...visit, externalUpdatedAt: late }))).toEqual(["UNCHANGED"]);
    // Said with other words, it is the same as well.
    expect(outcomes(await upsert({ ...visit, subtotal: 12_000 }))).toEqual(["UNCHANGED"]);
    expect(outcomes(await upsert({ ...visit, total: 5, externalUpdatedAt: early }))).toEqual(["STALE"]);
    expect(await eventsOf(api, invoice.id)).toEqual(["invoice.created"]);
  });

  it("does the same external id twice in turn", async () => {
    const payload = await upsert(visit, { ...visit, total: 5 }, { ...visit, total: 5 });
    expect(outcomes(payload)).toEqual(["CREATED", "UPDATED", "UNCHANGED"]);
    expect(payload.results[1].invoice).toMatchObject({ version: 2, total: { amount: 5 } });
  });

  it("leaves a field that is left out alone, and puts other lines in the place of those that there are", async () => {
    const lines = [
      { description: "Visit", unitAmount: "100" },
      { description: "Bandage", unitAmount: "50" },
    ];
    await upsert({ externalId: "V-1", customer: patient, currency: "USD", lines, tax: 30, notes: "A" });
    const [{ invoice }] = (await upsert({ externalId: "V-1", tax: 40 })).results;
    expect(invoice).toMatchObject({ subtotal: { amount: 150 }, total: { amount: 190 }, notes: "A" });
    const other = await upsert({ externalId: "V-1", lines: lines.slice(1), notes: null });
    expect(other.results[0].invoice).toMatchObject({ total: { amount: 90 }, notes: null });
    expect(other.results[0].invoice.lines.nodes).toHaveLength(1);
  });

  it("goes the moves that lead to a status, and notes the payment of what is paid", async () => {
    const payload = await upsert(
      { ...visit, externalId: "S", status: "SENT" },
      { ...visit, externalId: "O", status: "OVERDUE" },
      { ...visit, externalId: "P", status: "PAID", paidAt: "2026-01-05T00:00:00Z" },
      { ...visit, externalId: "V", status: "VOID" },
      { ...visit, externalId: "U", status: "UNCOLLECTIBLE" },
      { ...visit, externalId: "F", status: "PAID", paidAt: "2999-01-05T00:00:00Z" },
    );
    const statuses = payload.results.map(({ invoice }: any) => invoice?.status ?? null);
    expect(statuses).toEqual(["SENT", "OVERDUE", "PAID", "VOID", "UNCOLLECTIBLE", null]);
    const paid = payload.results[2].invoice;
    expect(paid).toMatchObject({
      amountPaid: { amount: 12_000 },
      amountDue: { amount: 0 },
      paidAt: "2026-01-05T00:00:00.000Z",
      payments: { nodes: [{ amount: { amount: 12_000 }, method: "clinic", reference: "P" }] },
    });
    expect(await eventsOf(api, paid.id)).toEqual(["invoice.created", "invoice.finalized", "invoice.paid"]);
    const next = await upsert({ externalId: "S", status: "PAID" }, { externalId: "P", status: "VOID" });
    expect(outcomes(next)).toEqual(["UPDATED", "FAILED"]);
    expect(next.results[1].userErrors).toMatchObject([
      { __typename: "IllegalTransition", state: "PAID", path: ["invoices", "1", "status"] },
    ]);
    const behind = await upsert({ externalId: "P", status: "SENT" });
    expect(behind.results[0]).toMatchObject({
      outcome: "UNCHANGED",
      warnings: ["status was not applied: the invoice is PAID by now."],
    });
  });

  it("freezes what was finalized, with a warning for each field, and applies the rest", async () => {
    await upsert({ ...visit, number: "CL-1", status: "SENT" });
    const { results } = await upsert({
      ...visit,
      number: "CL-2",
      total: 1,
      currency: "EUR",
      lines: [{ description: "Visit", unitAmount: "1" }],
      notes: "Late",
      dueAt: "2026-05-01T00:00:00Z",
    });
    expect(results[0]).toMatchObject({
      outcome: "UPDATED",
      invoice: { number: "CL-1", currency: "USD", total: { amount: 12_000 }, notes: "Late" },
    });
    expect(results[0].warnings.map((warning: string) => warning.split(" ")[0])).toEqual([
      "currency",
      "number",
      "lines",
      "total",
    ]);
    const only = await upsert({ ...visit, total: 3 });
    expect(only.results[0]).toMatchObject({
      outcome: "UNCHANGED",
      warnings: [expect.stringMatching(/^total/)],
    });
  });

  it("takes no currency for granted: a new invoice needs one, and one that there is keeps its own", async () => {
    const { currency: _, ...bare } = visit;
    const payload = await upsert(bare, { ...bare, externalId: "V-2", currency: null });
    expect(payload.results.map(({ userErrors: [fault] }: any) => [fault.code, fault.path.join(".")])).toEqual(
      [
        ["REQUIRED", "invoices.0.currency"],
        ["REQUIRED", "invoices.1.currency"],
      ],
    );
    await upsert({ ...visit, currency: "EUR" });
    const [{ outcome, invoice }] = (await upsert({ ...bare, total: 5 })).results;
    expect([outcome, invoice.currency, invoice.total.amount]).toEqual(["UPDATED", "EUR", 5]);
  });

  it("numbers one invoice past the number that another record of the batch brings", async () => {
    const { results } = await upsert(
      { ...visit, status: "FINALIZED" },
      { ...visit, externalId: "V-2", number: "INV-000001" },
      { ...visit, externalId: "V-3", status: "SENT" },
    );
    expect(results.map(({ invoice }: any) => invoice?.number)).toEqual([
      "INV-000002",
      "INV-000001",
      "INV-000003",
    ]);
  });

  it("refuses a number that another invoice has, also in the same batch", async () => {
    const payload = await upsert(
      { ...visit, number: "CL-1" },
      { ...visit, externalId: "V-2", number: "CL-1" },
      { ...visit, externalId: "V-3", total: -1 },
      { ...visit, externalId: "V-4", discount: 5, total: undefined, subtotal: 4 },
    );
    expect(outcomes(payload)).toEqual(["CREATED", "FAILED", "FAILED", "FAILED"]);
    expect(
      payload.results.slice(1).map(({ userErrors: [fault] }: any) => [fault.code, fault.path[2]]),
    ).toEqual([
      ["CONFLICT", "number"],
      ["INVALID", "total"],
      ["INVALID", "discount"],
    ]);
  });

  it("uses no credit of the customer, and cannot be edited by hand", async () => {
    const { environmentId } = tenant;
    await api.database.prisma.customerBalance.create({
      data: { environmentId, customerId, currency: "USD", amount: 500n },
    });
    const [{ invoice }] = (await upsert({ ...visit, tax: 2_000 })).results;
    const { data } = await api.query(
      `mutation ($invoice: InvoiceReference!) {
        updateInvoice(input: { invoice: $invoice, notes: "x" }) { userErrors { code } }
        finalizeInvoice(input: { invoice: $invoice }) { invoice { number status tax { amount } total { amount } } } }`,
      { invoice: { external: { source: "clinic", id: "V-1" } } },
      tenant.key,
    );
    expect(data.updateInvoice.userErrors).toEqual([{ code: "CONFLICT" }]);
    expect(data.finalizeInvoice.invoice).toEqual({
      number: "INV-000001",
      status: "FINALIZED",
      tax: { amount: 2_000 },
      total: { amount: 12_000 },
    });
    expect(invoice.total).toEqual({ amount: 12_000 });
  });

  it("takes as many statements for 100 rows as for one", async () => {
    const some = (count: number, values: object = {}) =>
      Array.from({ length: count }, (_, index) => ({
        ...visit,
        externalId: `${count}-${index}`,
        number: `N-${count}-${index}`,
        lines: [{ description: "Visit", unitAmount: "12000" }],
        status: "PAID",
        ...values,
      }));
    const count = async (invoices: object[]) => {
      api.statements.length = 0;
      const payload = await upsert(...invoices);
      // Keys are looked up once in a while, whatever is asked.
      const own = api.statements.filter(({ text }) => !text.includes("api_keys"));
      return [outcomes(payload)[0], own.length];
    };
    const draft = { status: undefined, total: 100, lines: undefined };
    for (const [one, many] of [
      [await count(some(1, draft)), await count(some(100, draft))],
      [await count(some(1)), await count(some(100))],
      [await count(some(1, { notes: "x" })), await count(some(100, { notes: "x" }))],
    ]) {
      expect(many).toEqual(one);
    }
  });

  it("is refused as a whole when it is empty or too large", async () => {
    expect((await upsert()).userErrors).toMatchObject([{ code: "REQUIRED", path: ["invoices"] }]);
    const many = Array.from({ length: 101 }, (_, index) => ({ ...visit, externalId: String(index) }));
    expect((await upsert(...many)).userErrors).toMatchObject([{ code: "TOO_MANY", path: ["invoices"] }]);
  });
});

describe("upsertInvoiceByExternalId", () => {
  it("creates, updates, and tells what is unchanged or stale", async () => {
    expect(await upsertOne({ ...visit, externalUpdatedAt: late })).toMatchObject({
      created: true,
      outcome: "CREATED",
    });
    expect(await upsertOne({ ...visit, notes: "x" })).toMatchObject({ created: false, outcome: "UPDATED" });
    expect(await upsertOne({ ...visit, notes: "x" })).toMatchObject({ outcome: "UNCHANGED", userErrors: [] });
    expect(await upsertOne({ ...visit, externalUpdatedAt: early })).toMatchObject({
      outcome: "STALE",
      userErrors: [{ __typename: "StaleUpdate", path: ["invoice", "externalUpdatedAt"] }],
    });
  });

  it("fails when all that it would change is frozen", async () => {
    await upsertOne({ ...visit, status: "FINALIZED" });
    expect(await upsertOne({ ...visit, total: 5 })).toMatchObject({
      outcome: "FAILED",
      invoice: null,
      userErrors: [{ code: "CONFLICT", path: ["invoice", "total"] }],
    });
  });

  it("keeps the newest of many at once, and makes one invoice", async () => {
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
    await Promise.all(
      Array.from({ length: 6 }, (_, place) =>
        upsertOne({ ...visit, total: 100 + place, externalUpdatedAt: at(place) }),
      ),
    );
    const rows = await api.database.prisma.invoice.findMany({
      where: { environmentId: tenant.environmentId },
    });
    expect(rows).toMatchObject([{ total: 105n }]);
  });
});
