import type { Subjects, Wording } from "../workloads/workload.ts";
import { knowsNoBenefits } from "./peers.ts";
import type { Server } from "./server.ts";

// PostGraphile makes its schema from the tables, so it is asked the same in other words, and its answers have other
// forms: instants with +00:00, decimals with all their digits, money as a text beside its currency.

const customersBehind = (fields: string) => `allCustomers(
    first: $first, after: $after, condition: { environmentId: $environmentId }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]
  ) { ${fields} }`;

const variables = (common: object, { environmentId }: Subjects) => ({ ...common, environmentId });

interface Nodes<T> {
  readonly nodes: readonly T[];
}

interface Line {
  readonly id: string;
  readonly position: number;
  readonly description: string;
  readonly quantity: string;
  readonly amount: string;
}

interface Invoice {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly total: string;
  readonly currency: string;
  readonly createdAt: string;
  readonly lines: Nodes<Line>;
}

const invoices: Wording = {
  query: `query Invoices($first: Int!, $after: Cursor!, $environmentId: UUID!) {
  customers: ${customersBehind(`nodes {
    id: rowId name email
    invoices: invoicesByEnvironmentIdAndCustomerId(first: 10, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) { nodes {
      id: rowId number status total currency createdAt
      lines: invoiceLinesByEnvironmentIdAndInvoiceId(first: 10, orderBy: [POSITION_ASC, ROW_ID_ASC]) {
        nodes { id: rowId position description quantity amount }
      }
    } }
  }`)}
}`,
  variables,
  read: ({ customers }: { customers: Nodes<{ invoices: Nodes<Invoice> }> }) => ({
    customers: each(customers, (customer) => ({
      ...customer,
      invoices: each(customer.invoices, ({ total, currency, createdAt, lines, ...invoice }) => ({
        ...invoice,
        total: { amount: Number(total), currency },
        createdAt: instant(createdAt),
        lines: each(lines, ({ amount, quantity, ...line }) => ({
          ...line,
          quantity: decimal(quantity),
          amount: { amount: Number(amount), currency },
        })),
      })),
    })),
  }),
};

interface Subscription {
  readonly startedAt: string;
  readonly items: Nodes<{ readonly quantity: string }>;
}

const subscriptions: Wording = {
  query: `query Subscriptions($first: Int!, $after: Cursor!, $environmentId: UUID!) {
  customers: ${customersBehind(`nodes {
    id: rowId name
    invoices: invoicesByEnvironmentIdAndCustomerId { totalCount }
    subscriptions: billingSubscriptionsByEnvironmentIdAndCustomerId(
      first: 10, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]
    ) { nodes {
      id: rowId status currency startedAt
      items: subscriptionItemsByEnvironmentIdAndSubscriptionId(first: 10, orderBy: [POSITION_ASC, ROW_ID_ASC]) {
        nodes { id: rowId position quantity }
      }
    } }
  }`)}
}`,
  variables,
  read: ({ customers }: { customers: Nodes<{ subscriptions: Nodes<Subscription> }> }) => ({
    customers: each(customers, (customer) => ({
      ...customer,
      subscriptions: each(customer.subscriptions, ({ startedAt, items, ...subscription }) => ({
        ...subscription,
        startedAt: instant(startedAt),
        items: each(items, (item) => ({ ...item, quantity: decimal(item.quantity) })),
      })),
    })),
  }),
};

interface Sum {
  readonly aggregates: { readonly sum: { readonly quantity: string | null } };
}

const usage: Wording = {
  query: `query Usage(
  $first: Int!, $after: Cursor!, $from: Datetime!, $to: Datetime!, $meterId: UUID!, $environmentId: UUID!
) {
  customers: ${customersBehind(`nodes {
    id: rowId name
    usage: usageEventsByEnvironmentIdAndCustomerId(
      condition: { meterId: $meterId }, filter: { timestamp: { greaterThanOrEqualTo: $from, lessThan: $to } }
    ) { aggregates { sum { quantity } } }
  }`)}
}`,
  variables,
  read: ({ customers }: { customers: Nodes<{ usage: Sum }> }) => ({
    customers: each(customers, (customer) => ({
      ...customer,
      usage: [{ total: decimal(customer.usage.aggregates.sum.quantity ?? "0") }],
    })),
  }),
};

const noBatches =
  "it has no batches that write, but for functions written in SQL, which would be the limit's";

export const postgraphile: Server = {
  name: "postgraphile",
  title: "PostGraphile 5, with filters and aggregates",
  program: "bench/peers/postgraphile.ts",
  wordings: {
    Walk: {
      query: `query Walk($first: Int!, $after: Cursor, $environmentId: UUID!) {
  customers: ${customersBehind("pageInfo { endCursor }")}
}`,
      variables,
    },
    Customer: {
      query: `query Customer($id: UUID!, $environmentId: UUID!) {
  customer: customerByEnvironmentIdAndRowId(environmentId: $environmentId, rowId: $id) {
    id: rowId email name phone status
  }
}`,
      variables,
    },
    Invoices: invoices,
    Subscriptions: subscriptions,
    Usage: usage,
  },
  without: { upsert: noBatches, ingest: noBatches, ...knowsNoBenefits },
};

function each<T, R>({ nodes }: Nodes<T>, change: (node: T) => R): Nodes<R> {
  return { nodes: nodes.map(change) };
}

function instant(text: string): string {
  return new Date(text).toISOString();
}

function decimal(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
