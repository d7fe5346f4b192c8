/** How many invoices are read: a customer with as many lives no longer. */
export const mostInvoices = 55;

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

/** All that the books of a customer hold, as the API tells it. */
export const ledgerFields = `fragment Ledger on Customer {
  id balances { amount }
  wallets(first: 2) { nodes { balance sums { granted invoiced expired revoked consumed } } }
  creditNotes(first: 50) { nodes {
    id status creditMethod amount { amount } taxAmount { amount } invoice { id }
    lines(first: 20) { nodes { amount { amount } invoiceLine { id } } } } }
  invoices(first: 55) { nodes {
    id status billingReason number createdAt period { start end }
    subtotal { amount } discount { amount } prepaidCredit { amount } tax { amount } credit { amount }
    taxIncluded { amount } total { amount }
    amountDue { amount } amountPaid { amount } amountRefunded { amount } amountCredited { amount }
    payments(first: 20) { nodes { kind amount { amount } } }
    lines(first: 18) { nodes {
      id kind description quantity period { start end } subscriptionItem { id }
      amount { amount } discount { amount } prepaidCredit { amount } tax { amount } taxIncluded { amount }
      taxes { percentage inclusive amount { amount } taxable { amount } } } } } }
  subscriptions(first: 2) { nodes {
    id status version billingAnchorDay cyclesBilled currentPeriod { start end } trialEnd cancelAt cancelAtPeriodEnd
    items(first: 20) { nodes { id } }
    discounts(first: 2) { nodes { cyclesApplied endedAt } } } }
}`;

export interface Line {
  readonly id: string;
  readonly kind: string;
  readonly description: string;
  readonly quantity: string;
  readonly item: string | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly amount: bigint;
  readonly discount: bigint;
  readonly prepaid: bigint;
  readonly tax: bigint;
  readonly taxIncluded: bigint;
  readonly taxes: readonly {
    readonly percentage: string;
    readonly inclusive: boolean;
    readonly amount: bigint;
    readonly taxable: bigint;
  }[];
}

export interface Invoice {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly number: string | null;
  readonly from: number | null;
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly prepaid: bigint;
  readonly tax: bigint;
  readonly taxIncluded: bigint;
  readonly credit: bigint;
  readonly total: bigint;
  readonly due: bigint;
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly credited: bigint;
  readonly payments: readonly { readonly kind: string; readonly amount: bigint }[];
  readonly lines: readonly Line[];
}

export interface Note {
  readonly id: string;
  readonly status: string;
  readonly method: string;
  readonly amount: bigint;
  readonly invoiceId: string;
  readonly lines: readonly { readonly amount: bigint; readonly lineId: string | null }[];
}

export interface Ledger {
  readonly balance: bigint;
  readonly wallet: number;
  readonly granted: number;
  readonly notes: readonly Note[];
  /** Oldest first. */
  readonly invoices: readonly Invoice[];
  readonly subscription: {
    readonly id: string;
    readonly status: string;
    readonly version: number;
    readonly from: number;
    readonly to: number;
    readonly cyclesBilled: number;
    readonly itemIds: readonly string[];
    readonly discounts: readonly { readonly cyclesApplied: number; readonly endedAt: string | null }[];
  } | null;
}

const money = (field: any): bigint => BigInt(field?.amount ?? 0);
const instant = (text: string | null | undefined): number | null => (text ? Date.parse(text) : null);

/** Reads what the API has told of a customer. */
export function ledgerOf(customer: any): Ledger {
  const [subscription] = customer.subscriptions.nodes;
  const wallets = customer.wallets.nodes;
  const add = (of: (wallet: any) => unknown): number =>
    wallets.reduce((total: number, wallet: any) => total + Number(of(wallet)), 0);
  return {
    balance: customer.balances.reduce((total: bigint, balance: any) => total + money(balance), 0n),
    wallet: add(({ balance }) => balance),
    granted: add(({ sums }) => sums.granted),
    notes: customer.creditNotes.nodes.map((note: any): Note => ({
      id: note.id,
      status: note.status,
      method: note.creditMethod,
      amount: money(note.amount),
      invoiceId: note.invoice.id,
      lines: note.lines.nodes.map((line: any) => ({
        amount: money(line.amount),
        lineId: line.invoiceLine?.id ?? null,
      })),
    })),
    invoices: customer.invoices.nodes.map(invoiceOf).toReversed(),
    subscription: subscription
      ? {
          id: subscription.id,
          status: subscription.status,
          version: subscription.version,
          from: Date.parse(subscription.currentPeriod.start),
          to: Date.parse(subscription.currentPeriod.end),
          cyclesBilled: subscription.cyclesBilled,
          itemIds: subscription.items.nodes.map(({ id }: any) => id),
          discounts: subscription.discounts.nodes,
        }
      : null,
  };
}

function invoiceOf(invoice: any): Invoice {
  return {
    id: invoice.id,
    status: invoice.status,
    reason: invoice.billingReason,
    number: invoice.number,
    from: instant(invoice.period?.start),
    subtotal: money(invoice.subtotal),
    discount: money(invoice.discount),
    prepaid: money(invoice.prepaidCredit),
    tax: money(invoice.tax),
    taxIncluded: money(invoice.taxIncluded),
    credit: money(invoice.credit),
    total: money(invoice.total),
    due: money(invoice.amountDue),
    paid: money(invoice.amountPaid),
    refunded: money(invoice.amountRefunded),
    credited: money(invoice.amountCredited),
    payments: invoice.payments.nodes.map(({ kind, amount }: any) => ({ kind, amount: money(amount) })),
    lines: invoice.lines.nodes.map((line: any): Line => ({
      id: line.id,
      kind: line.kind,
      description: line.description,
      quantity: line.quantity,
      item: line.subscriptionItem?.id ?? null,
      from: instant(line.period?.start),
      to: instant(line.period?.end),
      amount: money(line.amount),
      discount: money(line.discount),
      prepaid: money(line.prepaidCredit),
      tax: money(line.tax),
      taxIncluded: money(line.taxIncluded),
      taxes: line.taxes.map((tax: any) => ({
        percentage: tax.percentage,
        inclusive: tax.inclusive,
        amount: money(tax.amount),
        taxable: money(tax.taxable),
      })),
    })),
  };
}
