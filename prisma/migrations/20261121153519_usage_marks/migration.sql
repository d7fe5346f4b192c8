-- CreateTable
CREATE TABLE "usage_marks" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "meter_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "usage_marks_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "usage_thresholds" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subscription_item_id" UUID NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "threshold" INTEGER NOT NULL,
    "reached_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_thresholds_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateIndex
CREATE INDEX "usage_marks_environment_id_created_at_id_idx" ON "usage_marks"("environment_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "usage_marks_environment_id_customer_id_meter_id_key" ON "usage_marks"("environment_id", "customer_id", "meter_id");

-- CreateIndex
CREATE UNIQUE INDEX "usage_thresholds_environment_id_subscription_item_id_period_key" ON "usage_thresholds"("environment_id", "subscription_item_id", "period_start", "threshold");

SELECT isolate('usage_marks');
SELECT isolate('usage_thresholds');
ALTER TABLE usage_thresholds ADD CONSTRAINT usage_thresholds_threshold_check CHECK (threshold > 0);
