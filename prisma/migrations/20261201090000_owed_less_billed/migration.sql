-- CreateEnum
CREATE TYPE "billing_state" AS ENUM ('PENDING', 'TRIAL', 'ACTIVE', 'PAUSED', 'UNPAID', 'ENDED');

-- AlterEnum
ALTER TYPE "credit_method" ADD VALUE 'AMOUNT_DUE';

-- AlterTable
ALTER TABLE "credit_note_lines" ADD COLUMN     "period_end" TIMESTAMPTZ(3),
ADD COLUMN     "period_start" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "discount_redemptions" ADD COLUMN     "counted_from" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "invoice_discounts" ADD COLUMN     "counts_cycle" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "settled" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "invoice_lines" ADD COLUMN     "settled" JSONB,
ADD COLUMN     "source_line_id" UUID;

-- AlterTable
ALTER TABLE "invoices" ADD COLUMN     "amount_adjusted" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "pending_invoice_items" ADD COLUMN     "settled" JSONB,
ADD COLUMN     "source_line_id" UUID;

-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "anchor_day_asked" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "current_cycle_end" TIMESTAMPTZ(3),
ADD COLUMN     "current_cycle_start" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "subscription_item_terms" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "item_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "price_id" UUID,
    "quantity" DECIMAL(38,12) NOT NULL DEFAULT 1,
    "unit_amount" DECIMAL(30,12),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscription_item_terms_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "subscription_states" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "state" "billing_state" NOT NULL,
    "pause_behavior" "pause_behavior",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscription_states_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateIndex
CREATE INDEX "subscription_item_terms_environment_id_subscription_id_idx" ON "subscription_item_terms"("environment_id", "subscription_id");

-- CreateIndex
CREATE INDEX "subscription_item_terms_environment_id_price_id_idx" ON "subscription_item_terms"("environment_id", "price_id");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_item_terms_environment_id_item_id_sequence_key" ON "subscription_item_terms"("environment_id", "item_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_states_environment_id_subscription_id_sequence_key" ON "subscription_states"("environment_id", "subscription_id", "sequence");

-- CreateIndex
CREATE INDEX "invoice_lines_environment_id_source_line_id_idx" ON "invoice_lines"("environment_id", "source_line_id");

-- CreateIndex
CREATE INDEX "pending_invoice_items_environment_id_source_line_id_idx" ON "pending_invoice_items"("environment_id", "source_line_id");

-- AddForeignKey
ALTER TABLE "subscription_item_terms" ADD CONSTRAINT "subscription_item_terms_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_item_terms" ADD CONSTRAINT "subscription_item_terms_environment_id_item_id_fkey" FOREIGN KEY ("environment_id", "item_id") REFERENCES "subscription_items"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_item_terms" ADD CONSTRAINT "subscription_item_terms_environment_id_price_id_fkey" FOREIGN KEY ("environment_id", "price_id") REFERENCES "prices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_states" ADD CONSTRAINT "subscription_states_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

SELECT isolate('subscription_item_terms');
SELECT isolate('subscription_states');

ALTER TABLE subscription_item_terms ADD CONSTRAINT subscription_item_terms_span_check CHECK (starts_at < ends_at);
ALTER TABLE subscriptions ADD CONSTRAINT subscriptions_current_cycle_check CHECK (current_cycle_start < current_cycle_end);

-- Terms and states are a history: rows are added, and never changed.
CREATE TRIGGER subscription_item_terms_stay BEFORE UPDATE ON subscription_item_terms
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('terms are a history, to which rows are added');
CREATE TRIGGER subscription_states_stay BEFORE UPDATE ON subscription_states
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('states are a history, to which rows are added');

-- A line that gives back what a wallet had paid pays into the wallet, so what wallets paid of an invoice may be below zero. What is still
-- due is what was neither paid nor taken off by credit notes.
ALTER TABLE invoices DROP CONSTRAINT invoices_amounts_check;
ALTER TABLE invoices
  ADD CONSTRAINT invoices_amounts_check CHECK (
    discount >= 0 AND credit >= 0
    AND total = subtotal - discount - prepaid_credit - credit + tax
    AND total <= 9007199254740991
    AND amount_paid BETWEEN 0 AND total AND amount_adjusted BETWEEN 0 AND total - amount_paid
    AND amount_due BETWEEN 0 AND total - amount_paid - amount_adjusted
    AND amount_credited BETWEEN 0 AND amount_paid AND amount_refunded BETWEEN 0 AND amount_paid
  );

-- A void invoice has billed no period, so that another one may.
DROP INDEX invoices_period_key;
CREATE UNIQUE INDEX invoices_period_key ON invoices (environment_id, subscription_id, period_start)
  WHERE billing_reason IN ('SUBSCRIPTION_CREATE', 'SUBSCRIPTION_CYCLE') AND status <> 'VOID';
