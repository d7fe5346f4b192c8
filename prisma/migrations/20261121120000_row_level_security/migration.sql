-- Row level security: the second line of tenant isolation. See docs/decisions/0016-row-level-security.md.

-- The environment that the current transaction works for; null for the platform itself.
CREATE FUNCTION current_environment_id() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('billgraph.environment_id', true), '')::uuid;

-- Keeps work for an environment to its own rows of a table; `key` is the column with the environment's id. To be called
-- once for every new table. The owner of the tables is the platform, and may do everything.
--
-- The view own_<table> has the same rows, each as one value, `record`. A policy goes before every condition that might
-- tell something of the rows it hides, and so keeps LIKE, lower(), @> and = on enums from their indexes; the view, which
-- reads with the rights of its owner, does not. What adds a column to the table need not touch it.
CREATE FUNCTION isolate(target regclass, key name DEFAULT 'environment_id') RETURNS void
  LANGUAGE plpgsql
AS $$
DECLARE
  named name := (SELECT relname FROM pg_class WHERE oid = target);
  -- Written out: a function would be opened again whenever a statement is planned.
  own text := format('%I = nullif(current_setting(''billgraph.environment_id'', true), '''')::uuid', key);
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY tenant ON %s USING (%s)', target, own);
  EXECUTE format('CREATE POLICY platform ON %s TO CURRENT_USER USING (true)', target);
  EXECUTE format('CREATE VIEW %I AS SELECT t AS record FROM %s t WHERE %s', 'own_' || named, target, own);
END
$$;

SELECT isolate('environments', 'id');
SELECT isolate('api_keys');
SELECT isolate('billing_settings');
SELECT isolate('credit_note_lines');
SELECT isolate('credit_notes');
SELECT isolate('customer_balance_transactions');
SELECT isolate('customer_balances');
SELECT isolate('customer_external_ids');
SELECT isolate('customers');
SELECT isolate('discount_products');
SELECT isolate('discount_redemptions');
SELECT isolate('discounts');
SELECT isolate('events');
SELECT isolate('idempotency_keys');
SELECT isolate('integration_mappings');
SELECT isolate('invoice_comments');
SELECT isolate('invoice_deliveries');
SELECT isolate('invoice_discounts');
SELECT isolate('invoice_line_taxes');
SELECT isolate('invoice_lines');
SELECT isolate('invoice_payments');
SELECT isolate('invoices');
SELECT isolate('meters');
SELECT isolate('number_sequences');
SELECT isolate('pending_invoice_items');
SELECT isolate('persisted_documents');
SELECT isolate('prices');
SELECT isolate('products');
SELECT isolate('subscription_items');
SELECT isolate('subscription_phase_items');
SELECT isolate('subscription_phases');
SELECT isolate('subscription_schedules');
SELECT isolate('subscription_tax_rates');
SELECT isolate('subscriptions');
SELECT isolate('tax_rates');
SELECT isolate('test_clocks');
SELECT isolate('usage_events');
