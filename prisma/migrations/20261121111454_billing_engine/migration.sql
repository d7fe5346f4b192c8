-- CreateEnum
CREATE TYPE "billing_scheme" AS ENUM ('PER_UNIT', 'TIERED', 'PACKAGE', 'PERCENTAGE');

-- CreateEnum
CREATE TYPE "tiers_mode" AS ENUM ('GRADUATED', 'VOLUME');

-- CreateEnum
CREATE TYPE "package_rounding" AS ENUM ('UP', 'DOWN');

-- CreateEnum
CREATE TYPE "fulfillment_type" AS ENUM ('NONE', 'DIGITAL', 'PHYSICAL');

-- CreateEnum
CREATE TYPE "billing_anchor_rule" AS ENUM ('SAME_DAY', 'DAY_OF_MONTH', 'LAST_DAY');

-- CreateEnum
CREATE TYPE "first_charge_behavior" AS ENUM ('IMMEDIATE', 'NEXT_ANCHOR', 'PRORATE');

-- CreateEnum
CREATE TYPE "product_end_behavior" AS ENUM ('UNTIL_CANCELED', 'FIXED_PAYMENTS');

-- CreateEnum
CREATE TYPE "tax_behavior" AS ENUM ('INCLUSIVE', 'EXCLUSIVE');

-- CreateEnum
CREATE TYPE "credit_note_status" AS ENUM ('DRAFT', 'PENDING', 'ISSUED', 'APPLIED', 'VOID');

-- CreateEnum
CREATE TYPE "credit_note_reason" AS ENUM ('CUSTOMER_REQUEST', 'DUPLICATE_CHARGE', 'SERVICE_ISSUE', 'BILLING_ERROR', 'SUBSCRIPTION_CANCELLATION', 'PRORATION', 'OTHER');

-- CreateEnum
CREATE TYPE "credit_method" AS ENUM ('REFUND_TO_PAYMENT_METHOD', 'CUSTOMER_BALANCE', 'EXTERNAL');

-- CreateEnum
CREATE TYPE "discount_type" AS ENUM ('PERCENTAGE', 'FIXED_AMOUNT');

-- CreateEnum
CREATE TYPE "discount_scope" AS ENUM ('ENTIRE_ORDER', 'SPECIFIC_PRODUCTS', 'SUBSCRIPTION_ONLY', 'ONE_TIME_ONLY');

-- CreateEnum
CREATE TYPE "discount_duration" AS ENUM ('ONCE', 'FOREVER', 'REPEATING');

-- CreateEnum
CREATE TYPE "billing_reason" AS ENUM ('MANUAL', 'EXTERNAL', 'SUBSCRIPTION_CREATE', 'SUBSCRIPTION_CYCLE', 'SUBSCRIPTION_UPDATE', 'SUBSCRIPTION_CANCEL');

-- CreateEnum
CREATE TYPE "invoice_line_kind" AS ENUM ('ITEM', 'USAGE', 'PRORATION_CREDIT', 'PRORATION_CHARGE', 'ADJUSTMENT');

-- CreateEnum
CREATE TYPE "invoice_channel" AS ENUM ('EMAIL', 'SMS', 'WHATSAPP');

-- CreateEnum
CREATE TYPE "invoice_payment_kind" AS ENUM ('PAYMENT', 'REFUND');

-- CreateEnum
CREATE TYPE "sequence_kind" AS ENUM ('INVOICE', 'CREDIT_NOTE');

-- CreateEnum
CREATE TYPE "test_clock_status" AS ENUM ('READY', 'ADVANCING');

-- CreateEnum
CREATE TYPE "proration_mode" AS ENUM ('IMMEDIATE', 'NEXT_INVOICE', 'NONE');

-- CreateEnum
CREATE TYPE "billing_end_strategy" AS ENUM ('INDEFINITE', 'ON_DATE', 'AFTER_CYCLES');

-- CreateEnum
CREATE TYPE "pause_behavior" AS ENUM ('KEEP_AS_DRAFT', 'MARK_UNCOLLECTIBLE', 'VOID');

-- CreateEnum
CREATE TYPE "schedule_status" AS ENUM ('NOT_STARTED', 'ACTIVE', 'COMPLETED', 'CANCELED', 'RELEASED');

-- CreateEnum
CREATE TYPE "schedule_end_behavior" AS ENUM ('CANCEL', 'RELEASE');

-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "test_clock_id" UUID;

-- AlterTable
ALTER TABLE "invoice_lines" ADD COLUMN     "breakdown" JSONB,
ADD COLUMN     "credit" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "discount" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "kind" "invoice_line_kind" NOT NULL DEFAULT 'ITEM',
ADD COLUMN     "tax" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "tax_included" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "invoices" ADD COLUMN     "allowed_methods" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "amount_credited" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "amount_refunded" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "approved_at" TIMESTAMPTZ(3),
ADD COLUMN     "billing_reason" "billing_reason" NOT NULL DEFAULT 'MANUAL',
ADD COLUMN     "collection_method" "collection_method" NOT NULL DEFAULT 'SEND_INVOICE',
ADD COLUMN     "content_hash" TEXT,
ADD COLUMN     "credit" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "custom_fields" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "customer_snapshot" JSONB,
ADD COLUMN     "external_id" TEXT,
ADD COLUMN     "external_source" TEXT,
ADD COLUMN     "external_type" TEXT,
ADD COLUMN     "external_updated_at" TIMESTAMPTZ(6),
ADD COLUMN     "finalized_at" TIMESTAMPTZ(3),
ADD COLUMN     "overdue_at" TIMESTAMPTZ(3),
ADD COLUMN     "public_token" TEXT,
ADD COLUMN     "rejected_at" TIMESTAMPTZ(3),
ADD COLUMN     "rejection_reason" TEXT,
ADD COLUMN     "seller_snapshot" JSONB,
ADD COLUMN     "sent_at" TIMESTAMPTZ(3),
ADD COLUMN     "submitted_at" TIMESTAMPTZ(3),
ADD COLUMN     "subscription_terms" JSONB,
ADD COLUMN     "tax_included" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "uncollectible_at" TIMESTAMPTZ(3),
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "void_reason" TEXT,
ADD COLUMN     "voided_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "prices" ADD COLUMN     "billing_scheme" "billing_scheme" NOT NULL DEFAULT 'PER_UNIT',
ADD COLUMN     "charge_flat_on_zero" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "description" TEXT,
ADD COLUMN     "maximum_amount" BIGINT,
ADD COLUMN     "minimum_amount" BIGINT,
ADD COLUMN     "name" TEXT,
ADD COLUMN     "package_rounding" "package_rounding",
ADD COLUMN     "package_size" DECIMAL(38,12),
ADD COLUMN     "pay_in_advance" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "percentage_bps" INTEGER,
ADD COLUMN     "preset_amounts" BIGINT[] DEFAULT ARRAY[]::BIGINT[],
ADD COLUMN     "spending_minimum" BIGINT,
ADD COLUMN     "start_rule" "first_charge_behavior" NOT NULL DEFAULT 'IMMEDIATE',
ADD COLUMN     "suggested_amount" BIGINT,
ADD COLUMN     "tiers" JSONB,
ADD COLUMN     "tiers_mode" "tiers_mode",
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "products" ADD COLUMN     "billing_anchor_day" INTEGER,
ADD COLUMN     "billing_anchor_rule" "billing_anchor_rule" NOT NULL DEFAULT 'SAME_DAY',
ADD COLUMN     "default_price_id" UUID,
ADD COLUMN     "end_behavior" "product_end_behavior" NOT NULL DEFAULT 'UNTIL_CANCELED',
ADD COLUMN     "external_id" TEXT,
ADD COLUMN     "external_source" TEXT,
ADD COLUMN     "external_updated_at" TIMESTAMPTZ(6),
ADD COLUMN     "first_charge_behavior" "first_charge_behavior" NOT NULL DEFAULT 'IMMEDIATE',
ADD COLUMN     "fulfillment_type" "fulfillment_type" NOT NULL DEFAULT 'NONE',
ADD COLUMN     "max_payments" INTEGER,
ADD COLUMN     "slug" TEXT,
ADD COLUMN     "stock_quantity" INTEGER,
ADD COLUMN     "tax_behavior" "tax_behavior" NOT NULL DEFAULT 'EXCLUSIVE',
ADD COLUMN     "track_inventory" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "billing_anchor" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "billing_end_strategy" "billing_end_strategy" NOT NULL DEFAULT 'INDEFINITE',
ADD COLUMN     "billing_ends_on" TIMESTAMPTZ(3),
ADD COLUMN     "billing_max_cycles" INTEGER,
ADD COLUMN     "cancel_at" TIMESTAMPTZ(3),
ADD COLUMN     "cancellation_reason" TEXT,
ADD COLUMN     "cycles_billed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "dunning_retries" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "dunning_since" TIMESTAMPTZ(3),
ADD COLUMN     "next_retry_at" TIMESTAMPTZ(3),
ADD COLUMN     "next_step_at" TIMESTAMPTZ(3),
ADD COLUMN     "pause_at_period_end" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "pause_behavior" "pause_behavior",
ADD COLUMN     "paused_at" TIMESTAMPTZ(3),
ADD COLUMN     "proration_mode" "proration_mode" NOT NULL DEFAULT 'IMMEDIATE',
ADD COLUMN     "resumes_at" TIMESTAMPTZ(3),
ADD COLUMN     "timezone" TEXT NOT NULL DEFAULT 'UTC',
ADD COLUMN     "trial_start" TIMESTAMPTZ(3),
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "credit_notes" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "status" "credit_note_status" NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "amount" BIGINT NOT NULL,
    "tax_amount" BIGINT NOT NULL DEFAULT 0,
    "reason" TEXT,
    "reason_code" "credit_note_reason" NOT NULL DEFAULT 'OTHER',
    "credit_method" "credit_method" NOT NULL DEFAULT 'REFUND_TO_PAYMENT_METHOD',
    "prorated" BOOLEAN NOT NULL DEFAULT false,
    "days_total" INTEGER,
    "days_unused" INTEGER,
    "idempotency_key" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "issued_at" TIMESTAMPTZ(3),
    "applied_at" TIMESTAMPTZ(3),
    "voided_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_notes_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "credit_note_lines" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "credit_note_id" UUID NOT NULL,
    "invoice_line_id" UUID,
    "position" INTEGER NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL DEFAULT 1,
    "unit_amount" DECIMAL(30,12) NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "credit_note_lines_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "customer_balances" (
    "environment_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "amount" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "customer_balances_pkey" PRIMARY KEY ("environment_id","customer_id","currency")
);

-- CreateTable
CREATE TABLE "customer_balance_transactions" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "amount" BIGINT NOT NULL,
    "balance" BIGINT NOT NULL,
    "description" TEXT,
    "invoice_id" UUID,
    "credit_note_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_balance_transactions_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "discounts" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT,
    "description" TEXT,
    "type" "discount_type" NOT NULL,
    "value" DECIMAL(30,12) NOT NULL,
    "currency" CHAR(3),
    "scope" "discount_scope" NOT NULL DEFAULT 'ENTIRE_ORDER',
    "duration" "discount_duration" NOT NULL DEFAULT 'ONCE',
    "duration_cycles" INTEGER,
    "max_redemptions" INTEGER,
    "max_redemptions_per_customer" INTEGER NOT NULL DEFAULT 0,
    "redemptions" INTEGER NOT NULL DEFAULT 0,
    "first_time_only" BOOLEAN NOT NULL DEFAULT false,
    "valid_from" TIMESTAMPTZ(3),
    "valid_until" TIMESTAMPTZ(3),
    "active" BOOLEAN NOT NULL DEFAULT true,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "discounts_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "discount_products" (
    "environment_id" UUID NOT NULL,
    "discount_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,

    CONSTRAINT "discount_products_pkey" PRIMARY KEY ("environment_id","discount_id","product_id")
);

-- CreateTable
CREATE TABLE "discount_redemptions" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "discount_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "subscription_id" UUID,
    "invoice_id" UUID,
    "cycles_applied" INTEGER NOT NULL DEFAULT 0,
    "redeemed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "discount_redemptions_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "invoice_line_taxes" (
    "environment_id" UUID NOT NULL,
    "line_id" UUID NOT NULL,
    "tax_rate_id" UUID NOT NULL,
    "percentage" DECIMAL(9,6) NOT NULL,
    "inclusive" BOOLEAN NOT NULL,
    "taxable" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "invoice_line_taxes_pkey" PRIMARY KEY ("environment_id","line_id","tax_rate_id")
);

-- CreateTable
CREATE TABLE "invoice_discounts" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "redemption_id" UUID,
    "description" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "invoice_discounts_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "invoice_comments" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "user_id" TEXT,
    "content" TEXT NOT NULL,
    "internal" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoice_comments_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "invoice_deliveries" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "channel" "invoice_channel" NOT NULL,
    "recipient" TEXT NOT NULL,
    "template_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoice_deliveries_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "invoice_payments" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "kind" "invoice_payment_kind" NOT NULL DEFAULT 'PAYMENT',
    "amount" BIGINT NOT NULL,
    "method" TEXT NOT NULL,
    "reference" TEXT,
    "notes" TEXT,
    "reason" TEXT,
    "paid_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoice_payments_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "subscription_schedules" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "subscription_id" UUID,
    "status" "schedule_status" NOT NULL DEFAULT 'NOT_STARTED',
    "end_behavior" "schedule_end_behavior" NOT NULL DEFAULT 'CANCEL',
    "current_phase" INTEGER,
    "next_step_at" TIMESTAMPTZ(3),
    "canceled_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "released_at" TIMESTAMPTZ(3),
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscription_schedules_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "subscription_phases" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "schedule_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "proration_mode" "proration_mode" NOT NULL DEFAULT 'IMMEDIATE',
    "collection_method" "collection_method",
    "discount_id" UUID,
    "trial_end" TIMESTAMPTZ(3),
    "metadata" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "subscription_phases_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "subscription_phase_items" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "phase_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "price_id" UUID NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL DEFAULT 1,

    CONSTRAINT "subscription_phase_items_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "billing_settings" (
    "environment_id" UUID NOT NULL,
    "seller" JSONB NOT NULL DEFAULT '{}',
    "invoice_prefix" TEXT NOT NULL DEFAULT 'INV-',
    "credit_note_prefix" TEXT NOT NULL DEFAULT 'CN-',
    "payment_term_days" INTEGER NOT NULL DEFAULT 0,
    "dunning_retry_days" INTEGER[] DEFAULT ARRAY[1, 3, 7]::INTEGER[],
    "dunning_grace_days" INTEGER NOT NULL DEFAULT 7,
    "auto_cancel_unpaid" BOOLEAN NOT NULL DEFAULT false,
    "prorate_by_day" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "billing_settings_pkey" PRIMARY KEY ("environment_id")
);

-- CreateTable
CREATE TABLE "number_sequences" (
    "environment_id" UUID NOT NULL,
    "kind" "sequence_kind" NOT NULL,
    "last" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "number_sequences_pkey" PRIMARY KEY ("environment_id","kind")
);

-- CreateTable
CREATE TABLE "test_clocks" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT,
    "status" "test_clock_status" NOT NULL DEFAULT 'READY',
    "now" TIMESTAMPTZ(3) NOT NULL,
    "advancing_to" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "test_clocks_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "subscription_tax_rates" (
    "environment_id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "tax_rate_id" UUID NOT NULL,

    CONSTRAINT "subscription_tax_rates_pkey" PRIMARY KEY ("environment_id","subscription_id","tax_rate_id")
);

-- CreateTable
CREATE TABLE "pending_invoice_items" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "subscription_id" UUID,
    "subscription_item_id" UUID,
    "invoice_id" UUID,
    "kind" "invoice_line_kind" NOT NULL,
    "description" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL DEFAULT 1,
    "unit_amount" DECIMAL(30,12) NOT NULL,
    "amount" BIGINT NOT NULL,
    "period_start" TIMESTAMPTZ(3),
    "period_end" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pending_invoice_items_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "tax_rates" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "percentage" DECIMAL(9,6) NOT NULL,
    "inclusive" BOOLEAN NOT NULL DEFAULT false,
    "country" CHAR(2),
    "state" TEXT,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tax_rates_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateIndex
CREATE INDEX "credit_notes_environment_id_created_at_id_idx" ON "credit_notes"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_notes_environment_id_status_created_at_id_idx" ON "credit_notes"("environment_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_notes_environment_id_invoice_id_created_at_id_idx" ON "credit_notes"("environment_id", "invoice_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_notes_environment_id_customer_id_created_at_id_idx" ON "credit_notes"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "credit_notes_environment_id_number_key" ON "credit_notes"("environment_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "credit_notes_environment_id_idempotency_key_key" ON "credit_notes"("environment_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "credit_note_lines_environment_id_credit_note_id_position_id_idx" ON "credit_note_lines"("environment_id", "credit_note_id", "position", "id");

-- CreateIndex
CREATE INDEX "credit_note_lines_environment_id_invoice_line_id_idx" ON "credit_note_lines"("environment_id", "invoice_line_id");

-- CreateIndex
CREATE INDEX "customer_balance_transactions_environment_id_customer_id_cr_idx" ON "customer_balance_transactions"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "customer_balance_transactions_environment_id_invoice_id_idx" ON "customer_balance_transactions"("environment_id", "invoice_id");

-- CreateIndex
CREATE INDEX "customer_balance_transactions_environment_id_credit_note_id_idx" ON "customer_balance_transactions"("environment_id", "credit_note_id");

-- CreateIndex
CREATE INDEX "discounts_environment_id_created_at_id_idx" ON "discounts"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "discounts_environment_id_active_created_at_id_idx" ON "discounts"("environment_id", "active", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "discounts_environment_id_code_key" ON "discounts"("environment_id", "code");

-- CreateIndex
CREATE INDEX "discount_products_environment_id_product_id_idx" ON "discount_products"("environment_id", "product_id");

-- CreateIndex
CREATE INDEX "discount_redemptions_environment_id_discount_id_customer_id_idx" ON "discount_redemptions"("environment_id", "discount_id", "customer_id");

-- CreateIndex
CREATE INDEX "discount_redemptions_environment_id_subscription_id_idx" ON "discount_redemptions"("environment_id", "subscription_id");

-- CreateIndex
CREATE INDEX "discount_redemptions_environment_id_invoice_id_idx" ON "discount_redemptions"("environment_id", "invoice_id");

-- CreateIndex
CREATE INDEX "discount_redemptions_environment_id_customer_id_idx" ON "discount_redemptions"("environment_id", "customer_id");

-- CreateIndex
CREATE INDEX "invoice_line_taxes_environment_id_tax_rate_id_idx" ON "invoice_line_taxes"("environment_id", "tax_rate_id");

-- CreateIndex
CREATE INDEX "invoice_discounts_environment_id_invoice_id_position_id_idx" ON "invoice_discounts"("environment_id", "invoice_id", "position", "id");

-- CreateIndex
CREATE INDEX "invoice_comments_environment_id_invoice_id_created_at_id_idx" ON "invoice_comments"("environment_id", "invoice_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "invoice_deliveries_environment_id_invoice_id_created_at_id_idx" ON "invoice_deliveries"("environment_id", "invoice_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "invoice_payments_environment_id_created_at_id_idx" ON "invoice_payments"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "invoice_payments_environment_id_invoice_id_created_at_id_idx" ON "invoice_payments"("environment_id", "invoice_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "invoice_payments_environment_id_customer_id_created_at_id_idx" ON "invoice_payments"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "subscription_schedules_environment_id_created_at_id_idx" ON "subscription_schedules"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "subscription_schedules_environment_id_customer_id_created_a_idx" ON "subscription_schedules"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "subscription_schedules_environment_id_subscription_id_creat_idx" ON "subscription_schedules"("environment_id", "subscription_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "subscription_phases_environment_id_discount_id_idx" ON "subscription_phases"("environment_id", "discount_id");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_phases_environment_id_schedule_id_position_key" ON "subscription_phases"("environment_id", "schedule_id", "position");

-- CreateIndex
CREATE INDEX "subscription_phase_items_environment_id_price_id_idx" ON "subscription_phase_items"("environment_id", "price_id");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_phase_items_environment_id_phase_id_position_key" ON "subscription_phase_items"("environment_id", "phase_id", "position");

-- CreateIndex
CREATE INDEX "test_clocks_environment_id_created_at_id_idx" ON "test_clocks"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "subscription_tax_rates_environment_id_tax_rate_id_idx" ON "subscription_tax_rates"("environment_id", "tax_rate_id");

-- CreateIndex
CREATE INDEX "pending_invoice_items_environment_id_customer_id_idx" ON "pending_invoice_items"("environment_id", "customer_id");

-- CreateIndex
CREATE INDEX "pending_invoice_items_environment_id_subscription_id_create_idx" ON "pending_invoice_items"("environment_id", "subscription_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "pending_invoice_items_environment_id_subscription_item_id_idx" ON "pending_invoice_items"("environment_id", "subscription_item_id");

-- CreateIndex
CREATE INDEX "pending_invoice_items_environment_id_invoice_id_idx" ON "pending_invoice_items"("environment_id", "invoice_id");

-- CreateIndex
CREATE INDEX "tax_rates_environment_id_created_at_id_idx" ON "tax_rates"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "tax_rates_environment_id_active_created_at_id_idx" ON "tax_rates"("environment_id", "active", "created_at", "id");

-- CreateIndex
CREATE INDEX "customers_environment_id_test_clock_id_created_at_id_idx" ON "customers"("environment_id", "test_clock_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_environment_id_external_source_external_id_key" ON "invoices"("environment_id", "external_source", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_environment_id_public_token_key" ON "invoices"("environment_id", "public_token");

-- CreateIndex
CREATE UNIQUE INDEX "products_environment_id_external_source_external_id_key" ON "products"("environment_id", "external_source", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "products_environment_id_default_price_id_key" ON "products"("environment_id", "default_price_id");

-- AddForeignKey
ALTER TABLE "products" ADD CONSTRAINT "products_environment_id_default_price_id_fkey" FOREIGN KEY ("environment_id", "default_price_id") REFERENCES "prices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_note_lines" ADD CONSTRAINT "credit_note_lines_environment_id_credit_note_id_fkey" FOREIGN KEY ("environment_id", "credit_note_id") REFERENCES "credit_notes"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_note_lines" ADD CONSTRAINT "credit_note_lines_environment_id_invoice_line_id_fkey" FOREIGN KEY ("environment_id", "invoice_line_id") REFERENCES "invoice_lines"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "customer_balances" ADD CONSTRAINT "customer_balances_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "customer_balance_transactions" ADD CONSTRAINT "customer_balance_transactions_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "customer_balance_transactions" ADD CONSTRAINT "customer_balance_transactions_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "customer_balance_transactions" ADD CONSTRAINT "customer_balance_transactions_environment_id_credit_note_i_fkey" FOREIGN KEY ("environment_id", "credit_note_id") REFERENCES "credit_notes"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "customers" ADD CONSTRAINT "customers_environment_id_test_clock_id_fkey" FOREIGN KEY ("environment_id", "test_clock_id") REFERENCES "test_clocks"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "discounts" ADD CONSTRAINT "discounts_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "discount_products" ADD CONSTRAINT "discount_products_environment_id_discount_id_fkey" FOREIGN KEY ("environment_id", "discount_id") REFERENCES "discounts"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "discount_products" ADD CONSTRAINT "discount_products_environment_id_product_id_fkey" FOREIGN KEY ("environment_id", "product_id") REFERENCES "products"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "discount_redemptions" ADD CONSTRAINT "discount_redemptions_environment_id_discount_id_fkey" FOREIGN KEY ("environment_id", "discount_id") REFERENCES "discounts"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "discount_redemptions" ADD CONSTRAINT "discount_redemptions_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "discount_redemptions" ADD CONSTRAINT "discount_redemptions_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "discount_redemptions" ADD CONSTRAINT "discount_redemptions_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_line_taxes" ADD CONSTRAINT "invoice_line_taxes_environment_id_line_id_fkey" FOREIGN KEY ("environment_id", "line_id") REFERENCES "invoice_lines"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_line_taxes" ADD CONSTRAINT "invoice_line_taxes_environment_id_tax_rate_id_fkey" FOREIGN KEY ("environment_id", "tax_rate_id") REFERENCES "tax_rates"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_discounts" ADD CONSTRAINT "invoice_discounts_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_comments" ADD CONSTRAINT "invoice_comments_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_deliveries" ADD CONSTRAINT "invoice_deliveries_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_payments" ADD CONSTRAINT "invoice_payments_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_payments" ADD CONSTRAINT "invoice_payments_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_schedules" ADD CONSTRAINT "subscription_schedules_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_schedules" ADD CONSTRAINT "subscription_schedules_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_phases" ADD CONSTRAINT "subscription_phases_environment_id_schedule_id_fkey" FOREIGN KEY ("environment_id", "schedule_id") REFERENCES "subscription_schedules"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_phases" ADD CONSTRAINT "subscription_phases_environment_id_discount_id_fkey" FOREIGN KEY ("environment_id", "discount_id") REFERENCES "discounts"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_phase_items" ADD CONSTRAINT "subscription_phase_items_environment_id_phase_id_fkey" FOREIGN KEY ("environment_id", "phase_id") REFERENCES "subscription_phases"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_phase_items" ADD CONSTRAINT "subscription_phase_items_environment_id_price_id_fkey" FOREIGN KEY ("environment_id", "price_id") REFERENCES "prices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "billing_settings" ADD CONSTRAINT "billing_settings_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "number_sequences" ADD CONSTRAINT "number_sequences_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "test_clocks" ADD CONSTRAINT "test_clocks_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_tax_rates" ADD CONSTRAINT "subscription_tax_rates_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_tax_rates" ADD CONSTRAINT "subscription_tax_rates_environment_id_tax_rate_id_fkey" FOREIGN KEY ("environment_id", "tax_rate_id") REFERENCES "tax_rates"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "pending_invoice_items" ADD CONSTRAINT "pending_invoice_items_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "pending_invoice_items" ADD CONSTRAINT "pending_invoice_items_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "pending_invoice_items" ADD CONSTRAINT "pending_invoice_items_environment_id_subscription_item_id_fkey" FOREIGN KEY ("environment_id", "subscription_item_id") REFERENCES "subscription_items"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "pending_invoice_items" ADD CONSTRAINT "pending_invoice_items_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "tax_rates" ADD CONSTRAINT "tax_rates_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What Prisma's models cannot say.

-- Subscriptions that there are already count their periods from their start.
UPDATE subscriptions SET billing_anchor = started_at;

-- What the engine has to do next, over all environments.
CREATE INDEX subscriptions_due_idx ON subscriptions (next_step_at, environment_id, id) WHERE next_step_at IS NOT NULL;
CREATE INDEX subscription_schedules_due_idx ON subscription_schedules (next_step_at, environment_id, id)
  WHERE next_step_at IS NOT NULL;
CREATE INDEX invoices_overdue_idx ON invoices (due_at, environment_id, id)
  WHERE status IN ('SENT', 'PARTIALLY_PAID') AND due_at IS NOT NULL;

-- A period is billed once; a subscription has one live schedule, and one price or product a lookup key or slug.
CREATE UNIQUE INDEX invoices_period_key ON invoices (environment_id, subscription_id, period_start)
  WHERE billing_reason IN ('SUBSCRIPTION_CREATE', 'SUBSCRIPTION_CYCLE');
CREATE UNIQUE INDEX subscription_schedules_live_key ON subscription_schedules (environment_id, subscription_id)
  WHERE status IN ('NOT_STARTED', 'ACTIVE');
CREATE UNIQUE INDEX products_slug_key ON products (environment_id, slug) WHERE slug IS NOT NULL AND archived_at IS NULL;
CREATE INDEX pending_invoice_items_waiting_idx ON pending_invoice_items (environment_id, customer_id, currency, created_at, id)
  WHERE invoice_id IS NULL;

ALTER TABLE products
  ADD CONSTRAINT products_stock_check CHECK (stock_quantity >= 0 AND track_inventory = (stock_quantity IS NOT NULL)),
  ADD CONSTRAINT products_anchor_check CHECK (billing_anchor_day BETWEEN 1 AND 31),
  ADD CONSTRAINT products_payments_check CHECK (
    max_payments BETWEEN 1 AND 999 AND (end_behavior = 'FIXED_PAYMENTS') = (max_payments IS NOT NULL)
  ),
  ADD CONSTRAINT products_external_check CHECK ((external_source IS NULL) = (external_id IS NULL));
ALTER TABLE prices
  ADD CONSTRAINT prices_tiers_check CHECK (
    (billing_scheme = 'TIERED') = (tiers IS NOT NULL) AND (tiers IS NULL) = (tiers_mode IS NULL)
  ),
  ADD CONSTRAINT prices_package_check CHECK (
    (billing_scheme = 'PACKAGE') = (package_size IS NOT NULL) AND (package_size IS NULL) = (package_rounding IS NULL)
    AND package_size > 0
  ),
  ADD CONSTRAINT prices_percentage_check CHECK (
    (billing_scheme = 'PERCENTAGE') = (percentage_bps IS NOT NULL) AND percentage_bps BETWEEN 0 AND 10000
  ),
  ADD CONSTRAINT prices_bounds_check CHECK (
    minimum_amount >= 0 AND maximum_amount >= 0 AND suggested_amount >= 0 AND spending_minimum >= 0
    AND minimum_amount <= maximum_amount
  );
ALTER TABLE discounts
  ADD CONSTRAINT discounts_value_check CHECK (value > 0 AND (type <> 'PERCENTAGE' OR value <= 100)),
  ADD CONSTRAINT discounts_currency_check CHECK ((type = 'FIXED_AMOUNT') = (currency IS NOT NULL) AND is_currency(currency)),
  ADD CONSTRAINT discounts_duration_check CHECK ((duration = 'REPEATING') = (duration_cycles IS NOT NULL) AND duration_cycles > 0),
  ADD CONSTRAINT discounts_redemptions_check CHECK (
    redemptions >= 0 AND max_redemptions_per_customer >= 0 AND (max_redemptions IS NULL OR redemptions <= max_redemptions)
  ),
  ADD CONSTRAINT discounts_valid_check CHECK (valid_from < valid_until),
  ADD CONSTRAINT discounts_code_check CHECK (code <> '' AND code = upper(code));
ALTER TABLE tax_rates
  ADD CONSTRAINT tax_rates_percentage_check CHECK (percentage BETWEEN 0 AND 100);
ALTER TABLE billing_settings
  ADD CONSTRAINT billing_settings_days_check CHECK (payment_term_days BETWEEN 0 AND 366 AND dunning_grace_days BETWEEN 0 AND 366);
ALTER TABLE subscriptions
  ADD CONSTRAINT subscriptions_end_check CHECK (
    (billing_end_strategy = 'ON_DATE') = (billing_ends_on IS NOT NULL)
    AND (billing_end_strategy = 'AFTER_CYCLES') = (billing_max_cycles IS NOT NULL) AND billing_max_cycles > 0
  );
ALTER TABLE subscription_phases
  ADD CONSTRAINT subscription_phases_span_check CHECK (starts_at < ends_at);
ALTER TABLE subscription_phase_items
  ADD CONSTRAINT subscription_phase_items_quantity_check CHECK (quantity >= 0);
ALTER TABLE pending_invoice_items
  ADD CONSTRAINT pending_invoice_items_currency_check CHECK (is_currency(currency)),
  ADD CONSTRAINT pending_invoice_items_amount_check CHECK (amount BETWEEN -9007199254740991 AND 9007199254740991);
-- No more can be credited or refunded than was paid, whatever runs at once.
ALTER TABLE invoices DROP CONSTRAINT invoices_amounts_check;
ALTER TABLE invoices
  ADD CONSTRAINT invoices_amounts_check CHECK (
    subtotal >= 0 AND discount BETWEEN 0 AND subtotal AND credit BETWEEN 0 AND subtotal - discount
    AND tax >= 0 AND tax_included >= 0
    AND total = subtotal - discount - credit + tax AND total <= 9007199254740991
    AND amount_paid BETWEEN 0 AND total
    AND amount_due BETWEEN 0 AND total - amount_paid
    AND amount_credited BETWEEN 0 AND amount_paid AND amount_refunded BETWEEN 0 AND amount_paid
  ),
  ADD CONSTRAINT invoices_external_check CHECK ((external_source IS NULL) = (external_id IS NULL));
ALTER TABLE invoice_line_taxes
  ADD CONSTRAINT invoice_line_taxes_amount_check CHECK (percentage BETWEEN 0 AND 100);
ALTER TABLE invoice_discounts
  ADD CONSTRAINT invoice_discounts_amount_check CHECK (amount > 0);
ALTER TABLE invoice_payments
  ADD CONSTRAINT invoice_payments_amount_check CHECK (amount > 0);
ALTER TABLE credit_notes
  ADD CONSTRAINT credit_notes_currency_check CHECK (is_currency(currency)),
  ADD CONSTRAINT credit_notes_amount_check CHECK (amount > 0 AND tax_amount BETWEEN 0 AND amount),
  ADD CONSTRAINT credit_notes_days_check CHECK (days_total BETWEEN 1 AND 366 AND days_unused BETWEEN 0 AND days_total);
ALTER TABLE customer_balances
  ADD CONSTRAINT customer_balances_currency_check CHECK (is_currency(currency)),
  ADD CONSTRAINT customer_balances_amount_check CHECK (amount >= 0);
ALTER TABLE customer_balance_transactions
  ADD CONSTRAINT customer_balance_transactions_balance_check CHECK (balance >= 0 AND amount <> 0);
