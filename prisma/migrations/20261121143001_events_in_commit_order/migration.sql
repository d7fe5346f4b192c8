-- DropIndex
DROP INDEX "events_environment_id_sequence_idx";

-- AlterTable
ALTER TABLE "events" ADD COLUMN     "transaction_id" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint;

-- CreateIndex
CREATE INDEX "events_environment_id_transaction_id_sequence_idx" ON "events"("environment_id", "transaction_id", "sequence");
