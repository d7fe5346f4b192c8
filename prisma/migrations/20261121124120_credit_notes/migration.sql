-- DropIndex
DROP INDEX "credit_note_lines_environment_id_invoice_line_id_idx";

-- DropIndex
DROP INDEX "customer_balance_transactions_environment_id_credit_note_id_idx";

-- DropIndex
DROP INDEX "customer_balance_transactions_environment_id_invoice_id_idx";

-- AlterTable
ALTER TABLE "credit_note_lines" ADD COLUMN     "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "credit_notes" ADD COLUMN     "content_hash" TEXT;

-- CreateIndex
CREATE INDEX "credit_note_lines_environment_id_invoice_line_id_position_i_idx" ON "credit_note_lines"("environment_id", "invoice_line_id", "position", "id");

-- CreateIndex
CREATE INDEX "customer_balance_transactions_environment_id_created_at_id_idx" ON "customer_balance_transactions"("environment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "customer_balance_transactions_environment_id_invoice_id_cre_idx" ON "customer_balance_transactions"("environment_id", "invoice_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "customer_balance_transactions_environment_id_credit_note_id_idx" ON "customer_balance_transactions"("environment_id", "credit_note_id", "created_at", "id");

-- What credit notes take back and what is refunded besides is never more than was paid, whatever runs at once.
ALTER TABLE invoices
  ADD CONSTRAINT invoices_given_back_check CHECK (amount_credited + amount_refunded <= amount_paid);
