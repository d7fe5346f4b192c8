-- AlterTable
ALTER TABLE "test_clocks" ADD COLUMN     "left_undone" INTEGER NOT NULL DEFAULT 0;
