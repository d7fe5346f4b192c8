import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import type { Scenario } from "../../src/demo/scenario.ts";
import { type TestDatabase, openTestDatabase } from "../kit/database.ts";
import { seeded } from "./scenarios.ts";

/** A month's last day, so that months of unequal length are met. */
const asOf = "2026-03-31";

let database: TestDatabase;
let scenario: Scenario;

beforeAll(async () => {
  database = await openTestDatabase();
  scenario = await seeded(database, { customers: 300, events: 6_000, asOf });
  await seeded(database, { customers: 40, events: 500, asOf, seed: 9 });
});

afterAll(() => database.close());

/** What must never be: each statement finds the rows that break a rule. `now` is the end of the data. */
const breaches: Record<string, string> = {
  "an invoice whose subtotal is not the sum of its lines": `
    SELECT FROM invoices i WHERE subtotal IS DISTINCT FROM (
      SELECT sum(amount) FROM invoice_lines l WHERE l.environment_id = i.environment_id AND l.invoice_id = i.id)`,
  "a line that is not quantity times unit amount, rounded": `
    SELECT FROM invoice_lines WHERE amount <> round(quantity * unit_amount)`,
  "an invoice with a part paid that its status does not say": `
    SELECT FROM invoices WHERE CASE
      WHEN status IN ('PAID', 'REFUNDED') THEN amount_paid <> total OR amount_due <> 0 OR paid_at IS NULL
      WHEN status = 'PARTIALLY_PAID' THEN amount_paid = 0 OR amount_due = 0 OR amount_paid + amount_due <> total OR paid_at IS NOT NULL
      WHEN status IN ('APPROVED', 'FINALIZED', 'SENT', 'OVERDUE') THEN amount_paid <> 0 OR amount_due <> total OR paid_at IS NOT NULL
      ELSE amount_paid <> 0 OR amount_due <> 0 OR paid_at IS NOT NULL END`,
  "an invoice with a number or a due date before it is issued, or without after": `
    SELECT FROM invoices WHERE (status IN ('DRAFT', 'PENDING_APPROVAL', 'REJECTED')) <> (issued_at IS NULL)
      OR (issued_at IS NULL) <> (number IS NULL) OR (issued_at IS NULL) <> (due_at IS NULL)`,
  "an overdue invoice that is not due yet": `SELECT FROM invoices, given WHERE status = 'OVERDUE' AND due_at > given.now`,
  "an invoice of a subscription with another customer or currency": `
    SELECT FROM invoices i JOIN subscriptions s ON (s.environment_id, s.id) = (i.environment_id, i.subscription_id)
    WHERE (s.customer_id, s.currency) <> (i.customer_id, i.currency)`,
  "an invoice for no period of its subscription": `
    SELECT FROM invoices i JOIN subscriptions s ON (s.environment_id, s.id) = (i.environment_id, i.subscription_id)
    CROSS JOIN LATERAL (SELECT interval_count * CASE "interval" WHEN 'YEAR' THEN 12 ELSE 1 END AS months) AS term
    WHERE NOT EXISTS (
      SELECT FROM generate_series(0, 60) AS q
      WHERE period_start = started_at + make_interval(months => q * months)
        AND period_end = started_at + make_interval(months => (q + 1) * months) AND period_start <= current_period_start)`,
  "a gap between the periods of a subscription's invoices, or an overlap": `
    SELECT FROM (SELECT period_end, lead(period_start) OVER (PARTITION BY environment_id, subscription_id ORDER BY period_start) AS next
                 FROM invoices WHERE subscription_id IS NOT NULL) AS periods WHERE next <> period_end`,
  "an item whose price is of another currency or interval, or not sold": `
    SELECT FROM subscription_items t JOIN subscriptions s ON (s.environment_id, s.id) = (t.environment_id, t.subscription_id)
    JOIN prices p ON (p.environment_id, p.id) = (t.environment_id, t.price_id)
    WHERE p.currency <> s.currency OR NOT p.active
       OR (p."interval", p.interval_count) IS DISTINCT FROM (s."interval", s.interval_count)`,
  "a subscription without items": `
    SELECT FROM subscriptions s WHERE NOT EXISTS (
      SELECT FROM subscription_items t WHERE (t.environment_id, t.subscription_id) = (s.environment_id, s.id))`,
  "a line whose price is of another currency, amount or product": `
    SELECT FROM invoice_lines l JOIN invoices i ON (i.environment_id, i.id) = (l.environment_id, l.invoice_id)
    JOIN prices p ON (p.environment_id, p.id) = (l.environment_id, l.price_id)
    WHERE (p.currency, p.unit_amount, p.product_id) <> (i.currency, l.unit_amount, l.product_id)`,
  "a line with an item of another subscription": `
    SELECT FROM invoice_lines l JOIN invoices i ON (i.environment_id, i.id) = (l.environment_id, l.invoice_id)
    JOIN subscription_items t ON (t.environment_id, t.id) = (l.environment_id, l.subscription_item_id)
    WHERE t.subscription_id IS DISTINCT FROM i.subscription_id`,
  "a line for usage that the events do not show": `
    SELECT FROM invoice_lines l JOIN invoices i ON (i.environment_id, i.id) = (l.environment_id, l.invoice_id)
    JOIN prices p ON (p.environment_id, p.id) = (l.environment_id, l.price_id)
    JOIN meters m ON (m.environment_id, m.id) = (p.environment_id, p.meter_id)
    WHERE l.quantity IS DISTINCT FROM (
      SELECT CASE m.aggregation WHEN 'COUNT' THEN count(*) WHEN 'SUM' THEN sum(quantity) WHEN 'MAX' THEN max(quantity)
        WHEN 'COUNT_UNIQUE' THEN count(DISTINCT properties ->> m.unique_key)
        ELSE (array_agg(quantity ORDER BY "timestamp" DESC))[1] END
      FROM usage_events e WHERE e.environment_id = l.environment_id AND e.customer_id = i.customer_id AND e.meter_id = m.id
        AND e."timestamp" >= l.period_start AND e."timestamp" < l.period_end)`,
  "a running subscription whose period is not the present one": `
    SELECT FROM subscriptions, given WHERE current_period_start > given.now OR started_at > current_period_start
      OR (status NOT IN ('CANCELED', 'EXPIRED')) <> (ended_at IS NULL)
      OR (ended_at IS NULL AND current_period_end <= given.now)`,
  "a subscription that ended before it began, or ends in the future": `
    SELECT FROM subscriptions, given WHERE ended_at < started_at OR ended_at > given.now OR canceled_at > ended_at
      OR (status = 'CANCELED') <> (canceled_at IS NOT NULL) OR (status = 'TRIALING') <> (trial_end IS NOT NULL)`,
  "anything of a customer from before he came": `
    SELECT FROM customers c LEFT JOIN subscriptions s ON (s.environment_id, s.customer_id) = (c.environment_id, c.id)
    LEFT JOIN invoices i ON (i.environment_id, i.customer_id) = (c.environment_id, c.id)
    WHERE s.started_at < c.created_at OR i.created_at < c.created_at OR c.updated_at < c.created_at`,
  "anything that happened after the end": `
    SELECT FROM given, (
      SELECT created_at, updated_at, archived_at AS other FROM customers UNION ALL
      SELECT created_at, updated_at, paid_at FROM invoices UNION ALL SELECT created_at, updated_at, issued_at FROM invoices UNION ALL
      SELECT created_at, updated_at, started_at FROM subscriptions UNION ALL SELECT created_at, "timestamp", NULL FROM usage_events
    ) AS happened WHERE greatest(created_at, updated_at, other) > given.now`,
  "an event on a subscription of someone else, or before it began": `
    SELECT FROM usage_events e JOIN subscriptions s ON (s.environment_id, s.id) = (e.environment_id, e.subscription_id)
    WHERE s.customer_id <> e.customer_id OR e."timestamp" < s.started_at`,
  "an event of a meter that the customer is not billed by": `
    SELECT FROM usage_events e WHERE NOT EXISTS (
      SELECT FROM subscriptions s JOIN subscription_items t ON (t.environment_id, t.subscription_id) = (s.environment_id, s.id)
      JOIN prices p ON (p.environment_id, p.id) = (t.environment_id, t.price_id)
      WHERE (s.environment_id, s.customer_id, p.meter_id) = (e.environment_id, e.customer_id, e.meter_id))`,
  "an event without what its meter counts": `
    SELECT FROM usage_events e JOIN meters m ON (m.environment_id, m.id) = (e.environment_id, e.meter_id)
    WHERE m.unique_key IS NOT NULL AND NOT e.properties ? m.unique_key`,
  "an external id that is live though its customer is archived": `
    SELECT FROM customer_external_ids x JOIN customers c ON (c.environment_id, c.id) = (x.environment_id, x.customer_id)
    WHERE c.archived_at IS NOT NULL AND x.released_at IS NULL AND x.replaced_at IS NULL`,
  "a customer with the wrong number of invoices": `
    SELECT FROM customers c WHERE 10 <> (SELECT count(*) FROM invoices i WHERE (i.environment_id, i.customer_id) = (c.environment_id, c.id))`,
  "one id for two things": `
    SELECT FROM (SELECT environment_id, id FROM customers UNION ALL SELECT environment_id, id FROM products
      UNION ALL SELECT environment_id, id FROM prices UNION ALL SELECT environment_id, id FROM meters
      UNION ALL SELECT environment_id, id FROM subscriptions UNION ALL SELECT environment_id, id FROM subscription_items
      UNION ALL SELECT environment_id, id FROM invoices UNION ALL SELECT environment_id, id FROM invoice_lines
      UNION ALL SELECT environment_id, id FROM usage_events UNION ALL SELECT environment_id, id FROM customer_external_ids
      UNION ALL SELECT environment_id, id FROM integration_mappings) AS ids GROUP BY environment_id, id HAVING count(*) > 1`,
};

describe("the data never has", () => {
  test.each(Object.entries(breaches))("%s", async (_, select) => {
    const [row] = await reader(database, platform).query<{ count: bigint }>(Prisma.sql`
      WITH given AS (SELECT ${asOf}::date::timestamptz AS now)
      SELECT count(*) FROM (${Prisma.raw(select)}) AS breach`);
    expect(row?.count).toBe(0n);
  });
});

describe("the data have", () => {
  test("the rows that were asked for", async () => {
    const { environmentId } = scenario;
    const where = { environmentId };
    const { prisma } = database;
    expect(await prisma.customer.count({ where })).toBe(300);
    expect(await prisma.invoice.count({ where })).toBe(3_000);
    expect(await prisma.usageEvent.count({ where })).toBe(6_000);
    expect(await prisma.product.count({ where })).toBe(10);
    expect(await prisma.meter.count({ where })).toBe(5);
  });

  test.each<[type: string, table: string, column: string, butFor?: string[]]>([
    ["customer_status", "customers", "status"],
    ["invoice_status", "invoices", "status"],
    ["subscription_status", "subscriptions", "status"],
    ["collection_method", "subscriptions", "collection_method"],
    ["meter_aggregation", "meters", "aggregation", ["AVG", "MIN", "WEIGHTED_SUM"]],
    ["product_kind", "products", "kind"],
    ["price_type", "prices", "type"],
    ["pricing_model", "prices", "pricing_model"],
  ])("every %s", async (type, table, column, butFor = []) => {
    const rows = await reader(database, platform).query<{ value: string }>(Prisma.sql`
      SELECT value::text FROM unnest(enum_range(NULL::${Prisma.raw(type)})) AS value
      EXCEPT SELECT ${Prisma.raw(column)}::text FROM ${Prisma.raw(table)} WHERE environment_id = ${scenario.environmentId}::uuid
      ORDER BY 1`);
    expect(rows.map(({ value }) => value)).toEqual(butFor);
  });

  test("amounts in currencies of no, two and three digits, usage in several months, and what is no usage", async () => {
    const [found] = await reader(database, platform).query(Prisma.sql`
      SELECT array(SELECT DISTINCT currency::text FROM invoices WHERE currency IN ('JPY', 'USD', 'KWD') ORDER BY 1) AS currencies,
             (SELECT count(DISTINCT date_trunc('month', period_start)) >= 5 FROM invoice_lines l JOIN prices p
                ON (p.environment_id, p.id) = (l.environment_id, l.price_id) WHERE p.meter_id IS NOT NULL) AS months,
             EXISTS (SELECT FROM usage_events WHERE subscription_id IS NULL) AS unbound,
             EXISTS (SELECT FROM invoice_lines WHERE product_id IS NULL) AS free,
             EXISTS (SELECT FROM invoices WHERE discount > 0 AND tax > 0) AS discounted,
             EXISTS (SELECT FROM invoice_lines WHERE quantity <> trunc(quantity)) AS fractional`);
    const yes = { months: true, unbound: true, free: true, discounted: true, fractional: true };
    expect(found).toEqual({ currencies: ["JPY", "KWD", "USD"], ...yes });
  });
});
