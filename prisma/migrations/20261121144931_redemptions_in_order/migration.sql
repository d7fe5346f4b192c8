-- DropIndex
DROP INDEX "discount_redemptions_environment_id_customer_id_idx";

-- DropIndex
DROP INDEX "discount_redemptions_environment_id_subscription_id_idx";

-- CreateIndex
CREATE INDEX "discount_redemptions_environment_id_discount_id_redeemed_at_idx" ON "discount_redemptions"("environment_id", "discount_id", "redeemed_at", "id");

-- CreateIndex
CREATE INDEX "discount_redemptions_environment_id_subscription_id_redeeme_idx" ON "discount_redemptions"("environment_id", "subscription_id", "redeemed_at", "id");

-- CreateIndex
CREATE INDEX "discount_redemptions_environment_id_customer_id_redeemed_at_idx" ON "discount_redemptions"("environment_id", "customer_id", "redeemed_at", "id");
