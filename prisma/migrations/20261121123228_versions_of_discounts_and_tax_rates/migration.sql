-- AlterTable
ALTER TABLE "discounts" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "tax_rates" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;
