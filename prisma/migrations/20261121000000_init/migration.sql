CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE TYPE "product_kind" AS ENUM ('SUBSCRIPTION', 'ONE_TIME', 'USAGE');

CREATE TYPE "price_type" AS ENUM ('ONE_TIME', 'RECURRING');

CREATE TYPE "pricing_model" AS ENUM ('FIXED', 'PAY_WHAT_YOU_WANT', 'FREE');

CREATE TYPE "billing_interval" AS ENUM ('DAY', 'WEEK', 'MONTH', 'YEAR');

CREATE TYPE "customer_status" AS ENUM ('ACTIVE', 'ARCHIVED');

CREATE TYPE "invoice_status" AS ENUM ('DRAFT', 'PENDING_APPROVAL', 'REJECTED', 'APPROVED', 'FINALIZED', 'SENT', 'PARTIALLY_PAID', 'PAID', 'OVERDUE', 'VOID', 'UNCOLLECTIBLE', 'REFUNDED');

CREATE TYPE "subscription_status" AS ENUM ('PENDING', 'TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED', 'UNPAID', 'EXPIRED');

CREATE TYPE "collection_method" AS ENUM ('CHARGE_AUTOMATICALLY', 'SEND_INVOICE');

CREATE TYPE "meter_aggregation" AS ENUM ('COUNT', 'SUM', 'MAX', 'COUNT_UNIQUE', 'LAST');

CREATE TYPE "meter_status" AS ENUM ('ACTIVE', 'ARCHIVED');

CREATE TABLE "products" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "product_key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "kind" "product_kind" NOT NULL,
    "tax_code" TEXT,
    "image_url" TEXT,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "products_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "prices" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "meter_id" UUID,
    "type" "price_type" NOT NULL,
    "pricing_model" "pricing_model" NOT NULL DEFAULT 'FIXED',
    "currency" CHAR(3) NOT NULL,
    "unit_amount" DECIMAL(30,12) NOT NULL,
    "interval" "billing_interval",
    "interval_count" INTEGER,
    "trial_period_days" INTEGER NOT NULL DEFAULT 0,
    "nickname" TEXT,
    "lookup_key" TEXT,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "prices_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "customers" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "status" "customer_status" NOT NULL DEFAULT 'ACTIVE',
    "email" TEXT NOT NULL,
    "name" TEXT,
    "phone" TEXT,
    "company_name" TEXT,
    "address_line1" TEXT,
    "address_line2" TEXT,
    "city" TEXT,
    "state" TEXT,
    "region" TEXT,
    "postal_code" TEXT,
    "country" CHAR(2),
    "tax_id" TEXT,
    "tax_id_country" CHAR(2),
    "notes" TEXT,
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "merchant_ref_id" TEXT,
    "auth_user_id" UUID,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "custom_fields" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT,
    "updated_by" TEXT,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "customers_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "customer_external_ids" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "external_updated_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "replaced_at" TIMESTAMPTZ(3),
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "customer_external_ids_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "integration_mappings" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "provider_type" TEXT NOT NULL,
    "provider_entity_id" TEXT NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT,
    "updated_by" TEXT,

    CONSTRAINT "integration_mappings_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "events" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "object_type" TEXT NOT NULL,
    "object_id" UUID NOT NULL,
    "data" JSONB NOT NULL,
    "previous_attributes" JSONB,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "events_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "invoices" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "subscription_id" UUID,
    "number" TEXT,
    "status" "invoice_status" NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "subtotal" BIGINT NOT NULL DEFAULT 0,
    "discount" BIGINT NOT NULL DEFAULT 0,
    "tax" BIGINT NOT NULL DEFAULT 0,
    "total" BIGINT NOT NULL DEFAULT 0,
    "amount_paid" BIGINT NOT NULL DEFAULT 0,
    "amount_due" BIGINT NOT NULL DEFAULT 0,
    "period_start" TIMESTAMPTZ(3),
    "period_end" TIMESTAMPTZ(3),
    "issued_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "paid_at" TIMESTAMPTZ(3),
    "notes" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "invoice_lines" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,
    "unit_amount" DECIMAL(30,12) NOT NULL,
    "amount" BIGINT NOT NULL,
    "product_id" UUID,
    "price_id" UUID,
    "subscription_item_id" UUID,
    "period_start" TIMESTAMPTZ(3),
    "period_end" TIMESTAMPTZ(3),
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoice_lines_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "subscriptions" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "status" "subscription_status" NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "collection_method" "collection_method" NOT NULL DEFAULT 'CHARGE_AUTOMATICALLY',
    "interval" "billing_interval" NOT NULL,
    "interval_count" INTEGER NOT NULL DEFAULT 1,
    "billing_anchor_day" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "current_period_start" TIMESTAMPTZ(3) NOT NULL,
    "current_period_end" TIMESTAMPTZ(3) NOT NULL,
    "trial_end" TIMESTAMPTZ(3),
    "cancel_at_period_end" BOOLEAN NOT NULL DEFAULT false,
    "canceled_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "subscription_items" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "price_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "description" TEXT,
    "quantity" DECIMAL(38,12) NOT NULL DEFAULT 1,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscription_items_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "environments" (
    "id" UUID NOT NULL,
    "merchant_id" UUID NOT NULL,
    "merchant_name" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "environments_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "api_keys" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "last_four" CHAR(4) NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "meters" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "event_name" TEXT NOT NULL,
    "aggregation" "meter_aggregation" NOT NULL DEFAULT 'COUNT',
    "unique_key" TEXT,
    "unit_name" TEXT,
    "status" "meter_status" NOT NULL DEFAULT 'ACTIVE',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "meters_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE TABLE "usage_events" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "meter_id" UUID NOT NULL,
    "subscription_id" UUID,
    "quantity" DECIMAL(38,12) NOT NULL DEFAULT 1,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "properties" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "usage_events_pkey" PRIMARY KEY ("environment_id","id")
);

CREATE INDEX "products_environment_id_created_at_id_idx" ON "products"("environment_id", "created_at", "id");

CREATE INDEX "products_environment_id_kind_created_at_id_idx" ON "products"("environment_id", "kind", "created_at", "id");

CREATE UNIQUE INDEX "products_environment_id_product_key_key" ON "products"("environment_id", "product_key");

CREATE INDEX "prices_environment_id_created_at_id_idx" ON "prices"("environment_id", "created_at", "id");

CREATE INDEX "prices_environment_id_product_id_created_at_id_idx" ON "prices"("environment_id", "product_id", "created_at", "id");

CREATE INDEX "prices_environment_id_meter_id_created_at_id_idx" ON "prices"("environment_id", "meter_id", "created_at", "id");

CREATE INDEX "customers_environment_id_created_at_id_idx" ON "customers"("environment_id", "created_at", "id");

CREATE INDEX "customers_environment_id_updated_at_id_idx" ON "customers"("environment_id", "updated_at", "id");

CREATE INDEX "customers_environment_id_status_created_at_id_idx" ON "customers"("environment_id", "status", "created_at", "id");

CREATE INDEX "customers_environment_id_metadata_idx" ON "customers" USING GIN ("environment_id" uuid_ops, "metadata" jsonb_path_ops);

CREATE INDEX "customer_external_ids_environment_id_customer_id_idx" ON "customer_external_ids"("environment_id", "customer_id");

CREATE INDEX "customer_external_ids_environment_id_source_external_id_idx" ON "customer_external_ids"("environment_id", "source", "external_id");

CREATE UNIQUE INDEX "integration_mappings_environment_id_customer_id_provider_ty_key" ON "integration_mappings"("environment_id", "customer_id", "provider_type");

CREATE UNIQUE INDEX "integration_mappings_environment_id_provider_type_provider__key" ON "integration_mappings"("environment_id", "provider_type", "provider_entity_id");

CREATE INDEX "events_environment_id_sequence_idx" ON "events"("environment_id", "sequence");

CREATE INDEX "events_environment_id_object_id_sequence_idx" ON "events"("environment_id", "object_id", "sequence");

CREATE INDEX "invoices_environment_id_created_at_id_idx" ON "invoices"("environment_id", "created_at", "id");

CREATE INDEX "invoices_environment_id_status_created_at_id_idx" ON "invoices"("environment_id", "status", "created_at", "id");

CREATE INDEX "invoices_environment_id_customer_id_created_at_id_idx" ON "invoices"("environment_id", "customer_id", "created_at", "id");

CREATE INDEX "invoices_environment_id_subscription_id_created_at_id_idx" ON "invoices"("environment_id", "subscription_id", "created_at", "id");

CREATE UNIQUE INDEX "invoices_environment_id_number_key" ON "invoices"("environment_id", "number");

CREATE INDEX "invoice_lines_environment_id_invoice_id_position_id_idx" ON "invoice_lines"("environment_id", "invoice_id", "position", "id");

CREATE INDEX "invoice_lines_environment_id_product_id_idx" ON "invoice_lines"("environment_id", "product_id");

CREATE INDEX "invoice_lines_environment_id_price_id_idx" ON "invoice_lines"("environment_id", "price_id");

CREATE INDEX "invoice_lines_environment_id_subscription_item_id_idx" ON "invoice_lines"("environment_id", "subscription_item_id");

CREATE INDEX "subscriptions_environment_id_created_at_id_idx" ON "subscriptions"("environment_id", "created_at", "id");

CREATE INDEX "subscriptions_environment_id_status_created_at_id_idx" ON "subscriptions"("environment_id", "status", "created_at", "id");

CREATE INDEX "subscriptions_environment_id_customer_id_created_at_id_idx" ON "subscriptions"("environment_id", "customer_id", "created_at", "id");

CREATE INDEX "subscription_items_environment_id_subscription_id_position__idx" ON "subscription_items"("environment_id", "subscription_id", "position", "id");

CREATE INDEX "subscription_items_environment_id_price_id_idx" ON "subscription_items"("environment_id", "price_id");

CREATE UNIQUE INDEX "environments_merchant_id_livemode_key" ON "environments"("merchant_id", "livemode");

CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

CREATE INDEX "meters_environment_id_created_at_id_idx" ON "meters"("environment_id", "created_at", "id");

CREATE UNIQUE INDEX "meters_environment_id_event_name_key" ON "meters"("environment_id", "event_name");

CREATE INDEX "usage_events_environment_id_timestamp_id_idx" ON "usage_events"("environment_id", "timestamp", "id");

CREATE INDEX "usage_events_environment_id_customer_id_timestamp_id_idx" ON "usage_events"("environment_id", "customer_id", "timestamp", "id");

CREATE INDEX "usage_events_environment_id_customer_id_meter_id_timestamp__idx" ON "usage_events"("environment_id", "customer_id", "meter_id", "timestamp") INCLUDE ("quantity");

CREATE INDEX "usage_events_environment_id_meter_id_timestamp_id_idx" ON "usage_events"("environment_id", "meter_id", "timestamp", "id");

CREATE INDEX "usage_events_environment_id_subscription_id_timestamp_id_idx" ON "usage_events"("environment_id", "subscription_id", "timestamp", "id");

CREATE UNIQUE INDEX "usage_events_environment_id_idempotency_key_key" ON "usage_events"("environment_id", "idempotency_key");

ALTER TABLE "products" ADD CONSTRAINT "products_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "prices" ADD CONSTRAINT "prices_environment_id_product_id_fkey" FOREIGN KEY ("environment_id", "product_id") REFERENCES "products"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "prices" ADD CONSTRAINT "prices_environment_id_meter_id_fkey" FOREIGN KEY ("environment_id", "meter_id") REFERENCES "meters"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "customers" ADD CONSTRAINT "customers_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "customer_external_ids" ADD CONSTRAINT "customer_external_ids_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "integration_mappings" ADD CONSTRAINT "integration_mappings_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "events" ADD CONSTRAINT "events_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "invoices" ADD CONSTRAINT "invoices_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "invoices" ADD CONSTRAINT "invoices_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_environment_id_product_id_fkey" FOREIGN KEY ("environment_id", "product_id") REFERENCES "products"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_environment_id_price_id_fkey" FOREIGN KEY ("environment_id", "price_id") REFERENCES "prices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_environment_id_subscription_item_id_fkey" FOREIGN KEY ("environment_id", "subscription_item_id") REFERENCES "subscription_items"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "subscription_items" ADD CONSTRAINT "subscription_items_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "subscription_items" ADD CONSTRAINT "subscription_items_environment_id_price_id_fkey" FOREIGN KEY ("environment_id", "price_id") REFERENCES "prices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "meters" ADD CONSTRAINT "meters_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_environment_id_meter_id_fkey" FOREIGN KEY ("environment_id", "meter_id") REFERENCES "meters"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What Prisma's models cannot say.

CREATE FUNCTION is_currency(code text) RETURNS boolean
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN code = ANY (ARRAY[
    'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BHD', 'BIF',
    'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF',
    'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB',
    'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR',
    'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD',
    'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR',
    'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK',
    'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP',
    'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD',
    'TZS', 'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAF', 'XCD',
    'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG'
  ]);

-- Customers: one active customer an e-mail address, whatever its case; texts, search and sort orders.
CREATE UNIQUE INDEX customers_active_email_key ON customers (environment_id, lower(email)) WHERE status = 'ACTIVE';
CREATE INDEX customers_name_order_idx ON customers (environment_id, (lower(coalesce(name, '')) COLLATE "C"), id);
CREATE INDEX customers_email_order_idx ON customers (environment_id, (lower(email) COLLATE "C"), id);
CREATE INDEX customers_search_idx ON customers USING gin (
  environment_id,
  (lower(email || chr(10) || coalesce(name, '') || chr(10) || coalesce(company_name, '') || chr(10) || coalesce(phone, '')))
    gin_trgm_ops
);
ALTER TABLE customers
  ADD CONSTRAINT customers_version_check CHECK (version > 0),
  ADD CONSTRAINT customers_email_check CHECK (email <> '' AND length(email) <= 254),
  ADD CONSTRAINT customers_country_check CHECK (country ~ '^[A-Z]{2}$' AND tax_id_country ~ '^[A-Z]{2}$'),
  ADD CONSTRAINT customers_metadata_check CHECK (jsonb_typeof(metadata) = 'object' AND jsonb_typeof(custom_fields) = 'object'),
  ADD CONSTRAINT customers_archived_check CHECK ((status = 'ARCHIVED') = (archived_at IS NOT NULL));

-- External ids: one live row an id, and one live id a customer and source.
CREATE UNIQUE INDEX customer_external_ids_live_key ON customer_external_ids (environment_id, source, external_id)
  WHERE replaced_at IS NULL AND released_at IS NULL;
CREATE UNIQUE INDEX customer_external_ids_customer_source_key ON customer_external_ids (environment_id, customer_id, source)
  WHERE replaced_at IS NULL AND released_at IS NULL;
CREATE INDEX customer_external_ids_source_customer_idx ON customer_external_ids (environment_id, source, customer_id)
  WHERE replaced_at IS NULL AND released_at IS NULL;
ALTER TABLE customer_external_ids
  ADD CONSTRAINT customer_external_ids_text_check CHECK (source <> '' AND external_id <> '');

-- Catalog: one active price a lookup key; recurring prices have an interval, others none.
CREATE UNIQUE INDEX prices_active_lookup_key ON prices (environment_id, lookup_key) WHERE active;
ALTER TABLE prices
  ADD CONSTRAINT prices_currency_check CHECK (is_currency(currency)),
  ADD CONSTRAINT prices_unit_amount_check CHECK (unit_amount >= 0),
  ADD CONSTRAINT prices_trial_check CHECK (trial_period_days BETWEEN 0 AND 730),
  ADD CONSTRAINT prices_interval_check CHECK (
    CASE type
      WHEN 'RECURRING' THEN "interval" IS NOT NULL AND interval_count IS NOT NULL AND interval_count > 0
      ELSE "interval" IS NULL AND interval_count IS NULL
    END
  );

ALTER TABLE subscriptions
  ADD CONSTRAINT subscriptions_currency_check CHECK (is_currency(currency)),
  ADD CONSTRAINT subscriptions_period_check CHECK (current_period_start < current_period_end),
  ADD CONSTRAINT subscriptions_interval_check CHECK (interval_count > 0),
  ADD CONSTRAINT subscriptions_anchor_check CHECK (billing_anchor_day BETWEEN 1 AND 31);
ALTER TABLE subscription_items
  ADD CONSTRAINT subscription_items_quantity_check CHECK (quantity >= 0);

-- Invoices: amounts fit a JSON number exactly, and add up.
CREATE INDEX invoices_due_order_idx ON invoices (environment_id, (coalesce(due_at, 'infinity'::timestamptz)), id);
ALTER TABLE invoices
  ADD CONSTRAINT invoices_currency_check CHECK (is_currency(currency)),
  ADD CONSTRAINT invoices_amounts_check CHECK (
    subtotal >= 0 AND discount BETWEEN 0 AND subtotal AND tax >= 0
    AND total = subtotal - discount + tax AND total <= 9007199254740991
    AND amount_paid BETWEEN 0 AND total
    AND amount_due BETWEEN 0 AND total - amount_paid
  ),
  ADD CONSTRAINT invoices_period_check CHECK (period_start < period_end);
ALTER TABLE invoice_lines
  ADD CONSTRAINT invoice_lines_quantity_check CHECK (quantity >= 0),
  ADD CONSTRAINT invoice_lines_amount_check CHECK (amount BETWEEN -9007199254740991 AND 9007199254740991);

ALTER TABLE meters
  ADD CONSTRAINT meters_unique_key_check CHECK ((aggregation = 'COUNT_UNIQUE') = (unique_key IS NOT NULL));
ALTER TABLE usage_events
  ADD CONSTRAINT usage_events_quantity_check CHECK (quantity >= 0),
  ADD CONSTRAINT usage_events_properties_check CHECK (jsonb_typeof(properties) = 'object');

-- The outbox: what is still to be handed on, in order.
CREATE INDEX events_unpublished_idx ON events (sequence) WHERE published_at IS NULL;
