import {
  type Change,
  changeEvent,
  changedValues,
  nextVersion,
  objectEvent,
  orStartOver,
  updateRows,
} from "../../../db/changes.ts";
import { tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { toJson } from "../../../db/json.ts";
import { readByIds } from "../../../db/reads.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { type PriceRow, newPrice } from "../prices/row.ts";
import { insertable } from "./create.ts";
import type { ProductRow } from "./fields.ts";
import {
  type NewProduct,
  type ProductPlan,
  type Known,
  type ProductRecord,
  type ProductUpsertResult,
  planCreate,
  planUpdate,
  stored,
} from "./plan-upsert.ts";

/** What a round is to write. */
interface Writes {
  readonly created: ProductRow[];
  readonly updated: Change<ProductRow>[];
  readonly newPrices: PriceRow[];
  readonly oldPrices: Change<PriceRow>[];
  /** Products of which only the source's time moves. */
  readonly touched: { readonly id: string; readonly external_updated_at: string }[];
}

/** Lets one transaction at a time upsert products of this source. */
export async function lockExternalIds({ environmentId, query }: Transaction, source: string): Promise<void> {
  await query(
    Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`products ${environmentId} ${source}`}, 0))`,
  );
}

/** Applies records that name no product twice. Reads once for all of them, and writes once a table. */
export async function applyRecords(
  transaction: Transaction,
  records: readonly ProductRecord[],
): Promise<ProductUpsertResult[]> {
  const { known, takenKeys } = await readKnown(transaction, records);
  const writes: Writes = { created: [], updated: [], newPrices: [], oldPrices: [], touched: [] };
  const results = records.map((record) =>
    applyRecord(transaction, record, known.get(record.externalId), takenKeys, writes),
  );
  // A product and its default price name each other, so the product is made without it first.
  const made = writes.created.map((product) => ({ ...product, defaultPriceId: null }));
  const linked = writes.created
    .filter(({ defaultPriceId }) => defaultPriceId !== null)
    .map((after) => ({ before: after, after: { ...after, version: 2 } }));
  await orStartOver(insertRows(transaction, "Product", made));
  await insertRows(transaction, "Price", writes.newPrices);
  await orStartOver(updateRows(transaction, "Product", [...writes.updated, ...linked]));
  await updateRows(transaction, "Price", writes.oldPrices);
  await touch(transaction, writes.touched);
  transaction.emit(
    ...writes.created.map((product) => objectEvent("product.created", product)),
    ...writes.updated.map((change) => changeEvent("product.updated", change)),
    ...writes.oldPrices.map((change) => changeEvent("price.archived", change)),
    ...writes.newPrices.map((price) => objectEvent("price.created", price)),
  );
  return results;
}

async function readKnown(transaction: Transaction, records: readonly ProductRecord[]) {
  const { environmentId } = transaction;
  const source = records[0]?.source ?? "";
  const wantedKeys = records.map(({ productKey, externalId }) => productKey ?? externalId);
  const wanted = toJson(
    records.map(({ externalId, externalUpdatedAt }) => ({ id: externalId, at: externalUpdatedAt })),
  );
  const rows = await transaction.query<ProductRow & Omit<Known, "product" | "price">>(Prisma.sql`
    SELECT ${tableOf("Product").select},
      to_char(t.external_updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "storedUpdatedAt",
      coalesce(wanted.at < t.external_updated_at, false) AS stale,
      coalesce(wanted.at > t.external_updated_at, wanted.at IS NOT NULL) AS newer
    FROM jsonb_to_recordset(${wanted}::jsonb) AS wanted(id text, at timestamptz)
    JOIN products t ON t.environment_id = ${environmentId}::uuid AND t.external_source = ${source} AND t.external_id = wanted.id
    ORDER BY t.id FOR UPDATE OF t`);
  const keys = await transaction.query<{ key: string }>(Prisma.sql`
    SELECT t.product_key AS key FROM products t
    WHERE t.environment_id = ${environmentId}::uuid AND t.product_key = ANY(${wantedKeys}::text[])`);
  const priceIds = rows.flatMap(({ defaultPriceId }) => defaultPriceId ?? []);
  const prices = priceIds.length ? await readByIds(transaction, environmentId, "Price", priceIds) : [];
  const priceById = new Map(prices.flatMap((price) => (price ? [[price.id, price] as const] : [])));
  const known = new Map<string, Known>();
  for (const { storedUpdatedAt, stale, newer, ...product } of rows) {
    const price = priceById.get(product.defaultPriceId ?? "") ?? null;
    known.set(product.externalId ?? "", { product, price, storedUpdatedAt, stale, newer });
  }
  return { known, takenKeys: new Set(keys.map(({ key }) => key)) };
}

function applyRecord(
  transaction: Transaction,
  record: ProductRecord,
  known: Known | undefined,
  takenKeys: ReadonlySet<string>,
  writes: Writes,
): ProductUpsertResult {
  const { index, externalId } = record;
  const done = { index, externalId, warnings: [], faults: [] };
  const plan = known ? planUpdate(record, known) : planCreate(record, takenKeys);
  if ("faults" in plan)
    return { ...done, outcome: plan.outcome, product: known?.product ?? null, faults: plan.faults };
  if (!known) return { ...done, outcome: "CREATED", product: create(transaction, plan, writes) };
  const { product, price, newer } = known;
  const { values, defined, warnings } = plan;
  if (defined) {
    const next = newPrice(transaction, product.id, defined, price ?? undefined, price?.meterId);
    writes.newPrices.push(next);
    if (price)
      writes.oldPrices.push({ before: price, after: nextVersion(transaction, price, { active: false }) });
    values.defaultPriceId = next.id;
  }
  const at = newer ? (record.externalUpdatedAt ?? null) : null;
  if (!changedValues(product, { ...product, ...values })) {
    if (at) writes.touched.push({ id: product.id, external_updated_at: at });
    return { ...done, outcome: "UNCHANGED", product, warnings };
  }
  const after = nextVersion(transaction, product, {
    ...values,
    ...(at && { externalUpdatedAt: stored(at) }),
  });
  writes.updated.push({ before: product, after });
  return { ...done, outcome: "UPDATED", product: after, warnings };
}

function create(transaction: Transaction, { values, defined }: ProductPlan, writes: Writes): ProductRow {
  const product = insertable(transaction, values as NewProduct);
  if (!defined) {
    writes.created.push(product);
    return product;
  }
  const price = newPrice(transaction, product.id, defined);
  writes.newPrices.push(price);
  const linked = { ...product, defaultPriceId: price.id };
  writes.created.push(linked);
  return { ...linked, version: 2 };
}

/** Moves the source's time of products that are otherwise the same: no new version, and nobody is told. */
async function touch(transaction: Transaction, touched: Writes["touched"]): Promise<void> {
  if (!touched.length) return;
  await transaction.query(Prisma.sql`
    UPDATE products t SET external_updated_at = n.external_updated_at
    FROM jsonb_to_recordset(${toJson(touched)}::jsonb) AS n(id uuid, external_updated_at timestamptz)
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = n.id`);
}
