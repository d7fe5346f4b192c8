import { isDeepStrictEqual } from "node:util";
import { type ModelName, type Row, quote, tableOf } from "./datamodel.ts";
import { Prisma } from "./generated/prisma/client.ts";
import { isId } from "../kit/ids.ts";
import type { EventDraft } from "./outbox.ts";
import type { Transaction } from "./transaction.ts";
import { toRecords } from "./writes.ts";

/** A row before and after a change. */
export interface Change<R> {
  readonly before: R;
  readonly after: R;
}

/** Models whose rows count their changes. */
type Versioned = { [M in ModelName]: Row<M> extends { version: number; id: string } ? M : never }[ModelName];

/** The values of `before` that are different in `after`, by column; null when all are the same. */
export function changedValues<V extends object>(before: V, after: V): Partial<V> | null {
  let changed: Partial<V> | null = null;
  for (const column in before) {
    if (isSame(before[column], after[column])) continue;
    changed ??= {};
    changed[column] = before[column];
  }
  return changed;
}

/** Decimals are the same when their figures are. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  if (one instanceof Prisma.Decimal && other instanceof Prisma.Decimal) return one.equals(other);
  return isDeepStrictEqual(one, other);
}

/**
 * Changes rows of a model that counts its changes, in one statement however many they are. A row that is not at the version
 * before its change any more makes the transaction start over.
 */
export async function updateRows<M extends Versioned>(
  transaction: Transaction,
  model: M,
  changes: readonly Change<Row<M>>[],
): Promise<void> {
  if (!changes.length) return;
  const { name, columns } = tableOf(model);
  const fixed = new Set(["environment_id", "id", "created_at", "created_by"]);
  const assignments = Object.values(columns)
    .filter((column) => !fixed.has(column))
    .map((column) => `${quote(column)} = n.${quote(column)}`);
  const records = toRecords(
    model,
    changes.map(({ after }) => after),
  );
  const updated = await transaction.query(Prisma.sql`
    UPDATE ${name} t SET ${Prisma.raw(assignments.join(", "))}
    FROM jsonb_populate_recordset(NULL::${name}, ${records}::jsonb) n
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = n.id AND t.version = n.version - 1
    RETURNING t.id`);
  if (updated.length !== changes.length) startOver();
}

/**
 * Stores `values` as the next version of a row, and tells of it as `event`. Where nothing is different, nothing is written and
 * no event told.
 */
export async function saveChange<M extends Versioned>(
  transaction: Transaction,
  model: M,
  { before, values, event }: { readonly before: Row<M>; readonly values: Row<M>; readonly event: string },
): Promise<{ readonly row: Row<M>; readonly changed: boolean }> {
  if (!changedValues(before, values)) return { row: before, changed: false };
  const after = nextVersion(transaction, before as never, values as never) as Row<M>;
  await updateRows(transaction, model, [{ before, after }]);
  transaction.emit(changeEvent(event, { before, after } as never));
  return { row: after, changed: true };
}

/** The rows of `model` with these ids, by id, locked for a change until the transaction ends; in the order of their ids, so that nobody waits in a circle. */
export async function lockRows<M extends ModelName>(
  transaction: Transaction,
  model: M,
  ids: readonly string[],
): Promise<Map<string, Row<M>>> {
  const { name, select } = tableOf(model);
  const rows = await transaction.query<Row<M> & { id: string }>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = ANY(${ids.filter(isId)}::uuid[])
    ORDER BY t.id FOR UPDATE`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The row after a change that is made now. */
export function nextVersion<R extends { version: number; updatedAt: Date }>(
  { now }: { readonly now: Date },
  before: R,
  values: Partial<R>,
): R {
  return { ...before, ...values, version: before.version + 1, updatedAt: now };
}

/** An event about an object, which tells all of it but its tenant. */
export function objectEvent<R extends { id: string }>(type: string, row: R): EventDraft {
  const { environmentId: _, ...data } = row as R & { environmentId?: string };
  return { type, objectType: type.slice(0, type.indexOf(".")), objectId: row.id, data };
}

/** An event about a change, which tells what was there before as well. */
export function changeEvent<R extends { id: string }>(
  type: string,
  { before, after }: Change<R>,
): EventDraft {
  const {
    version: _,
    updatedAt: __,
    ...previousAttributes
  } = (changedValues(before, after) ?? {}) as {
    version?: unknown;
    updatedAt?: unknown;
  };
  return { ...objectEvent(type, after), previousAttributes };
}

/**
 * Undoes the transaction and runs it again from its start: what was read before everything was locked is not true any
 * more. Rare.
 */
export function startOver(cause?: unknown): never {
  throw Object.assign(new Error("rows changed before they were locked", { cause }), { code: "40001" });
}

/** SQLSTATE of a unique violation, of a reference to what there is not, and of a division by zero. */
const notAsRead: ReadonlySet<unknown> = new Set(["23505", "23503", "22012"]);

/**
 * Starts over when a write finds that somebody else has by now what only one can have, or has deleted what it refers to. A statement that sees by itself that rows
 * are not as they were read says so by dividing by zero: so it fails in the database, before it can be committed.
 */
export async function orStartOver<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (notAsRead.has((error as { code?: unknown }).code)) startOver(error);
    throw error;
  }
}
