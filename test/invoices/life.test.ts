import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createInvoices, markOverdue, recordPayments } from "../../src/domains/invoices/index.ts";
import { moveBalances } from "../../src/domains/customers/index.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { draft, eventsOf, inTransaction, line, mutate, newCustomer, now, refused } from "./support.ts";

let api: TestApi;
let customerId: string;

beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  customerId = await newCustomer(api);
});
afterAll(() => api?.close());

/** An invoice over 100 dollars, as far on as it is said. */
async function invoiceIn(advanceTo: "DRAFT" | "FINALIZED" | "APPROVED" | "SENT"): Promise<string> {
  const how = advanceTo === "DRAFT" ? { finalize: false } : { finalize: true, advanceTo };
  const { result } = await inTransaction(api, (transaction) =>
    createInvoices(transaction, [draft(customerId, how)]),
  );
  return result[0]?.invoice.id ?? "";
}

const reference = (id: string) => ({ invoice: { id } });
const stored = (id: string) => api.database.prisma.invoice.findFirstOrThrow({ where: { id } });

describe("finalizeInvoice", () => {
  it("gives numbers in order, freezes, and takes the customer's credit", async () => {
    const credit = { customerId, currency: "USD", amount: 4_000n, description: "Goodwill", now };
    await inTransaction(api, (transaction) => moveBalances(transaction, [credit]));
    const id = await invoiceIn("DRAFT");
    const { invoice } = await mutate(api, "finalizeInvoice", { ...reference(id), autoAdvance: true });
    expect(invoice).toMatchObject({
      status: "APPROVED",
      number: "INV-000001",
      credit: { amount: 4_000 },
      total: { amount: 6_000 },
    });
    expect(invoice.issuedAt).not.toBeNull();
    const { publicToken, customerSnapshot, sellerSnapshot } = await stored(id);
    expect(publicToken).toMatch(/^[\w-]{32}$/);
    expect([customerSnapshot, sellerSnapshot]).toMatchObject([{}, { name: "Test merchant" }]);
    expect(await eventsOf(api, id)).toEqual(["invoice.created", "invoice.finalized", "invoice.approved"]);
    const next = await mutate(api, "finalizeInvoice", reference(await invoiceIn("DRAFT")));
    expect(next.invoice).toMatchObject({ status: "FINALIZED", number: "INV-000002", credit: { amount: 0 } });
  });

  it("is refused a second time and without lines, and then takes no number", async () => {
    const id = await invoiceIn("FINALIZED");
    expect(await refused(api, "finalizeInvoice", reference(id))).toMatchObject({
      __typename: "IllegalTransition",
      state: "FINALIZED",
      move: "finalize",
    });
    const { invoice: empty } = await mutate(api, "createInvoice", {
      customer: { id: customerId },
      currency: "USD",
    });
    expect((await refused(api, "finalizeInvoice", reference(empty.id))).code).toBe("ILLEGAL_STATE");
    const last = Number((await stored(id)).number?.slice(4));
    const { invoice } = await mutate(api, "finalizeInvoice", reference(await invoiceIn("DRAFT")));
    expect(invoice.number).toBe(`INV-${String(last + 1).padStart(6, "0")}`);
  });

  it("pays at once what has nothing to pay", async () => {
    const { result } = await inTransaction(api, (transaction) =>
      createInvoices(transaction, [draft(customerId, { lines: [line(0n)] })]),
    );
    const { invoice } = await mutate(api, "finalizeInvoice", reference(result[0]?.invoice.id ?? ""));
    expect(invoice).toMatchObject({ status: "PAID", total: { amount: 0 } });
  });

  it("goes by numbers, and by ids of other tenants finds nothing", async () => {
    const { number } = await stored(await invoiceIn("FINALIZED"));
    const byNumber = await mutate(api, "approveInvoice", { invoice: { number } });
    expect(byNumber.invoice.status).toBe("APPROVED");
    const other = await api.newEnvironment();
    const error = await refused(api, "approveInvoice", { invoice: { number } }, other.key);
    expect(error).toMatchObject({ code: "NOT_FOUND", path: ["invoice"] });
  });
});

describe("approval", () => {
  it("finalizes what was submitted, and gives back what is rejected until it is edited", async () => {
    const id = await invoiceIn("DRAFT");
    const submitted = await mutate(api, "submitInvoiceForApproval", reference(id));
    expect(submitted.invoice).toMatchObject({ status: "PENDING_APPROVAL", number: null });
    const rejected = await mutate(api, "rejectInvoice", { ...reference(id), reason: "Too much" });
    expect(rejected.invoice).toMatchObject({ status: "REJECTED", rejectionReason: "Too much" });
    const [first] = rejected.invoice.lines.nodes;
    const edited = await mutate(api, "updateInvoiceLine", { line: first.id, unitAmount: "9000" });
    expect(edited.invoice).toMatchObject({ status: "DRAFT", total: { amount: 9_000 } });
    await mutate(api, "submitInvoiceForApproval", reference(id));
    const approved = await mutate(api, "approveInvoice", reference(id));
    expect(approved.invoice).toMatchObject({ status: "APPROVED", rejectionReason: null });
    expect(approved.invoice.number).toMatch(/^INV-/);
    expect(await eventsOf(api, id)).toEqual([
      "invoice.created",
      "invoice.submitted",
      "invoice.rejected",
      "invoice.updated",
      "invoice.submitted",
      "invoice.finalized",
      "invoice.approved",
    ]);
    expect(await refused(api, "rejectInvoice", reference(id))).toMatchObject({
      __typename: "IllegalTransition",
    });
  });
});

describe("sendInvoice", () => {
  it("notes where an approved invoice went, each time", async () => {
    await api.database.prisma.customer.updateMany({ where: { id: customerId }, data: { phone: "+1 555" } });
    const id = await invoiceIn("APPROVED");
    await mutate(api, "sendInvoice", reference(id));
    const { invoice } = await mutate(api, "sendInvoice", { ...reference(id), channel: "SMS" });
    const customer = await api.database.prisma.customer.findFirstOrThrow({ where: { id: customerId } });
    expect(invoice).toMatchObject({
      status: "SENT",
      deliveries: {
        nodes: [
          { channel: "SMS", recipient: "+1 555" },
          { channel: "EMAIL", recipient: customer.email },
        ],
      },
    });
  });

  it("is refused without a contact, and before it is approved", async () => {
    const id = await invoiceIn("APPROVED");
    const error = await refused(api, "sendInvoice", { ...reference(id), channel: "WHATSAPP" });
    expect(error).toMatchObject({ code: "CONTACT_MISSING", path: ["channel"] });
    expect(await stored(id)).toMatchObject({ status: "APPROVED", sentAt: null });
    const early = await refused(api, "sendInvoice", reference(await invoiceIn("FINALIZED")));
    expect(early).toMatchObject({ __typename: "IllegalTransition", state: "FINALIZED", move: "send" });
  });
});

describe("payInvoice", () => {
  it("takes a part, then by default the rest", async () => {
    const id = await invoiceIn("SENT");
    const part = await mutate(api, "payInvoice", { ...reference(id), amount: 4_000, method: "cash" });
    expect(part.invoice).toMatchObject({
      status: "PARTIALLY_PAID",
      amountPaid: { amount: 4_000 },
      amountDue: { amount: 6_000 },
      paidAt: null,
    });
    const rest = await mutate(api, "payInvoice", { ...reference(id), method: "cheque", reference: "17" });
    expect(rest.payment).toMatchObject({ amount: { amount: 6_000 }, kind: "PAYMENT", reference: "17" });
    expect(rest.invoice).toMatchObject({ status: "PAID", amountDue: { amount: 0 } });
    expect((await eventsOf(api, id)).slice(-2)).toEqual(["invoice.updated", "invoice.paid"]);
    const again = await refused(api, "payInvoice", { ...reference(id), method: "cash" });
    expect(again).toMatchObject({ __typename: "IllegalTransition", state: "PAID", allowed: ["refundFully"] });
  });

  it("refuses more than is due, nothing, the future, and drafts", async () => {
    const id = await invoiceIn("SENT");
    const pay = (values: object) =>
      refused(api, "payInvoice", { ...reference(id), method: "cash", ...values });
    expect(await pay({ amount: 10_001 })).toMatchObject({
      __typename: "LimitExceeded",
      limit: 10_000,
      used: 0,
      path: ["amount"],
    });
    expect(await pay({ amount: 0 })).toMatchObject({ code: "INVALID", path: ["amount"] });
    expect(await pay({ amount: -5 })).toMatchObject({ code: "INVALID", path: ["amount"] });
    expect(await pay({ paidAt: "2999-01-01T00:00:00Z" })).toMatchObject({
      code: "INVALID",
      path: ["paidAt"],
    });
    expect(await stored(id)).toMatchObject({ status: "SENT", amountPaid: 0n, version: 1 });
    const unfinished = await refused(api, "payInvoice", {
      ...reference(await invoiceIn("DRAFT")),
      method: "cash",
    });
    expect(unfinished).toMatchObject({ __typename: "IllegalTransition", state: "DRAFT" });
    expect(await api.database.prisma.invoicePayment.count({ where: { customerId } })).toBe(0);
  });
});

describe("refundInvoice", () => {
  it("gives a part back, then by default the rest", async () => {
    const id = await invoiceIn("SENT");
    await mutate(api, "payInvoice", { ...reference(id), method: "cash" });
    const part = await mutate(api, "refundInvoice", { ...reference(id), amount: 2_500, reason: "Late" });
    expect(part).toMatchObject({
      invoice: { status: "PAID", amountRefunded: { amount: 2_500 } },
      payment: { kind: "REFUND", amount: { amount: 2_500 }, reason: "Late" },
    });
    const over = await refused(api, "refundInvoice", { ...reference(id), amount: 7_501 });
    expect(over).toMatchObject({ __typename: "LimitExceeded", limit: 10_000, used: 2_500 });
    const rest = await mutate(api, "refundInvoice", reference(id));
    expect(rest.invoice).toMatchObject({ status: "REFUNDED", amountRefunded: { amount: 10_000 } });
    expect(await refused(api, "refundInvoice", reference(id))).toMatchObject({ allowed: [] });
  });

  it.each(["OVERDUE", "UNCOLLECTIBLE"] as const)(
    "gives back what was paid of one that is %s",
    async (status) => {
      const id = await invoiceIn("SENT");
      await mutate(api, "payInvoice", { ...reference(id), amount: 4_000, method: "cash" });
      await api.database.prisma.invoice.updateMany({ where: { id }, data: { status } });
      const part = await mutate(api, "refundInvoice", { ...reference(id), amount: 1_000 });
      expect(part.invoice).toMatchObject({ status, amountDue: { amount: 6_000 } });
      const over = await refused(api, "refundInvoice", { ...reference(id), amount: 3_001 });
      expect(over).toMatchObject({ __typename: "LimitExceeded", limit: 4_000, used: 1_000 });
      const { invoice } = await mutate(api, "refundInvoice", reference(id));
      expect(invoice).toMatchObject({ status: "REFUNDED", amountDue: { amount: 0 } });
    },
  );

  it("is refused where nothing was paid", async () => {
    const id = await invoiceIn("SENT");
    const error = await refused(api, "refundInvoice", reference(id));
    expect(error).toMatchObject({ __typename: "IllegalTransition", state: "SENT" });
    await api.database.prisma.invoice.updateMany({ where: { id }, data: { status: "OVERDUE" } });
    expect(await refused(api, "refundInvoice", reference(id))).toMatchObject({ code: "ILLEGAL_STATE" });
  });
});

describe("closing an invoice", () => {
  it("voids what is not paid, and gives used credit back", async () => {
    const credit = { customerId, currency: "USD", amount: 3_000n, description: "Goodwill", now };
    await inTransaction(api, (transaction) => moveBalances(transaction, [credit]));
    const id = await invoiceIn("SENT");
    const { invoice } = await mutate(api, "voidInvoice", { ...reference(id), reason: "Twice" });
    expect(invoice).toMatchObject({ status: "VOID", voidReason: "Twice", amountDue: { amount: 0 } });
    expect(await api.database.prisma.customerBalance.findMany({ where: { customerId } })).toMatchObject([
      { amount: 3_000n },
    ]);
    expect(await refused(api, "voidInvoice", reference(id))).toMatchObject({ state: "VOID", allowed: [] });
  });

  it("does not void what is paid, wholly or in part", async () => {
    const id = await invoiceIn("SENT");
    await mutate(api, "payInvoice", { ...reference(id), amount: 1, method: "cash" });
    expect(await refused(api, "voidInvoice", reference(id))).toMatchObject({ state: "PARTIALLY_PAID" });
    await api.database.prisma.invoice.updateMany({ where: { id }, data: { status: "OVERDUE" } });
    expect((await refused(api, "voidInvoice", reference(id))).code).toBe("ILLEGAL_STATE");
    await mutate(api, "payInvoice", { ...reference(id), method: "cash" });
    expect(await refused(api, "voidInvoice", reference(id))).toMatchObject({ state: "PAID", move: "void" });
  });

  it("writes off, and takes a payment after all", async () => {
    const id = await invoiceIn("SENT");
    const { invoice } = await mutate(api, "markInvoiceUncollectible", reference(id));
    expect(invoice).toMatchObject({ status: "UNCOLLECTIBLE", amountDue: { amount: 10_000 } });
    const paid = await mutate(api, "payInvoice", { ...reference(id), method: "cash" });
    expect(paid.invoice.status).toBe("PAID");
  });
});

describe("many at once", () => {
  it("are marked overdue and paid in as many statements as one", async () => {
    const make = (count: number) =>
      inTransaction(api, (transaction) =>
        createInvoices(
          transaction,
          Array.from({ length: count }, () =>
            draft(customerId, { finalize: true, advanceTo: "SENT", dueAt: now }),
          ),
        ),
      );
    const ids = (await make(31)).result.map(({ invoice }) => invoice.id);
    const mark = (some: string[]) => inTransaction(api, (transaction) => markOverdue(transaction, some, now));
    const marked = [await mark(ids.slice(0, 1)), await mark(ids)];
    expect(marked.map(({ result }) => result.length)).toEqual([1, 30]);
    expect(marked.map(({ statements }) => statements)).toEqual([3, 3]);
    const pay = (some: string[]) =>
      inTransaction(api, (transaction) =>
        recordPayments(
          transaction,
          some.map((invoiceId) => ({ invoiceId, method: "card", paidAt: now })),
          now,
        ),
      );
    const paid = [await pay(ids.slice(0, 1)), await pay(ids.slice(1))];
    expect(paid.map(({ statements }) => statements)).toEqual([4, 4]);
    expect(await api.database.prisma.invoice.count({ where: { customerId, status: "PAID" } })).toBe(31);
  });
});

it("keeps comments, for all or for the merchant only", async () => {
  const id = await invoiceIn("DRAFT");
  await mutate(api, "addInvoiceComment", { ...reference(id), content: "For all" });
  const { comment } = await mutate(api, "addInvoiceComment", {
    ...reference(id),
    content: "Hush",
    internal: true,
  });
  expect(comment).toMatchObject({ content: "Hush", internal: true, invoice: { id } });
  expect(comment.author).toMatch(/^key:/);
  const document = `query ($id: ID!) { invoice(id: $id) {
    all: comments { totalCount nodes { content } } open: comments(filter: { internal: false }) { nodes { content } } } }`;
  const { data } = await api.query(document, { id });
  expect(data.invoice).toEqual({
    all: { totalCount: 2, nodes: [{ content: "Hush" }, { content: "For all" }] },
    open: { nodes: [{ content: "For all" }] },
  });
  const error = await refused(api, "addInvoiceComment", { ...reference(id), content: "" });
  expect(error).toMatchObject({ code: "REQUIRED", path: ["content"] });
});
