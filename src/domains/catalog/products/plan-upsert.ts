import type { Fault } from "../../../kit/refusal.ts";
import { type RecordResult, staleFault } from "../../../kit/upsert.ts";
import {
  type DefinedPrice,
  type PriceDefinition,
  definedPrice,
  definitionFaults,
} from "../prices/definition.ts";
import type { PriceRow } from "../prices/row.ts";
import { type ProductFields, type ProductRow, emptyProduct, mergeProduct, productFaults } from "./fields.ts";

/** A record of another system, checked. */
export interface ProductRecord extends ProductFields {
  readonly index: number;
  /** Leads to the record in the input. */
  readonly path: readonly string[];
  readonly source: string;
  readonly externalId: string;
  readonly externalUpdatedAt?: string | null | undefined;
  readonly productKey?: string | null | undefined;
  readonly kind?: "SUBSCRIPTION" | "ONE_TIME" | null | undefined;
  readonly amount?: bigint | null | undefined;
  readonly currency?: string | null | undefined;
  readonly interval?: PriceDefinition["interval"];
  readonly intervalCount?: number | null | undefined;
}

/** What became of a record: the product after the call, null where the record failed. */
export interface ProductUpsertResult extends RecordResult {
  readonly product: ProductRow | null;
}

/** A product that a record names, as it is stored, with its default price. */
export interface Known {
  readonly product: ProductRow;
  readonly price: PriceRow | null;
  /** When the source last changed it, as RFC 3339 with microseconds. */
  readonly storedUpdatedAt: string | null;
  /** Whether the record is older, or younger, than that. Decided by the database, to the microsecond. */
  readonly stale: boolean;
  readonly newer: boolean;
}

export type NewProduct = Omit<
  ProductRow,
  "environmentId" | "id" | "version" | "createdAt" | "updatedAt" | "archivedAt"
>;

/** What a record makes of a product. */
export interface ProductPlan {
  readonly values: Partial<ProductRow>;
  /** The default price that it gets; null where it keeps what it has. */
  readonly defined: DefinedPrice | null;
  readonly warnings: readonly string[];
}

/** Why a record is not applied. */
export interface NoPlan {
  readonly outcome: "FAILED" | "STALE";
  readonly faults: readonly Fault[];
}

/** JSON turns an instant into what the database reads, as it does a date. */
export const stored = (instant: string): Date => instant as unknown as Date;

/** What becomes of a record that no product has the external id of. */
export function planCreate(record: ProductRecord, takenKeys: ReadonlySet<string>): ProductPlan | NoPlan {
  const { path, source, externalId, externalUpdatedAt, productKey, name, amount, interval } = record;
  if (name === undefined) return failed("REQUIRED", "A new product needs a name.", [...path, "name"]);
  if (amount == null) return failed("REQUIRED", "A new product needs an amount.", [...path, "amount"]);
  if (productKey != null && takenKeys.has(productKey)) {
    return failed("CONFLICT", "Another product has this key.", [...path, "productKey"]);
  }
  const key = productKey ?? (takenKeys.has(externalId) ? `${source}:${externalId}` : externalId);
  const kind = record.kind ?? (interval ? "SUBSCRIPTION" : "ONE_TIME");
  const values: NewProduct = {
    ...mergeProduct(emptyProduct, fieldsOf(record)),
    name,
    kind,
    productKey: key,
    externalSource: source,
    externalId,
    externalUpdatedAt: externalUpdatedAt ? stored(externalUpdatedAt) : null,
  };
  const definition = definitionOf(kind, record, null);
  const faults = [...productFaults(values, path), ...definitionFaults(definition, path)];
  if (faults.length) return { outcome: "FAILED", faults };
  return { values, defined: definedPrice(definition), warnings: [] };
}

/** What becomes of a record whose product is known. */
export function planUpdate(record: ProductRecord, known: Known): ProductPlan | NoPlan {
  const { path, kind, productKey, externalUpdatedAt = null } = record;
  const { product, price, stale, storedUpdatedAt } = known;
  if (stale) return { outcome: "STALE", faults: [staleFault(storedUpdatedAt, externalUpdatedAt, path)] };
  const warnings: string[] = [];
  if (kind != null && kind !== product.kind) warnings.push("kind was not applied: it never changes.");
  if (productKey != null && productKey !== product.productKey) {
    warnings.push("productKey was not applied: it never changes.");
  }
  const values = mergeProduct(product, fieldsOf(record));
  const definition = isPriced(record) ? definitionOf(product.kind, record, price) : null;
  const faults = [...productFaults(values, path), ...(definition ? definitionFaults(definition, path) : [])];
  if (faults.length) return { outcome: "FAILED", faults };
  const defined = definition && definedPrice(definition);
  const same = defined && price && isSamePrice(defined, price);
  return { values, defined: same ? null : defined, warnings };
}

function fieldsOf(record: ProductRecord): ProductFields {
  const { name, description, active, imageUrl, taxCode, metadata } = record;
  return { name, description, active, imageUrl, taxCode, metadata };
}

/** Whether a record says anything of the price. */
function isPriced({ amount, currency, interval, intervalCount }: ProductRecord): boolean {
  return [amount, currency, interval, intervalCount].some((value) => value != null);
}

/** The price that a record asks for, what it leaves out being as in the price that there is. */
function definitionOf(
  kind: ProductRow["kind"],
  { amount, currency, interval, intervalCount }: ProductRecord,
  price: PriceRow | null,
): PriceDefinition {
  const recurring = kind !== "ONE_TIME";
  return {
    type: recurring ? "RECURRING" : "ONE_TIME",
    unitAmount: amount == null ? price?.unitAmount.toFixed() : String(amount),
    currency: currency ?? price?.currency,
    interval: interval ?? (recurring ? (price?.interval ?? "MONTH") : undefined),
    intervalCount: intervalCount ?? (recurring ? price?.intervalCount : undefined),
  };
}

function isSamePrice(defined: DefinedPrice, price: PriceRow): boolean {
  return (
    defined.unitAmount.equals(price.unitAmount) &&
    defined.currency === price.currency &&
    defined.interval === price.interval &&
    defined.intervalCount === price.intervalCount
  );
}

function failed(code: Fault["code"], message: string, path: readonly string[]): NoPlan {
  return { outcome: "FAILED", faults: [{ code, message, path }] };
}
