import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { eventsOf, mutate, newCustomer, refused } from "./support.ts";

let api: TestApi;
let customerId: string;

beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  customerId = await newCustomer(api);
});
afterAll(() => api?.close());

const create = (values: object) =>
  mutate(api, "createInvoice", { customer: { id: customerId }, currency: "USD", ...values });
const work = { description: "Work", quantity: "2.5", unitAmount: "1000" };

describe("createInvoice", () => {
  it("makes a draft with lines for amounts of their own", async () => {
    const { invoice, userErrors } = await create({
      lines: [work, { description: "Goodwill", unitAmount: "-500.4" }],
      notes: "Thank you",
      metadata: { order: "7" },
      allowedMethods: ["card"],
    });
    expect(userErrors).toEqual([]);
    expect(invoice).toMatchObject({
      status: "DRAFT",
      number: null,
      version: 1,
      subtotal: { amount: 2_000 },
      total: { amount: 2_000, formatted: "$20.00" },
      amountDue: { amount: 2_000 },
      notes: "Thank you",
      metadata: { order: "7" },
      allowedMethods: ["card"],
    });
    expect(invoice.lines.nodes).toMatchObject([
      { position: 1, description: "Work", quantity: "2.5", amount: { amount: 2_500 }, kind: "ITEM" },
      { position: 2, description: "Goodwill", quantity: "1", amount: { amount: -500 } },
    ]);
    expect(await eventsOf(api, invoice.id)).toEqual(["invoice.created"]);
  });

  it("takes prices by id and lookup key, and products at their default price, with their tiers explained", async () => {
    const [productId = ""] = await insert(api, "Product", [{ name: "Seats", productKey: "seats" }]);
    const tiers = [
      { upTo: "10", unitAmount: "100", flatAmount: "0" },
      { upTo: null, unitAmount: "50", flatAmount: "0" },
    ];
    const [plain = ""] = await insert(api, "Price", [
      { productId, unitAmount: "1050" as never, lookupKey: "seat" },
    ]);
    const [tiered = ""] = await insert(api, "Price", [
      { productId, billingScheme: "TIERED", tiersMode: "GRADUATED", tiers, unitAmount: "0" as never },
    ]);
    await api.database.prisma.product.updateMany({
      where: { id: productId },
      data: { defaultPriceId: plain },
    });
    const { invoice, userErrors } = await create({
      lines: [
        { price: { lookupKey: "seat" }, quantity: "3" },
        { product: { productKey: "seats" } },
        { price: { id: tiered }, quantity: "12", description: "Twelve" },
      ],
    });
    expect(userErrors).toEqual([]);
    expect(invoice.lines.nodes).toMatchObject([
      {
        description: "Seats",
        amount: { amount: 3_150 },
        breakdown: null,
        price: { id: plain },
        product: { id: productId },
      },
      { amount: { amount: 1_050 }, price: { id: plain } },
      {
        description: "Twelve",
        amount: { amount: 1_100 },
        unitAmount: "91.666666666667",
        breakdown: [
          { quantity: "10", amount: { amount: 1_000 } },
          { quantity: "2", amount: { amount: 100 } },
        ],
      },
    ]);
  });

  it("taxes lines by rates, on top or contained", async () => {
    const [vat = ""] = await insert(api, "TaxRate", [{ name: "VAT", percentage: "20" as never }]);
    const [levy = ""] = await insert(api, "TaxRate", [
      { name: "Levy", percentage: "5" as never, inclusive: true },
    ]);
    const { invoice } = await create({
      taxRates: [vat],
      lines: [work, { ...work, taxRates: [levy] }, { ...work, taxRates: [] }],
    });
    expect(invoice).toMatchObject({
      tax: { amount: 500 },
      taxIncluded: { amount: 119 },
      total: { amount: 8_000 },
    });
    expect(invoice.lines.nodes.map(({ taxes }: { taxes: unknown }) => taxes)).toMatchObject([
      [
        {
          taxRateId: vat,
          percentage: "20",
          inclusive: false,
          taxable: { amount: 2_500 },
          amount: { amount: 500 },
        },
      ],
      [{ taxRateId: levy, inclusive: true, taxable: { amount: 2_381 }, amount: { amount: 119 } }],
      [],
    ]);
  });

  const bad: [name: string, values: object, error: object][] = [
    [
      "a negative quantity",
      { lines: [{ ...work, quantity: "-1" }] },
      { code: "INVALID", path: ["lines", "0", "quantity"] },
    ],
    [
      "no amount",
      { lines: [{ description: "?" }] },
      { code: "REQUIRED", path: ["lines", "0", "unitAmount"] },
    ],
    [
      "no description",
      { lines: [{ unitAmount: "1" }] },
      { code: "REQUIRED", path: ["lines", "0", "description"] },
    ],
    [
      "an unknown price",
      { lines: [work, { price: { id: newId() } }] },
      { code: "NOT_FOUND", path: ["lines", "1", "price"] },
    ],
    [
      "an unknown product",
      { lines: [{ product: { productKey: "?" } }] },
      { code: "NOT_FOUND", path: ["lines", "0", "product"] },
    ],
    ["an unknown tax rate", { taxRates: [newId()] }, { code: "NOT_FOUND", path: ["taxRates", "0"] }],
    ["an unknown customer", { customer: { id: newId() } }, { code: "NOT_FOUND", path: ["customer"] }],
    ["what is too much", { lines: [{ ...work, unitAmount: "9007199254740991" }] }, { code: "INVALID" }],
    [
      "what is too much together",
      { lines: [{ ...work, quantity: "1", unitAmount: "9007199254740991" }, work] },
      { code: "INVALID", path: ["lines"] },
    ],
    [
      "a period that ends before it starts",
      { period: { start: "2026-02-01T00:00:00Z", end: "2026-01-01T00:00:00Z" } },
      { code: "INVALID", path: ["period", "end"] },
    ],
    [
      "terms without what they need",
      {
        subscriptionTerms: {
          collectionMethod: "SEND_INVOICE",
          startMode: "SPECIFIC_DATE",
          durationType: "UNTIL_CANCELED",
          firstPaymentBehavior: "CHARGE_FIRST_CYCLE_NOW",
        },
      },
      { code: "INVALID", path: ["subscriptionTerms", "startDate"] },
    ],
  ];
  it.each(bad)("refuses %s", async (_, values, error) => {
    const input = { customer: { id: customerId }, currency: "USD", ...values };
    expect(await refused(api, "createInvoice", input)).toMatchObject(error);
    expect(await api.database.prisma.invoice.count({ where: { customerId } })).toBe(0);
  });

  it("refuses prices that are in another currency, inactive or another tenant's", async () => {
    const [productId = ""] = await insert(api, "Product", [{}]);
    const [euro = ""] = await insert(api, "Price", [{ productId, currency: "EUR" }]);
    const [old = ""] = await insert(api, "Price", [{ productId, active: false }]);
    const other = await api.newEnvironment();
    const [theirProduct = ""] = await insert(api, "Product", [{}], other.environmentId);
    const [theirs = ""] = await insert(api, "Price", [{ productId: theirProduct }], other.environmentId);
    const codes = [];
    for (const id of [euro, old, theirs]) {
      const input = { customer: { id: customerId }, currency: "USD", lines: [{ price: { id } }] };
      codes.push((await refused(api, "createInvoice", input)).code);
    }
    expect(codes).toEqual(["CONFLICT", "ILLEGAL_STATE", "NOT_FOUND"]);
  });

  it("refuses customers that are archived or another tenant's", async () => {
    const archived = await newCustomer(api, { status: "ARCHIVED", archivedAt: new Date() });
    const other = await api.newEnvironment();
    const theirs = await newCustomer(api, {}, other.environmentId);
    const codes = [];
    for (const id of [archived, theirs]) {
      codes.push((await refused(api, "createInvoice", { customer: { id }, currency: "USD" })).code);
    }
    expect(codes).toEqual(["ILLEGAL_STATE", "NOT_FOUND"]);
  });
});

describe("editing a draft", () => {
  it("changes what is sent, and nothing else", async () => {
    const { invoice } = await create({ lines: [work], notes: "Old", metadata: { a: "1", b: "2" } });
    const changed = await mutate(api, "updateInvoice", {
      invoice: { id: invoice.id },
      dueAt: "2026-05-01T00:00:00Z",
      metadata: { a: null, c: "3" },
      expectedVersion: 1,
    });
    expect(changed.invoice).toMatchObject({
      version: 2,
      dueAt: "2026-05-01T00:00:00.000Z",
      notes: "Old",
      metadata: { b: "2", c: "3" },
      total: { amount: 2_500 },
    });
    expect(await eventsOf(api, invoice.id)).toEqual(["invoice.created", "invoice.updated"]);
    const error = await refused(api, "updateInvoice", {
      invoice: { id: invoice.id },
      notes: "x",
      expectedVersion: 1,
    });
    expect(error).toMatchObject({ code: "VERSION_MISMATCH", expectedVersion: 1, currentVersion: 2 });
  });

  it("adds, changes and removes lines, and computes everything again", async () => {
    const [vat = ""] = await insert(api, "TaxRate", [{ name: "VAT", percentage: "10" as never }]);
    const { invoice } = await create({ lines: [work], taxRates: [vat] });
    const added = await mutate(api, "addInvoiceLines", {
      invoice: { id: invoice.id },
      lines: [{ description: "More", unitAmount: "1500" }],
    });
    expect(added.invoice).toMatchObject({ subtotal: { amount: 4_000 }, tax: { amount: 400 } });
    const [first, second] = added.invoice.lines.nodes;
    expect(first.id).toBe(invoice.lines.nodes[0].id);
    const changed = await mutate(api, "updateInvoiceLine", { line: first.id, quantity: "1", taxRates: [] });
    expect(changed.invoice).toMatchObject({ subtotal: { amount: 2_500 }, tax: { amount: 150 } });
    expect(changed.invoice.lines.nodes[0]).toMatchObject({
      id: first.id,
      description: "Work",
      quantity: "1",
    });
    const removed = await mutate(api, "removeInvoiceLine", { line: second.id });
    expect(removed.invoice).toMatchObject({ subtotal: { amount: 1_000 }, tax: { amount: 0 }, version: 4 });
    expect((await refused(api, "removeInvoiceLine", { line: second.id })).code).toBe("NOT_FOUND");
  });

  it("is refused once it is finalized, and names the moves that there are", async () => {
    const { invoice } = await create({ lines: [work] });
    await mutate(api, "finalizeInvoice", { invoice: { id: invoice.id } });
    const before = await api.database.prisma.invoice.findFirstOrThrow({ where: { id: invoice.id } });
    const line = invoice.lines.nodes[0].id;
    const reference = { invoice: { id: invoice.id } };
    const attempts: [string, object][] = [
      ["updateInvoice", { ...reference, notes: "x" }],
      ["addInvoiceLines", { ...reference, lines: [work] }],
      ["updateInvoiceLine", { line, quantity: "9" }],
      ["removeInvoiceLine", { line }],
    ];
    for (const [name, input] of attempts) {
      expect(await refused(api, name, input)).toMatchObject({
        __typename: "IllegalTransition",
        path: ["invoice"],
        state: "FINALIZED",
        allowed: ["approve", "payPartly", "payFully", "void"],
      });
    }
    expect((await refused(api, "deleteInvoice", reference)).code).toBe("ILLEGAL_STATE");
    expect(await api.database.prisma.invoice.findFirstOrThrow({ where: { id: invoice.id } })).toEqual(before);
  });

  it("deletes a draft, and what it had taken waits again", async () => {
    await insert(api, "PendingInvoiceItem", [
      {
        customerId,
        kind: "ADJUSTMENT",
        description: "Extra",
        currency: "USD",
        unitAmount: "300" as never,
        amount: 300n,
      },
    ]);
    const { invoice } = await create({ lines: [work], takePending: true });
    expect(invoice.total.amount).toBe(2_800);
    await mutate(api, "addInvoiceComment", { invoice: { id: invoice.id }, content: "Wrong" });
    const { deletedId } = await mutate(api, "deleteInvoice", { invoice: { id: invoice.id } });
    expect(deletedId).toBe(invoice.id);
    expect(await api.database.prisma.invoice.count({ where: { customerId } })).toBe(0);
    expect(await api.database.prisma.pendingInvoiceItem.findMany({ where: { customerId } })).toMatchObject([
      { invoiceId: null },
    ]);
    expect(await eventsOf(api, invoice.id)).toEqual(["invoice.created", "invoice.deleted"]);
    expect((await refused(api, "deleteInvoice", { invoice: { id: invoice.id } })).code).toBe("NOT_FOUND");
  });
});
