-- AlterTable
ALTER TABLE "invoice_lines" ADD COLUMN     "usage_charge_id" UUID;

-- AlterTable
ALTER TABLE "prices" ADD COLUMN     "bill_zero_usage" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "filter_priority" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "usage_filter" JSONB;

-- AlterTable
ALTER TABLE "subscription_items" ADD COLUMN     "counted_from" TIMESTAMPTZ(3),
ADD COLUMN     "priced_from" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "usage_charges" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "subscription_item_id" UUID NOT NULL,
    "meter_id" UUID NOT NULL,
    "price_id" UUID NOT NULL,
    "counted_from" TIMESTAMPTZ(3) NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "share" DECIMAL(31,30) NOT NULL DEFAULT 1,
    "minimum" DECIMAL(30,12),
    "matching" JSONB,
    "quantity" DECIMAL(38,12),
    "amount" BIGINT,
    "billed_at" TIMESTAMPTZ(3),
    "settled" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "usage_charges_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateIndex
CREATE INDEX "usage_charges_environment_id_subscription_id_idx" ON "usage_charges"("environment_id", "subscription_id");

-- CreateIndex
CREATE INDEX "usage_charges_environment_id_customer_id_meter_id_ends_at_idx" ON "usage_charges"("environment_id", "customer_id", "meter_id", "ends_at");

-- CreateIndex
CREATE INDEX "usage_charges_environment_id_meter_id_idx" ON "usage_charges"("environment_id", "meter_id");

-- CreateIndex
CREATE INDEX "usage_charges_environment_id_price_id_idx" ON "usage_charges"("environment_id", "price_id");

-- CreateIndex
CREATE UNIQUE INDEX "usage_charges_environment_id_subscription_item_id_starts_at_key" ON "usage_charges"("environment_id", "subscription_item_id", "starts_at");

-- CreateIndex
CREATE INDEX "invoice_lines_environment_id_usage_charge_id_idx" ON "invoice_lines"("environment_id", "usage_charge_id");

-- AddForeignKey
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_environment_id_usage_charge_id_fkey" FOREIGN KEY ("environment_id", "usage_charge_id") REFERENCES "usage_charges"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "usage_charges" ADD CONSTRAINT "usage_charges_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "usage_charges" ADD CONSTRAINT "usage_charges_environment_id_subscription_item_id_fkey" FOREIGN KEY ("environment_id", "subscription_item_id") REFERENCES "subscription_items"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "usage_charges" ADD CONSTRAINT "usage_charges_environment_id_meter_id_fkey" FOREIGN KEY ("environment_id", "meter_id") REFERENCES "meters"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "usage_charges" ADD CONSTRAINT "usage_charges_environment_id_price_id_fkey" FOREIGN KEY ("environment_id", "price_id") REFERENCES "prices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

SELECT isolate('usage_charges');

-- Charges that a late event may still change.
CREATE INDEX usage_charges_unsettled_idx ON usage_charges (environment_id, customer_id) WHERE NOT settled;
ALTER TABLE usage_charges
  ADD CONSTRAINT usage_charges_span_check CHECK (counted_from <= starts_at AND starts_at < ends_at),
  ADD CONSTRAINT usage_charges_billed_check CHECK (
    (billed_at IS NULL) = (quantity IS NULL) AND (billed_at IS NULL) = (amount IS NULL)
    AND (billed_at IS NOT NULL OR NOT settled)
  ),
  ADD CONSTRAINT usage_charges_share_check CHECK (share BETWEEN 0 AND 1 AND minimum >= 0);
ALTER TABLE prices
  ADD CONSTRAINT prices_usage_filter_check CHECK (usage_filter IS NULL OR (meter_id IS NOT NULL AND jsonb_typeof(usage_filter) = 'array')),
  ADD CONSTRAINT prices_filter_priority_check CHECK (filter_priority BETWEEN 0 AND 1000);

-- What a meter measures has been billed at the end of its period, whatever the price said.
UPDATE prices SET pay_in_advance = false WHERE meter_id IS NOT NULL;
