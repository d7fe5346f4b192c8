const invoiceFields = `id status number billingReason total { amount } amountDue { amount } period { start end }
  subscription { id } lines(first: 20) { nodes { id } } payments(first: 10) { nodes { kind amount { amount } } }`;

const subscriptionFields = `id status version currentPeriod { start end } pauseAtPeriodEnd resumesAt
  items(first: 10) { nodes { id } }`;

const aboutSubscriptions = `subscription { ${subscriptionFields} } invoice { ${invoiceFields} }`;

/** What is asked of each payload; of those that are not here, what all operations on subscriptions tell. */
const selections: Readonly<Record<string, string>> = {
  createDiscount: "discount { id code }",
  createWallet: "wallet { id }",
  grantCredits: "grant { id }",
  updateCustomer: "changed",
  updateBillingSettings: "changed",
  createInvoice: `invoice { ${invoiceFields} }`,
  finalizeInvoice: `invoice { ${invoiceFields} }`,
  payInvoice: "invoice { id status }",
  refundInvoice: "invoice { id status }",
  voidInvoice: "invoice { id status }",
  markInvoiceUncollectible: "invoice { id status }",
  deleteInvoice: "deletedId",
  createCreditNote: "creditNote { id amount { amount } taxAmount { amount } }",
  voidUsageEvents: "voided",
  voidCreditNote: "creditNote { id }",
  createSubscriptionSchedule: `schedule { id status } invoice { ${invoiceFields} }`,
};

const queries: Readonly<Record<string, string>> = {
  customer: `query ($id: ID!) { customer(id: $id) { balances { amount } wallets(first: 10) { nodes { balance } }
    invoices(first: 100, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { ${invoiceFields} } } } }`,
  subscription: `query ($id: ID!) { subscription(id: $id) { ${subscriptionFields} } }`,
};

/** The document of a query, or of a mutation by its name. */
export function documents(name: string): string {
  const query = queries[name];
  if (query) return query;
  const type = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) {
    ${selections[name] ?? aboutSubscriptions} userErrors { code message path } } }`;
}
