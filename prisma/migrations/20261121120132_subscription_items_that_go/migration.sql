-- AlterTable
ALTER TABLE "subscription_items" ADD COLUMN     "removed_at" TIMESTAMPTZ(3),
ADD COLUMN     "unit_amount" DECIMAL(30,12);

-- AlterTable
ALTER TABLE "subscription_schedules" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- Nobody chooses to be paid.
ALTER TABLE subscription_items ADD CONSTRAINT subscription_items_amount_check CHECK (unit_amount >= 0);
