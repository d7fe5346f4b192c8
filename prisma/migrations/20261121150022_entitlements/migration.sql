-- CreateEnum
CREATE TYPE "benefit_type" AS ENUM ('BOOLEAN', 'STATIC', 'METERED', 'SEATS', 'QUOTA');

-- CreateEnum
CREATE TYPE "reset_period" AS ENUM ('NEVER', 'DAY', 'WEEK', 'MONTH', 'YEAR', 'BILLING_PERIOD');

-- CreateEnum
CREATE TYPE "grant_effect" AS ENUM ('ALLOW', 'DENY');

-- CreateTable
CREATE TABLE "benefits" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "type" "benefit_type" NOT NULL,
    "category" TEXT,
    "icon_url" TEXT,
    "display_order" INTEGER NOT NULL DEFAULT 0,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "meter_id" UUID,
    "limit" DECIMAL(38,12),
    "reset_period" "reset_period" NOT NULL DEFAULT 'BILLING_PERIOD',
    "overage_allowed" BOOLEAN NOT NULL DEFAULT false,
    "config" JSONB NOT NULL DEFAULT '{}',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "benefits_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "product_benefits" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "benefit_id" UUID NOT NULL,
    "limit" DECIMAL(38,12),
    "unlimited" BOOLEAN NOT NULL DEFAULT false,
    "reset_period" "reset_period",
    "overage_allowed" BOOLEAN,
    "config" JSONB NOT NULL DEFAULT '{}',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_benefits_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "entitlement_grants" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "benefit_id" UUID NOT NULL,
    "effect" "grant_effect" NOT NULL DEFAULT 'ALLOW',
    "limit" DECIMAL(38,12),
    "unlimited" BOOLEAN NOT NULL DEFAULT false,
    "config" JSONB NOT NULL DEFAULT '{}',
    "reason" TEXT,
    "granted_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "revocation_reason" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_by" TEXT,
    "updated_by" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "entitlement_grants_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "seats" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "subscription_item_id" UUID NOT NULL,
    "benefit_id" UUID NOT NULL,
    "user_id" TEXT,
    "email" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "assigned_at" TIMESTAMPTZ(3) NOT NULL,
    "unassigned_at" TIMESTAMPTZ(3),
    "created_by" TEXT,
    "updated_by" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "seats_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "quota_balances" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "benefit_id" UUID NOT NULL,
    "current" DECIMAL(38,12) NOT NULL,
    "peak" DECIMAL(38,12) NOT NULL,
    "peak_since" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quota_balances_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateIndex
CREATE INDEX "benefits_environment_id_created_at_id_idx" ON "benefits"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "benefits_environment_id_display_order_id_idx" ON "benefits"("environment_id", "display_order", "id");

-- CreateIndex
CREATE INDEX "benefits_environment_id_active_created_at_id_idx" ON "benefits"("environment_id", "active", "created_at", "id");

-- CreateIndex
CREATE INDEX "benefits_environment_id_type_created_at_id_idx" ON "benefits"("environment_id", "type", "created_at", "id");

-- CreateIndex
CREATE INDEX "benefits_environment_id_category_created_at_id_idx" ON "benefits"("environment_id", "category", "created_at", "id");

-- CreateIndex
CREATE INDEX "benefits_environment_id_meter_id_idx" ON "benefits"("environment_id", "meter_id");

-- CreateIndex
CREATE UNIQUE INDEX "benefits_environment_id_key_key" ON "benefits"("environment_id", "key");

-- CreateIndex
CREATE INDEX "product_benefits_environment_id_product_id_created_at_id_idx" ON "product_benefits"("environment_id", "product_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "product_benefits_environment_id_benefit_id_created_at_id_idx" ON "product_benefits"("environment_id", "benefit_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "product_benefits_environment_id_product_id_benefit_id_key" ON "product_benefits"("environment_id", "product_id", "benefit_id");

-- CreateIndex
CREATE INDEX "entitlement_grants_environment_id_created_at_id_idx" ON "entitlement_grants"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "entitlement_grants_environment_id_customer_id_created_at_id_idx" ON "entitlement_grants"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "entitlement_grants_environment_id_benefit_id_created_at_id_idx" ON "entitlement_grants"("environment_id", "benefit_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "seats_environment_id_created_at_id_idx" ON "seats"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "seats_environment_id_customer_id_created_at_id_idx" ON "seats"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "seats_environment_id_subscription_id_created_at_id_idx" ON "seats"("environment_id", "subscription_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "seats_environment_id_subscription_item_id_created_at_id_idx" ON "seats"("environment_id", "subscription_item_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "seats_environment_id_benefit_id_created_at_id_idx" ON "seats"("environment_id", "benefit_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "seats_environment_id_user_id_created_at_id_idx" ON "seats"("environment_id", "user_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "seats_environment_id_email_created_at_id_idx" ON "seats"("environment_id", "email", "created_at", "id");

-- CreateIndex
CREATE INDEX "quota_balances_environment_id_created_at_id_idx" ON "quota_balances"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "quota_balances_environment_id_customer_id_created_at_id_idx" ON "quota_balances"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "quota_balances_environment_id_benefit_id_created_at_id_idx" ON "quota_balances"("environment_id", "benefit_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "quota_balances_environment_id_customer_id_benefit_id_key" ON "quota_balances"("environment_id", "customer_id", "benefit_id");

-- AddForeignKey
ALTER TABLE "benefits" ADD CONSTRAINT "benefits_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "benefits" ADD CONSTRAINT "benefits_environment_id_meter_id_fkey" FOREIGN KEY ("environment_id", "meter_id") REFERENCES "meters"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "product_benefits" ADD CONSTRAINT "product_benefits_environment_id_product_id_fkey" FOREIGN KEY ("environment_id", "product_id") REFERENCES "products"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "product_benefits" ADD CONSTRAINT "product_benefits_environment_id_benefit_id_fkey" FOREIGN KEY ("environment_id", "benefit_id") REFERENCES "benefits"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "entitlement_grants" ADD CONSTRAINT "entitlement_grants_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "entitlement_grants" ADD CONSTRAINT "entitlement_grants_environment_id_benefit_id_fkey" FOREIGN KEY ("environment_id", "benefit_id") REFERENCES "benefits"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "seats" ADD CONSTRAINT "seats_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "seats" ADD CONSTRAINT "seats_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "seats" ADD CONSTRAINT "seats_environment_id_subscription_item_id_fkey" FOREIGN KEY ("environment_id", "subscription_item_id") REFERENCES "subscription_items"("environment_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "seats" ADD CONSTRAINT "seats_environment_id_benefit_id_fkey" FOREIGN KEY ("environment_id", "benefit_id") REFERENCES "benefits"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "quota_balances" ADD CONSTRAINT "quota_balances_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "quota_balances" ADD CONSTRAINT "quota_balances_environment_id_benefit_id_fkey" FOREIGN KEY ("environment_id", "benefit_id") REFERENCES "benefits"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What a customer is given, or denied, by hand, is one thing at a time.
CREATE UNIQUE INDEX entitlement_grants_live_key ON entitlement_grants (environment_id, customer_id, benefit_id)
  WHERE revoked_at IS NULL;

-- Nobody has two seats of a pool, and the seats of a pool are counted in the order in which they were taken.
CREATE UNIQUE INDEX seats_live_user_key ON seats (environment_id, subscription_item_id, benefit_id, user_id)
  WHERE unassigned_at IS NULL AND user_id IS NOT NULL;
CREATE UNIQUE INDEX seats_live_email_key ON seats (environment_id, subscription_item_id, benefit_id, email)
  WHERE unassigned_at IS NULL AND email IS NOT NULL;
CREATE INDEX seats_live_idx ON seats (environment_id, subscription_item_id, benefit_id, assigned_at, id)
  WHERE unassigned_at IS NULL;

ALTER TABLE benefits
  ADD CONSTRAINT benefits_version_check CHECK (version > 0),
  ADD CONSTRAINT benefits_text_check CHECK (key <> '' AND name <> ''),
  ADD CONSTRAINT benefits_limit_check CHECK ("limit" >= 0),
  ADD CONSTRAINT benefits_meter_check CHECK ((type = 'METERED') = (meter_id IS NOT NULL)),
  ADD CONSTRAINT benefits_json_check CHECK (jsonb_typeof(config) = 'object' AND jsonb_typeof(metadata) = 'object');

ALTER TABLE product_benefits
  ADD CONSTRAINT product_benefits_version_check CHECK (version > 0),
  ADD CONSTRAINT product_benefits_limit_check CHECK ("limit" >= 0 AND NOT (unlimited AND "limit" IS NOT NULL)),
  ADD CONSTRAINT product_benefits_json_check CHECK (jsonb_typeof(config) = 'object');

ALTER TABLE entitlement_grants
  ADD CONSTRAINT entitlement_grants_version_check CHECK (version > 0),
  ADD CONSTRAINT entitlement_grants_limit_check CHECK ("limit" >= 0 AND NOT (unlimited AND "limit" IS NOT NULL)),
  ADD CONSTRAINT entitlement_grants_json_check CHECK (jsonb_typeof(config) = 'object' AND jsonb_typeof(metadata) = 'object');

ALTER TABLE seats
  ADD CONSTRAINT seats_version_check CHECK (version > 0),
  ADD CONSTRAINT seats_person_check CHECK (coalesce(user_id, email) <> ''),
  ADD CONSTRAINT seats_email_check CHECK (email = lower(email)),
  ADD CONSTRAINT seats_json_check CHECK (jsonb_typeof(metadata) = 'object');

ALTER TABLE quota_balances
  ADD CONSTRAINT quota_balances_version_check CHECK (version > 0),
  ADD CONSTRAINT quota_balances_current_check CHECK (current >= 0 AND peak >= current);

SELECT isolate('benefits');
SELECT isolate('product_benefits');
SELECT isolate('entitlement_grants');
SELECT isolate('seats');
SELECT isolate('quota_balances');
