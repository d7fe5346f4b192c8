import { transact, type Transaction } from "../../src/db/transaction.ts";
import type { InvoiceDraft, InvoiceLineDraft } from "../../src/domains/invoices/index.ts";
import type { TestApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";

/** Runs work in a transaction of an environment, the api's own unless said, and counts its statements. */
export async function inTransaction<T>(
  api: TestApi,
  work: (transaction: Transaction) => Promise<T>,
  environmentId = api.environmentId,
): Promise<{ readonly result: T; readonly statements: number }> {
  let statements = 0;
  const host = { ...api.database, observe: () => void statements++ };
  const writer = { environmentId, actor: "test", requestId: null, now: new Date("2026-03-01T12:00:00Z") };
  const result = await transact(host, writer, work);
  return { result, statements };
}

export const now = new Date("2026-03-01T12:00:00Z");

/** A line that costs `amount`. */
export const line = (amount: bigint, values: Partial<InvoiceLineDraft> = {}): InvoiceLineDraft => ({
  description: "Work",
  quantity: 1n,
  unitAmount: amount,
  amount,
  ...values,
});

/** A draft of an invoice over 100 dollars. */
export const draft = (customerId: string, values: Partial<InvoiceDraft> = {}): InvoiceDraft => ({
  customerId,
  billingReason: "MANUAL",
  currency: "USD",
  collectionMethod: "SEND_INVOICE",
  lines: [line(10_000n)],
  takePending: true,
  finalize: false,
  now,
  ...values,
});

/** Inserts a customer, and gives its id. */
export async function newCustomer(
  api: TestApi,
  values: object = {},
  environmentId?: string,
): Promise<string> {
  const [id = ""] = await insert(api, "Customer", [values], environmentId);
  return id;
}

const selections: Readonly<Record<string, string>> = {
  deleteInvoice: "deletedId",
  addInvoiceComment: "comment { id content internal author invoice { id } }",
  payInvoice: "payment { id kind amount { amount } method reference paidAt } ",
  refundInvoice: "payment { id kind amount { amount } method reason } ",
};

const invoiceFields = `invoice {
  id version number status currency issuedAt dueAt paidAt notes metadata customFields allowedMethods rejectionReason voidReason
  subtotal { amount } discount { amount } credit { amount } tax { amount } taxIncluded { amount } total { amount formatted }
  amountPaid { amount } amountDue { amount } amountRefunded { amount }
  lines { nodes { id position description quantity unitAmount amount { amount } discount { amount } tax { amount } kind
    breakdown { from to quantity unitAmount flatAmount amount { amount } }
    taxes { taxRateId percentage inclusive taxable { amount } amount { amount } }
    price { id } product { id } period { start end } } }
  payments { nodes { kind amount { amount } method } }
  deliveries { nodes { channel recipient } }
  comments { nodes { content internal } }
  discounts { nodes { description amount { amount } } }
}`;

const userErrors = `userErrors { __typename code message path
  ... on IllegalTransition { state move allowed } ... on LimitExceeded { limit used }
  ... on VersionMismatch { expectedVersion currentVersion } ... on StaleUpdate { storedUpdatedAt incomingUpdatedAt } }`;

/** A document of a mutation that gives an invoice, with everything that its payload tells. */
export function documentOf(name: string): string {
  const type = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  const own = selections[name] ?? "";
  const invoice = name === "deleteInvoice" || name === "addInvoiceComment" ? "" : invoiceFields;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${own} ${invoice} ${userErrors} } }`;
}

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

/** Runs a mutation that must not fail as a whole, and gives its payload. */
export async function mutate(api: TestApi, name: string, input: object, key?: string): Promise<any> {
  return (await api.query(documentOf(name), { input }, key)).data[name];
}

/** Runs a mutation that must be refused for one reason, and gives it. */
export async function refused(api: TestApi, name: string, input: object, key?: string): Promise<any> {
  const { userErrors: errors, ...rest } = await mutate(api, name, input, key);
  if (errors.length !== 1) throw new Error(`not refused for one reason: ${JSON.stringify({ errors, rest })}`);
  return errors[0];
}

/** The types of the events about an object, oldest first. */
export async function eventsOf(api: TestApi, objectId: string): Promise<string[]> {
  const events = await api.database.prisma.event.findMany({
    where: { objectId },
    orderBy: { sequence: "asc" },
  });
  return events.map(({ type }) => type);
}
