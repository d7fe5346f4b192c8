-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "documents_only" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "persisted_documents" (
    "environment_id" UUID NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "text" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "persisted_documents_pkey" PRIMARY KEY ("environment_id","hash")
);

-- AddForeignKey
ALTER TABLE "persisted_documents" ADD CONSTRAINT "persisted_documents_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environments"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What Prisma's models cannot say.
ALTER TABLE "persisted_documents"
  ADD CONSTRAINT "persisted_documents_hash_check" CHECK ("hash" = encode(sha256(convert_to("text", 'UTF8')), 'hex'));
