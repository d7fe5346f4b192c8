-- CreateTable
CREATE TABLE "usage_day_values" (
    "environment_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "meter_id" UUID NOT NULL,
    "day" TIMESTAMPTZ(3) NOT NULL,
    "digest" BYTEA NOT NULL,
    "subscription_id" UUID NOT NULL,
    "hours" INTEGER NOT NULL,

    CONSTRAINT "usage_day_values_pkey" PRIMARY KEY ("environment_id","customer_id","meter_id","day","digest","subscription_id")
);

-- CreateIndex
CREATE INDEX "usage_day_values_environment_id_meter_id_day_idx" ON "usage_day_values"("environment_id", "meter_id", "day");

SELECT isolate('usage_day_values');

INSERT INTO usage_day_values
SELECT environment_id, customer_id, meter_id, date_trunc('day', hour, 'UTC'), digest, subscription_id, count(*)
FROM usage_hour_values GROUP BY 1, 2, 3, 4, 5, 6;
