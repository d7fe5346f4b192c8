-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "allowed_addresses" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "api_version" TEXT NOT NULL DEFAULT '2026-05-01',
ADD COLUMN     "burst" INTEGER,
ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_used_at" TIMESTAMPTZ(3),
ADD COLUMN     "replaced_by_id" UUID,
ADD COLUMN     "requests_per_minute" INTEGER;

-- Keys that are there already were made for the current version; new ones say theirs.
ALTER TABLE "api_keys" ALTER COLUMN "api_version" DROP DEFAULT;

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_environment_id_replaced_by_id_key" ON "api_keys"("environment_id", "replaced_by_id");

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_environment_id_replaced_by_id_fkey" FOREIGN KEY ("environment_id", "replaced_by_id") REFERENCES "api_keys"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What Prisma's models cannot say.
ALTER TABLE "api_keys"
  ADD CONSTRAINT "api_keys_api_version_check" CHECK ("api_version" ~ '^\d{4}-\d{2}-\d{2}$'),
  ADD CONSTRAINT "api_keys_limits_check" CHECK ("requests_per_minute" > 0 AND "burst" > 0);
