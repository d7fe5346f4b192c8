import { describe, expect, it, onTestFinished } from "vitest";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDifference } from "../../prisma/difference.ts";

const models = `
  datasource db {
    provider = "postgresql"
  }

  model Customer {
    environmentId String  @map("environment_id") @db.Uuid
    id            String  @db.Uuid
    name          String?
    referrerId    String? @map("referrer_id") @db.Uuid
    metadata      Json    @default("{}")
    referrer      Customer?  @relation("referrer", fields: [environmentId, referrerId], references: [environmentId, id], onDelete: Restrict, onUpdate: Restrict)
    referred      Customer[] @relation("referrer")

    @@id([environmentId, id])
    @@index([environmentId(ops: raw("uuid_ops")), name(ops: raw("gin_trgm_ops"))], type: Gin, map: "customers_name")
    @@index([metadata(ops: JsonbPathOps)], type: Gin, map: "customers_metadata")
    @@map("customers")
  }
`;

const table = `
  CREATE EXTENSION pg_trgm;
  CREATE EXTENSION btree_gin;
  CREATE TABLE customers (
    environment_id uuid NOT NULL,
    id uuid NOT NULL,
    name text CHECK (name <> ''),
    referrer_id uuid,
    metadata jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (environment_id, id),
    CONSTRAINT customers_environment_id_referrer_id_fkey FOREIGN KEY (environment_id, referrer_id)
      REFERENCES customers (environment_id, id) ON DELETE RESTRICT ON UPDATE RESTRICT
  );
  CREATE INDEX customers_name ON customers USING gin (environment_id, name gin_trgm_ops);
  CREATE INDEX customers_metadata ON customers USING gin (metadata jsonb_path_ops);
`;

const unseen = `
  CREATE UNIQUE INDEX ON customers (environment_id, name) WHERE referrer_id IS NULL;
  CREATE UNIQUE INDEX ON customers (environment_id, lower(name));
  ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
  CREATE POLICY tenant ON customers USING (environment_id::text = current_setting('app.environment', true));
`;

async function difference(migration: string): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "drift-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "models"));
  mkdirSync(join(root, "migrations/1_init"), { recursive: true });
  writeFileSync(join(root, "models/base.prisma"), models);
  writeFileSync(join(root, "migrations/1_init/migration.sql"), migration);
  return await findDifference(join(root, "models"), join(root, "migrations"));
}

describe("the difference between models and migrations", () => {
  it("is nothing where they agree, whatever else the migrations have that models cannot say", async () => {
    expect(await difference(table + unseen)).toBe("");
  });

  it("is the SQL that the migrations lack", async () => {
    const behind = table
      .replace("name text CHECK (name <> ''),", "name varchar(10),")
      .replace(/CREATE INDEX customers_met.*/, "");
    const sql = await difference(behind);
    expect(sql).toContain('ALTER COLUMN "name" SET DATA TYPE TEXT');
    expect(sql).toContain(
      'CREATE INDEX "customers_metadata" ON "customers" USING GIN ("metadata" jsonb_path_ops)',
    );
    await expect(difference(`${behind};${sql}`)).resolves.toBe("");
  });
});
