import type { Executor } from "../db/executor.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { currencies, meters } from "./catalog-data.ts";
import { offers, products } from "./catalog-offers.ts";
import type { Facts } from "./scenario.ts";

/** Inserts the meters, the products and their prices. The lookup key of a price is such as `growth-month-usd`. */
export async function insertCatalog(executor: Executor, facts: Facts): Promise<void> {
  const { environmentId, id, asOf } = facts;
  const created = (number: string) =>
    Prisma.sql`${asOf} - make_interval(months => 40, days => 30 - ${Prisma.raw(number)})`;
  await executor.query(Prisma.sql`
    INSERT INTO meters (
      environment_id, id, name, description, event_name, aggregation, unique_key, unit_name, metadata, created_at, updated_at)
    SELECT ${environmentId}, ${id("meter", "number")}, name, description, event_name, aggregation::meter_aggregation,
           unique_key, unit_name, jsonb_build_object('key', key), ${created("number")}, ${created("number")}
    FROM jsonb_to_recordset(${numbered(meters)}::jsonb) AS meter(
      number int, key text, name text, description text, event_name text, aggregation text, unique_key text, unit_name text)`);
  await executor.query(Prisma.sql`
    INSERT INTO products (
      environment_id, id, product_key, name, description, kind, tax_code, metadata, created_at, updated_at)
    SELECT ${environmentId}, ${id("product", "number")}, key, name, description, kind::product_kind,
           CASE kind WHEN 'ONE_TIME' THEN 'txcd_99999999' ELSE 'txcd_10103001' END,
           jsonb_build_object('line', CASE kind WHEN 'ONE_TIME' THEN 'services' ELSE 'software' END),
           ${created("number")}, ${created("number")}
    FROM jsonb_to_recordset(${JSON.stringify(products)}::jsonb) AS product(
      number int, key text, name text, description text, kind text)`);
  await executor.query(Prisma.sql`
    INSERT INTO prices (
      environment_id, id, product_id, meter_id, type, pricing_model, currency, unit_amount, "interval", interval_count,
      trial_period_days, nickname, lookup_key, active, pay_in_advance, created_at, updated_at)
    SELECT ${environmentId}, ${id("price", "product * 1000 + number * 10 + slot")}, ${id("product", "product")},
           ${id("meter", "meter")}, (CASE WHEN "interval" IS NULL THEN 'ONE_TIME' ELSE 'RECURRING' END)::price_type,
           model::pricing_model, currency.currency,
           CASE WHEN meter IS NULL THEN round(amount * rate / 100) * 100 ELSE round(amount * rate, 6) END,
           "interval"::billing_interval, interval_count, CASE lookup WHEN 'growth-month' THEN 14 ELSE 0 END, nickname,
           lookup || '-' || lower(currency.currency), active, meter IS NULL, ${created("product")}, ${created("product")}
    FROM jsonb_to_recordset(${JSON.stringify(offers)}::jsonb) AS offer(
      product int, slot int, lookup text, amount numeric, model text, active boolean, meter int, "interval" text,
      interval_count int, nickname text)
    CROSS JOIN jsonb_to_recordset(${numbered(currencies)}::jsonb) AS currency(number int, currency text, rate numeric)`);
}

function numbered(rows: readonly object[]): string {
  return JSON.stringify(rows.map((row, index) => ({ number: index + 1, ...row })));
}
