-- CreateTable
CREATE TABLE "waived_lines" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "subscription_item_id" UUID NOT NULL,
    "price_id" UUID,
    "description" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "discount" BIGINT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "waived_lines_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateIndex
CREATE INDEX "waived_lines_environment_id_subscription_id_idx" ON "waived_lines"("environment_id", "subscription_id");

-- CreateIndex
CREATE INDEX "waived_lines_environment_id_subscription_item_id_idx" ON "waived_lines"("environment_id", "subscription_item_id");

-- AddForeignKey
ALTER TABLE "waived_lines" ADD CONSTRAINT "waived_lines_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "waived_lines" ADD CONSTRAINT "waived_lines_environment_id_subscription_item_id_fkey" FOREIGN KEY ("environment_id", "subscription_item_id") REFERENCES "subscription_items"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Each environment sees its own rows alone.
SELECT isolate('waived_lines');
