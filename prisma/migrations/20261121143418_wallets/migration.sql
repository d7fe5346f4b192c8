-- CreateEnum
CREATE TYPE "wallet_unit" AS ENUM ('CURRENCY', 'CREDITS');

-- CreateEnum
CREATE TYPE "wallet_status" AS ENUM ('ACTIVE', 'CLOSED');

-- CreateEnum
CREATE TYPE "wallet_pays" AS ENUM ('NOTHING', 'USAGE', 'EVERYTHING');

-- CreateEnum
CREATE TYPE "credit_grant_status" AS ENUM ('SCHEDULED', 'ACTIVE', 'EXPIRED', 'VOID');

-- CreateEnum
CREATE TYPE "credit_grant_source" AS ENUM ('GRANT', 'PURCHASE', 'TOP_UP');

-- CreateEnum
CREATE TYPE "credit_transaction_type" AS ENUM ('GRANT', 'PURCHASE', 'RECURRENCE', 'CONSUMPTION', 'INVOICE', 'GIVE_BACK', 'EXPIRY', 'VOID');

-- CreateEnum
CREATE TYPE "credit_account" AS ENUM ('BALANCE', 'GRANTED', 'PURCHASED', 'CONSUMED', 'INVOICED', 'EXPIRED', 'REVOKED');

-- CreateEnum
CREATE TYPE "credit_purchase_status" AS ENUM ('PENDING', 'COMPLETED', 'CANCELED');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "billing_reason" ADD VALUE 'CREDIT_PURCHASE';
ALTER TYPE "billing_reason" ADD VALUE 'WALLET_TOP_UP';

-- AlterTable
ALTER TABLE "invoices" ADD COLUMN     "prepaid_credit" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "invoice_lines" ADD COLUMN     "prepaid_credit" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "wallets" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "unit" "wallet_unit" NOT NULL,
    "currency" CHAR(3),
    "credit_value" DECIMAL(30,12),
    "pays" "wallet_pays" NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 50,
    "status" "wallet_status" NOT NULL DEFAULT 'ACTIVE',
    "balance" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "granted" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "purchased" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "consumed" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "invoiced" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "expired" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "revoked" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "version" INTEGER NOT NULL DEFAULT 1,
    "closed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "wallets_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "credit_grants" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "name" TEXT,
    "source" "credit_grant_source" NOT NULL DEFAULT 'GRANT',
    "status" "credit_grant_status" NOT NULL,
    "amount" DECIMAL(38,12) NOT NULL,
    "remaining" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "priority" INTEGER NOT NULL DEFAULT 50,
    "effective_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "recurrence_interval" "billing_interval",
    "recurrence_count" INTEGER,
    "roll_over_limit" DECIMAL(38,12),
    "recurrences" INTEGER NOT NULL DEFAULT 0,
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "next_step_at" TIMESTAMPTZ(3),
    "voided_at" TIMESTAMPTZ(3),
    "void_reason" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_grants_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "credit_transactions" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "type" "credit_transaction_type" NOT NULL,
    "amount" DECIMAL(38,12) NOT NULL,
    "balance" DECIMAL(38,12) NOT NULL,
    "description" TEXT,
    "grant_id" UUID,
    "invoice_id" UUID,
    "idempotency_key" TEXT,
    "content_hash" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_transactions_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "credit_postings" (
    "environment_id" UUID NOT NULL,
    "transaction_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "account" "credit_account" NOT NULL,
    "grant_id" UUID,
    "amount" DECIMAL(38,12) NOT NULL,

    CONSTRAINT "credit_postings_pkey" PRIMARY KEY ("environment_id","transaction_id","position")
);

-- CreateTable
CREATE TABLE "credit_packs" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "credits" BIGINT NOT NULL,
    "price" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL DEFAULT 'USD',
    "active" BOOLEAN NOT NULL DEFAULT true,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_packs_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateTable
CREATE TABLE "credit_purchases" (
    "environment_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "credit_pack_id" UUID,
    "grant_id" UUID,
    "status" "credit_purchase_status" NOT NULL,
    "amount" DECIMAL(38,12) NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 100,
    "completed_at" TIMESTAMPTZ(3),
    "canceled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_purchases_pkey" PRIMARY KEY ("environment_id","id")
);

-- CreateIndex
CREATE INDEX "wallets_environment_id_created_at_id_idx" ON "wallets"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "wallets_environment_id_status_created_at_id_idx" ON "wallets"("environment_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "wallets_environment_id_customer_id_created_at_id_idx" ON "wallets"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_grants_environment_id_created_at_id_idx" ON "credit_grants"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_grants_environment_id_status_created_at_id_idx" ON "credit_grants"("environment_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_grants_environment_id_wallet_id_created_at_id_idx" ON "credit_grants"("environment_id", "wallet_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_grants_environment_id_customer_id_created_at_id_idx" ON "credit_grants"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_grants_environment_id_next_step_at_idx" ON "credit_grants"("environment_id", "next_step_at");

-- CreateIndex
CREATE INDEX "credit_transactions_environment_id_created_at_id_idx" ON "credit_transactions"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_transactions_environment_id_type_created_at_id_idx" ON "credit_transactions"("environment_id", "type", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_transactions_environment_id_wallet_id_created_at_id_idx" ON "credit_transactions"("environment_id", "wallet_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_transactions_environment_id_customer_id_created_at_i_idx" ON "credit_transactions"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_transactions_environment_id_grant_id_created_at_id_idx" ON "credit_transactions"("environment_id", "grant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_transactions_environment_id_invoice_id_created_at_id_idx" ON "credit_transactions"("environment_id", "invoice_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "credit_transactions_environment_id_idempotency_key_key" ON "credit_transactions"("environment_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "credit_postings_environment_id_grant_id_idx" ON "credit_postings"("environment_id", "grant_id");

-- CreateIndex
CREATE INDEX "credit_packs_environment_id_created_at_id_idx" ON "credit_packs"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_packs_environment_id_active_created_at_id_idx" ON "credit_packs"("environment_id", "active", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_purchases_environment_id_created_at_id_idx" ON "credit_purchases"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_purchases_environment_id_status_created_at_id_idx" ON "credit_purchases"("environment_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_purchases_environment_id_wallet_id_created_at_id_idx" ON "credit_purchases"("environment_id", "wallet_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_purchases_environment_id_customer_id_created_at_id_idx" ON "credit_purchases"("environment_id", "customer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_purchases_environment_id_credit_pack_id_created_at_i_idx" ON "credit_purchases"("environment_id", "credit_pack_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "credit_purchases_environment_id_grant_id_idx" ON "credit_purchases"("environment_id", "grant_id");

-- CreateIndex
CREATE UNIQUE INDEX "credit_purchases_environment_id_invoice_id_key" ON "credit_purchases"("environment_id", "invoice_id");

-- AddForeignKey
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_grants" ADD CONSTRAINT "credit_grants_environment_id_wallet_id_fkey" FOREIGN KEY ("environment_id", "wallet_id") REFERENCES "wallets"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_grants" ADD CONSTRAINT "credit_grants_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_transactions" ADD CONSTRAINT "credit_transactions_environment_id_wallet_id_fkey" FOREIGN KEY ("environment_id", "wallet_id") REFERENCES "wallets"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_transactions" ADD CONSTRAINT "credit_transactions_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_transactions" ADD CONSTRAINT "credit_transactions_environment_id_grant_id_fkey" FOREIGN KEY ("environment_id", "grant_id") REFERENCES "credit_grants"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_transactions" ADD CONSTRAINT "credit_transactions_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_postings" ADD CONSTRAINT "credit_postings_environment_id_transaction_id_fkey" FOREIGN KEY ("environment_id", "transaction_id") REFERENCES "credit_transactions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_postings" ADD CONSTRAINT "credit_postings_environment_id_grant_id_fkey" FOREIGN KEY ("environment_id", "grant_id") REFERENCES "credit_grants"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_packs" ADD CONSTRAINT "credit_packs_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_purchases" ADD CONSTRAINT "credit_purchases_environment_id_wallet_id_fkey" FOREIGN KEY ("environment_id", "wallet_id") REFERENCES "wallets"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_purchases" ADD CONSTRAINT "credit_purchases_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_purchases" ADD CONSTRAINT "credit_purchases_environment_id_invoice_id_fkey" FOREIGN KEY ("environment_id", "invoice_id") REFERENCES "invoices"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_purchases" ADD CONSTRAINT "credit_purchases_environment_id_credit_pack_id_fkey" FOREIGN KEY ("environment_id", "credit_pack_id") REFERENCES "credit_packs"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_purchases" ADD CONSTRAINT "credit_purchases_environment_id_grant_id_fkey" FOREIGN KEY ("environment_id", "grant_id") REFERENCES "credit_grants"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

SELECT isolate('wallets');
SELECT isolate('credit_grants');
SELECT isolate('credit_transactions');
SELECT isolate('credit_postings');
SELECT isolate('credit_packs');
SELECT isolate('credit_purchases');

ALTER TABLE invoices DROP CONSTRAINT invoices_amounts_check;
ALTER TABLE invoices
  ADD CONSTRAINT invoices_amounts_check CHECK (
    discount >= 0 AND prepaid_credit >= 0 AND credit >= 0
    AND total = subtotal - discount - prepaid_credit - credit + tax
    AND total <= 9007199254740991
    AND amount_paid BETWEEN 0 AND total
    AND amount_due BETWEEN 0 AND total - amount_paid
    AND amount_credited BETWEEN 0 AND amount_paid AND amount_refunded BETWEEN 0 AND amount_paid
  );

-- A wallet's balance is what came in less what went out, and never below zero.
ALTER TABLE wallets
  ADD CONSTRAINT wallets_currency_check CHECK (is_currency(currency)),
  ADD CONSTRAINT wallets_unit_check CHECK (
    CASE unit
      WHEN 'CURRENCY' THEN currency IS NOT NULL AND credit_value IS NULL AND balance = trunc(balance)
      ELSE (currency IS NULL) = (credit_value IS NULL) AND (currency IS NOT NULL OR pays = 'NOTHING')
    END
  ),
  ADD CONSTRAINT wallets_credit_value_check CHECK (credit_value > 0),
  ADD CONSTRAINT wallets_priority_check CHECK (priority BETWEEN 0 AND 255),
  ADD CONSTRAINT wallets_closed_check CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)),
  ADD CONSTRAINT wallets_balance_check CHECK (balance BETWEEN 0 AND 9007199254740991),
  ADD CONSTRAINT wallets_sums_check CHECK (balance = granted + purchased - consumed - invoiced - expired - revoked);

ALTER TABLE credit_grants
  ADD CONSTRAINT credit_grants_amount_check CHECK (amount > 0 AND remaining >= 0),
  ADD CONSTRAINT credit_grants_status_check CHECK (remaining = 0 OR status = 'ACTIVE'),
  ADD CONSTRAINT credit_grants_priority_check CHECK (priority BETWEEN 0 AND 255),
  ADD CONSTRAINT credit_grants_span_check CHECK (effective_at < expires_at),
  ADD CONSTRAINT credit_grants_voided_check CHECK ((status = 'VOID') = (voided_at IS NOT NULL)),
  ADD CONSTRAINT credit_grants_recurrence_check CHECK (
    (recurrence_interval IS NULL) = (recurrence_count IS NULL) AND recurrence_count > 0
    AND (roll_over_limit IS NULL OR recurrence_interval IS NOT NULL) AND roll_over_limit >= 0
  );

ALTER TABLE credit_transactions
  ADD CONSTRAINT credit_transactions_amount_check CHECK (amount <> 0 AND balance >= 0);

ALTER TABLE credit_postings
  ADD CONSTRAINT credit_postings_amount_check CHECK (amount <> 0),
  ADD CONSTRAINT credit_postings_grant_check CHECK ((account = 'BALANCE') = (grant_id IS NOT NULL));

ALTER TABLE credit_packs
  ADD CONSTRAINT credit_packs_name_check CHECK (name <> ''),
  ADD CONSTRAINT credit_packs_currency_check CHECK (is_currency(currency)),
  ADD CONSTRAINT credit_packs_amounts_check CHECK (
    credits BETWEEN 1 AND 9007199254740991 AND price BETWEEN 0 AND 9007199254740991
  );

ALTER TABLE credit_purchases
  ADD CONSTRAINT credit_purchases_amount_check CHECK (amount > 0),
  ADD CONSTRAINT credit_purchases_status_check CHECK (
    (status = 'COMPLETED') = (completed_at IS NOT NULL) AND (status = 'COMPLETED') = (grant_id IS NOT NULL)
    AND (status = 'CANCELED') = (canceled_at IS NOT NULL)
  );

-- Packs that are for sale have names of their own; archiving frees a name.
CREATE UNIQUE INDEX credit_packs_name_idx ON credit_packs (environment_id, lower(name)) WHERE active;

-- Postings move the balances of grants and wallets, and nothing else does: see docs/credits.md.
CREATE FUNCTION post_credits() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  UPDATE credit_grants g SET remaining = g.remaining + moved.amount
  FROM (
    SELECT p.environment_id, p.grant_id, sum(p.amount) AS amount FROM posted p
    WHERE p.account = 'BALANCE' GROUP BY 1, 2
  ) moved
  WHERE g.environment_id = moved.environment_id AND g.id = moved.grant_id;
  UPDATE wallets w SET
    balance = w.balance + moved.balance,
    granted = w.granted - moved.granted,
    purchased = w.purchased - moved.purchased,
    consumed = w.consumed + moved.consumed,
    invoiced = w.invoiced + moved.invoiced,
    expired = w.expired + moved.expired,
    revoked = w.revoked + moved.revoked
  FROM (
    SELECT t.environment_id, t.wallet_id,
      coalesce(sum(p.amount) FILTER (WHERE p.account = 'BALANCE'), 0) AS balance,
      coalesce(sum(p.amount) FILTER (WHERE p.account = 'GRANTED'), 0) AS granted,
      coalesce(sum(p.amount) FILTER (WHERE p.account = 'PURCHASED'), 0) AS purchased,
      coalesce(sum(p.amount) FILTER (WHERE p.account = 'CONSUMED'), 0) AS consumed,
      coalesce(sum(p.amount) FILTER (WHERE p.account = 'INVOICED'), 0) AS invoiced,
      coalesce(sum(p.amount) FILTER (WHERE p.account = 'EXPIRED'), 0) AS expired,
      coalesce(sum(p.amount) FILTER (WHERE p.account = 'REVOKED'), 0) AS revoked
    FROM posted p
    JOIN credit_transactions t ON t.environment_id = p.environment_id AND t.id = p.transaction_id
    GROUP BY 1, 2
  ) moved
  WHERE w.environment_id = moved.environment_id AND w.id = moved.wallet_id;
  RETURN NULL;
END
$$;

CREATE TRIGGER credit_postings_post AFTER INSERT ON credit_postings
  REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION post_credits();

CREATE FUNCTION refuse_change() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER credit_transactions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_transactions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what is in the ledger stays as it is');
CREATE TRIGGER credit_postings_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_postings
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what is in the ledger stays as it is');

-- A trigger that another one has not caused is that of a statement from outside.
CREATE TRIGGER wallets_start_empty BEFORE INSERT ON wallets FOR EACH ROW
  WHEN (NEW.balance <> 0 OR NEW.granted <> 0 OR NEW.purchased <> 0 OR NEW.consumed <> 0 OR NEW.invoiced <> 0
    OR NEW.expired <> 0 OR NEW.revoked <> 0)
  EXECUTE FUNCTION refuse_change('balances move by postings');
CREATE TRIGGER wallets_move_by_postings BEFORE UPDATE ON wallets FOR EACH ROW
  WHEN (pg_trigger_depth() = 0 AND (NEW.balance, NEW.granted, NEW.purchased, NEW.consumed, NEW.invoiced, NEW.expired, NEW.revoked)
    IS DISTINCT FROM (OLD.balance, OLD.granted, OLD.purchased, OLD.consumed, OLD.invoiced, OLD.expired, OLD.revoked))
  EXECUTE FUNCTION refuse_change('balances move by postings');
CREATE TRIGGER credit_grants_start_empty BEFORE INSERT ON credit_grants FOR EACH ROW
  WHEN (NEW.remaining <> 0) EXECUTE FUNCTION refuse_change('balances move by postings');
CREATE TRIGGER credit_grants_move_by_postings BEFORE UPDATE ON credit_grants FOR EACH ROW
  WHEN (pg_trigger_depth() = 0 AND NEW.remaining IS DISTINCT FROM OLD.remaining)
  EXECUTE FUNCTION refuse_change('balances move by postings');

-- Double entry: at the end of its transaction an entry has postings, which add up to zero, and those to balances to its amount,
-- all of them to grants of its wallet.
CREATE FUNCTION check_credit_transaction() RETURNS trigger
  LANGUAGE plpgsql
AS $$
DECLARE
  entry uuid := CASE TG_TABLE_NAME WHEN 'credit_transactions' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'transaction_id' END;
  balanced boolean;
BEGIN
  SELECT count(*) >= 2 AND sum(p.amount) = 0
    AND sum(p.amount) FILTER (WHERE p.account = 'BALANCE') = min(t.amount)
    AND bool_and(p.grant_id IS NULL OR g.wallet_id = t.wallet_id)
  INTO balanced
  FROM credit_transactions t
  JOIN credit_postings p ON p.environment_id = t.environment_id AND p.transaction_id = t.id
  LEFT JOIN credit_grants g ON g.environment_id = p.environment_id AND g.id = p.grant_id
  WHERE t.environment_id = NEW.environment_id AND t.id = entry;
  IF balanced IS NOT TRUE THEN
    RAISE EXCEPTION 'the postings of credit transaction % do not balance', entry USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER credit_transactions_balance AFTER INSERT ON credit_transactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_credit_transaction();
CREATE CONSTRAINT TRIGGER credit_postings_balance AFTER INSERT ON credit_postings
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_credit_transaction();

-- What of a wallet can be used or does something by itself.
CREATE INDEX credit_grants_open_idx ON credit_grants (environment_id, wallet_id)
  WHERE remaining > 0 OR next_step_at IS NOT NULL;
