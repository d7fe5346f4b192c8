import type pg from "pg";

/** A statement that each connection prepares once. */
interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface CustomerRow {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly phone: string | null;
  readonly status: string;
  readonly createdAt: string;
}

export interface InvoiceRow {
  readonly customerId: string;
  readonly id: string;
  readonly number: string | null;
  readonly status: string;
  readonly currency: string;
  readonly total: number;
  readonly createdAt: string;
}

export interface LineRow {
  readonly invoiceId: string;
  readonly id: string;
  readonly position: number;
  readonly description: string;
  readonly quantity: string;
  readonly amount: number;
}

export interface SubscriptionRow {
  readonly customerId: string;
  readonly id: string;
  readonly status: string;
  readonly currency: string;
  readonly startedAt: string;
}

export interface ItemRow {
  readonly subscriptionId: string;
  readonly id: string;
  readonly position: number;
  readonly quantity: string;
}

export interface EntitlementRow {
  readonly limit: string;
  readonly used: string;
  readonly remaining: string;
}

const customer = {
  name: "customer",
  text: `SELECT id, email, name, phone, status, created_at AS "createdAt"
    FROM customers WHERE environment_id = $1 AND id = $2`,
};

const customers = {
  name: "customers",
  text: `SELECT id, email, name, phone, status, created_at AS "createdAt"
    FROM customers WHERE environment_id = $1 AND (created_at, id) < ($2::timestamptz, $3::uuid)
    ORDER BY created_at DESC, id DESC LIMIT $4`,
};

const invoices = {
  name: "invoices",
  text: `SELECT row.* FROM unnest($2::uuid[]) AS parent(id) CROSS JOIN LATERAL (
      SELECT customer_id AS "customerId", id, number, status, currency, total, created_at AS "createdAt" FROM invoices
      WHERE environment_id = $1 AND customer_id = parent.id ORDER BY created_at DESC, id DESC LIMIT $3) AS row`,
};

const lines = {
  name: "lines",
  text: `SELECT row.* FROM unnest($2::uuid[]) AS parent(id) CROSS JOIN LATERAL (
      SELECT invoice_id AS "invoiceId", id, position, description, quantity, amount FROM invoice_lines
      WHERE environment_id = $1 AND invoice_id = parent.id ORDER BY position, id LIMIT $3) AS row`,
};

const subscriptions = {
  name: "subscriptions",
  text: `SELECT row.* FROM unnest($2::uuid[]) AS parent(id) CROSS JOIN LATERAL (
      SELECT customer_id AS "customerId", id, status, currency, started_at AS "startedAt" FROM subscriptions
      WHERE environment_id = $1 AND customer_id = parent.id ORDER BY created_at DESC, id DESC LIMIT $3) AS row`,
};

const items = {
  name: "items",
  text: `SELECT row.* FROM unnest($2::uuid[]) AS parent(id) CROSS JOIN LATERAL (
      SELECT subscription_id AS "subscriptionId", id, position, quantity FROM subscription_items
      WHERE environment_id = $1 AND subscription_id = parent.id ORDER BY position, id LIMIT $3) AS row`,
};

const invoiceCounts = {
  name: "invoiceCounts",
  text: `SELECT customer_id AS id, count(*) AS count FROM invoices
    WHERE environment_id = $1 AND customer_id = ANY($2::uuid[]) GROUP BY 1`,
};

const usage = {
  name: "usage",
  text: `SELECT parent.id, coalesce(sum(event.quantity), 0) AS total FROM unnest($2::uuid[]) AS parent(id)
    LEFT JOIN usage_events AS event ON event.environment_id = $1 AND event.customer_id = parent.id
      AND event.meter_id = $3 AND event.timestamp >= $4::timestamptz AND event.timestamp < $5::timestamptz
    GROUP BY 1`,
};

const entitlement = {
  name: "entitlement",
  text: `SELECT given."limit", given.used, given."limit" - given.used AS remaining FROM (
      SELECT coalesce(gift."limit", benefit."limit") AS "limit", (
        SELECT coalesce(sum(rolled.sum), 0) FROM usage_hours AS rolled
        WHERE rolled.environment_id = $1 AND rolled.customer_id = $2 AND rolled.meter_id = benefit.meter_id
          AND rolled.hour >= subscription.started_at) AS used
      FROM subscriptions AS subscription
      JOIN subscription_items AS item ON item.environment_id = $1 AND item.subscription_id = subscription.id
        AND item.removed_at IS NULL
      JOIN prices AS price ON price.environment_id = $1 AND price.id = item.price_id
      JOIN benefits AS benefit ON benefit.environment_id = $1 AND benefit.key = $3
      JOIN product_benefits AS gift ON gift.environment_id = $1 AND gift.product_id = price.product_id
        AND gift.benefit_id = benefit.id
      WHERE subscription.environment_id = $1 AND subscription.customer_id = $2
        AND subscription.status IN ('TRIALING', 'ACTIVE') OFFSET 0) AS given`,
};

/** The reads of the workloads in hand-written SQL: one prepared statement each, whatever the number of parents. */
export function readsOf(pool: pg.Pool, environmentId: string) {
  const run = async <R extends object>(statement: Statement, ...values: unknown[]): Promise<R[]> =>
    (await pool.query<R>({ ...statement, values: [environmentId, ...values] })).rows;
  return {
    customer: async (id: string) => (await run<CustomerRow>(customer, id))[0] ?? null,
    customers: (position: Position, first: number) =>
      run<CustomerRow>(customers, position.createdAt, position.id, first),
    invoices: (customerIds: readonly string[], first: number) =>
      run<InvoiceRow>(invoices, customerIds, first),
    lines: (invoiceIds: readonly string[], first: number) => run<LineRow>(lines, invoiceIds, first),
    subscriptions: (customerIds: readonly string[], first: number) =>
      run<SubscriptionRow>(subscriptions, customerIds, first),
    items: (subscriptionIds: readonly string[], first: number) => run<ItemRow>(items, subscriptionIds, first),
    invoiceCounts: (customerIds: readonly string[]) =>
      run<{ id: string; count: number }>(invoiceCounts, customerIds),
    entitlement: async (customerId: string, key: string) =>
      (await run<EntitlementRow>(entitlement, customerId, key))[0] ?? null,
    usage: (customerIds: readonly string[], { meterId, from, to }: UsageSpan) =>
      run<{ id: string; total: string }>(usage, customerIds, meterId, from, to),
  };
}

export type Reads = ReturnType<typeof readsOf>;

/** Where a page of customers goes on: behind this one. */
export interface Position {
  readonly createdAt: string;
  readonly id: string;
}

export interface UsageSpan {
  readonly meterId: string;
  readonly from: string;
  readonly to: string;
}

/** A cursor is `<createdAt>|<id>`; without one, the newest come first. */
export function positionOf(after: string | null | undefined): Position {
  const [createdAt = "infinity", id = "00000000-0000-0000-0000-000000000000"] = after?.split("|") ?? [];
  return { createdAt, id };
}

export function cursorOf({ createdAt, id }: Position): string {
  return `${createdAt}|${id}`;
}
