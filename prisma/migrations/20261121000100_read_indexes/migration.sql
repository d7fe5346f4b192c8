-- An index for every filter and order of the lists that the graph offers, below a parent too.

DROP INDEX "invoice_lines_environment_id_price_id_idx";
DROP INDEX "invoice_lines_environment_id_product_id_idx";
DROP INDEX "invoice_lines_environment_id_subscription_item_id_idx";
DROP INDEX "subscription_items_environment_id_price_id_idx";
CREATE INDEX "invoice_lines_environment_id_product_id_created_at_id_idx" ON "invoice_lines"("environment_id", "product_id", "created_at", "id");
CREATE INDEX "invoice_lines_environment_id_price_id_created_at_id_idx" ON "invoice_lines"("environment_id", "price_id", "created_at", "id");
CREATE INDEX "invoice_lines_environment_id_subscription_item_id_created_a_idx" ON "invoice_lines"("environment_id", "subscription_item_id", "created_at", "id");
CREATE INDEX "invoices_environment_id_currency_created_at_id_idx" ON "invoices"("environment_id", "currency", "created_at", "id");
CREATE INDEX "invoices_environment_id_customer_id_status_created_at_id_idx" ON "invoices"("environment_id", "customer_id", "status", "created_at", "id");
CREATE INDEX "meters_environment_id_status_created_at_id_idx" ON "meters"("environment_id", "status", "created_at", "id");
CREATE INDEX "prices_environment_id_active_created_at_id_idx" ON "prices"("environment_id", "active", "created_at", "id");
CREATE INDEX "prices_environment_id_currency_created_at_id_idx" ON "prices"("environment_id", "currency", "created_at", "id");
CREATE INDEX "prices_environment_id_type_created_at_id_idx" ON "prices"("environment_id", "type", "created_at", "id");
CREATE INDEX "prices_environment_id_lookup_key_created_at_id_idx" ON "prices"("environment_id", "lookup_key", "created_at", "id");
CREATE INDEX "products_environment_id_active_created_at_id_idx" ON "products"("environment_id", "active", "created_at", "id");
CREATE INDEX "subscription_items_environment_id_price_id_created_at_id_idx" ON "subscription_items"("environment_id", "price_id", "created_at", "id");
CREATE INDEX "subscriptions_environment_id_customer_id_status_created_at__idx" ON "subscriptions"("environment_id", "customer_id", "status", "created_at", "id");

-- What Prisma's models cannot say.

CREATE INDEX products_name_order_idx ON products (environment_id, (lower(name) COLLATE "C"), id);
CREATE INDEX products_search_idx ON products USING gin (
  environment_id, (lower(name || chr(10) || product_key)) gin_trgm_ops
);
CREATE INDEX meters_name_order_idx ON meters (environment_id, (lower(name) COLLATE "C"), id);

-- Invoices that are never due come last.
CREATE INDEX invoices_customer_due_order_idx
  ON invoices (environment_id, customer_id, (coalesce(due_at, 'infinity'::timestamptz)), id);
CREATE INDEX invoices_subscription_due_order_idx
  ON invoices (environment_id, subscription_id, (coalesce(due_at, 'infinity'::timestamptz)), id);
