-- AlterEnum
ALTER TYPE "meter_aggregation" ADD VALUE 'AVG';
ALTER TYPE "meter_aggregation" ADD VALUE 'MIN';

-- DropIndex
DROP INDEX "usage_events_environment_id_customer_id_meter_id_timestamp__idx";

-- AlterTable
ALTER TABLE "meters" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "usage_events" ADD COLUMN     "replaces_id" UUID,
ADD COLUMN     "void_reason" TEXT,
ADD COLUMN     "voided_at" TIMESTAMPTZ(3);

-- AddForeignKey
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_environment_id_replaces_id_fkey" FOREIGN KEY ("environment_id", "replaces_id") REFERENCES "usage_events"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE usage_events
  ADD CONSTRAINT usage_events_void_reason_check CHECK (void_reason IS NULL OR voided_at IS NOT NULL),
  ADD CONSTRAINT usage_events_replaces_check CHECK (replaces_id <> id);

-- Sums are made of the events that count, on the index alone.
CREATE INDEX usage_events_counted_idx ON usage_events (environment_id, customer_id, meter_id, "timestamp") INCLUDE (quantity)
  WHERE voided_at IS NULL;

-- An event is replaced once.
CREATE UNIQUE INDEX usage_events_replaces_idx ON usage_events (environment_id, replaces_id) WHERE replaces_id IS NOT NULL;
