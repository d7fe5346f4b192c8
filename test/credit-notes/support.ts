import { Prisma } from "../../src/db/generated/prisma/client.ts";
import type { Row } from "../../src/db/datamodel.ts";
import type { TestApi, TestEnvironment } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

const errors = `userErrors { __typename code message path
  ... on LimitExceeded { limit used } ... on IllegalTransition { state move allowed }
  ... on IdempotencyConflict { existingId } }`;

const note = `creditNote { id number status currency amount { amount } taxAmount { amount } reason reasonCode creditMethod
  proration { daysTotal daysUnused } idempotencyKey metadata issuedAt appliedAt voidedAt
  lines { nodes { description quantity unitAmount amount { amount } invoiceLine { id } } } }`;

const documents = {
  createCreditNote: `mutation ($input: CreateCreditNoteInput!) { createCreditNote(input: $input) { created ${note} ${errors} } }`,
  voidCreditNote: `mutation ($input: VoidCreditNoteInput!) { voidCreditNote(input: $input) { ${note} ${errors} } }`,
  previewCreditNote: `query ($input: PreviewCreditNoteInput!) { previewCreditNote(input: $input) { ${errors} preview {
    amount { amount } taxAmount { amount } creditMethod lines { description quantity unitAmount amount { amount } invoiceLineId }
    maxCreditable { amount } exceedsMaxCreditable
    eligibility { eligible reason total { amount } totalPaid { amount } totalCredited { amount } maxCreditable { amount } }
    afterCredit { amountDue { amount } amountCredited { amount } wouldLeaveOutstanding } } } }`,
};

/** A merchant of its own with a customer. */
export interface Shop extends TestEnvironment {
  readonly customerId: string;
  /** An invoice of 120 dollars with 20 of tax, paid in full by card unless said. */
  newInvoice(values?: Partial<Row<"Invoice">>): Promise<string>;
  newLine(invoiceId: string, line: Partial<Row<"InvoiceLine">>): Promise<string>;
  run(name: keyof typeof documents, input: object): Promise<any>;
  /** Creates a note that must not be refused. */
  credit(invoiceId: string, input: object): Promise<any>;
  read(document: string, variables?: Record<string, unknown>): Promise<any>;
  invoice(id: string): Promise<Row<"Invoice">>;
  /** The types of all events, oldest first. */
  events(): Promise<string[]>;
  /** What the customer has to its credit. */
  balance(): Promise<bigint>;
}

export async function openShop(api: TestApi): Promise<Shop> {
  const environment = await api.newEnvironment();
  const { environmentId, key } = environment;
  const one = async (model: any, row: object): Promise<string> => {
    const [id = ""] = await insert(api, model, [row as never], environmentId);
    return id;
  };
  const customerId = await one("Customer", {});
  const read: Shop["read"] = async (document, variables) => (await api.query(document, variables, key)).data;
  const run: Shop["run"] = async (name, input) => (await read(documents[name], { input }))[name];
  return {
    ...environment,
    customerId,
    newInvoice: async (values = {}) => {
      const invoiceId = await one("Invoice", {
        customerId,
        number: `INV-${Math.random()}`,
        subtotal: 10_000n,
        tax: 2_000n,
        total: 12_000n,
        amountPaid: 12_000n,
        ...values,
      });
      const amount = values.amountPaid ?? 12_000n;
      if (amount > 0n) {
        await one("InvoicePayment", {
          invoiceId,
          customerId,
          kind: "PAYMENT",
          amount,
          method: "card",
          paidAt: new Date(),
        });
      }
      return invoiceId;
    },
    newLine: (invoiceId, { quantity = 1, unitAmount, ...line }) =>
      one("InvoiceLine", {
        invoiceId,
        quantity: new Prisma.Decimal(quantity),
        unitAmount: new Prisma.Decimal(unitAmount ?? 0),
        ...line,
      }),
    run,
    credit: async (invoiceId, input) => {
      const payload = await run("createCreditNote", { invoice: { id: invoiceId }, ...input });
      if (payload.userErrors.length) throw new Error(`refused: ${JSON.stringify(payload.userErrors)}`);
      return payload.creditNote;
    },
    read,
    invoice: (id) => api.database.prisma.invoice.findFirstOrThrow({ where: { environmentId, id } }),
    events: async () => {
      const rows = await api.database.prisma.event.findMany({
        where: { environmentId },
        orderBy: { sequence: "asc" } as never,
      });
      return rows.map(({ type }) => type);
    },
    balance: async () => {
      const row = await api.database.prisma.customerBalance.findFirst({
        where: { environmentId, customerId },
      });
      return row?.amount ?? 0n;
    },
  };
}
