import { z } from "zod";
import { type Fault, refuse } from "./refusal.ts";
import { check, checked, text } from "./validate.ts";

/** What an upsert did with a record of another system. */
export type Outcome = "CREATED" | "UPDATED" | "UNCHANGED" | "STALE" | "FAILED";

/** What became of one record, at its place in the input. */
export interface RecordResult {
  readonly index: number;
  /** The external id that was sent; null when it was no text. */
  readonly externalId: string | null;
  readonly outcome: Outcome;
  readonly warnings: readonly string[];
  /** Why the record was not applied: its faults, or that it was stale. */
  readonly faults: readonly Fault[];
}

/** Why a record was not applied that is older than what is stored. */
export function staleFault(
  storedUpdatedAt: string | null,
  incomingUpdatedAt: string | null,
  path: readonly string[],
): Fault {
  return {
    code: "STALE_UPDATE",
    message: `Not applied: the record is of ${incomingUpdatedAt}, and one of ${storedUpdatedAt} is stored.`,
    path: [...path, "externalUpdatedAt"],
    details: { storedUpdatedAt, incomingUpdatedAt },
  };
}

/** The most records that one call takes. */
const mostRecords = 100;

/** Refuses a batch that is empty or too large; `field` is where it stands in the input, such as `customers`. */
function requireBatch(records: readonly unknown[], field: string): void {
  if (!records.length) refuse("REQUIRED", `Send at least one ${field.slice(0, -1)}.`, [field]);
  if (records.length > mostRecords) {
    refuse("TOO_MANY", `Send at most ${mostRecords} ${field} at once, not ${records.length}.`, [field]);
  }
}

/** Records of another system as they were sent. */
export interface SentRecords {
  /** The system that they are of. */
  readonly source: string;
  readonly records: readonly unknown[];
  /** Leads to a record in the input. */
  readonly pathOf: (index: number) => readonly string[];
}

/** The records of a batch, which stand in the input as `field`, such as `customers`. */
export function readBatch<Field extends string>(
  input: { readonly source: unknown } & Readonly<Record<Field, readonly unknown[]>>,
  field: Field,
  sourceSchema: z.ZodType<string>,
): SentRecords {
  const source = checked(sourceSchema, input.source, ["source"]);
  const records: readonly unknown[] = input[field];
  requireBatch(records, field);
  return { source, records, pathOf: (index) => [field, String(index)] };
}

/** The one record that stands in the input as `field`, such as `customer`. */
export function readSingle<Field extends string>(
  input: { readonly source: unknown } & Readonly<Record<Field, unknown>>,
  field: Field,
  sourceSchema: z.ZodType<string>,
): SentRecords {
  const source = checked(sourceSchema, input.source, ["source"]);
  return { source, records: [input[field]], pathOf: () => [field] };
}

/** A record that has the right form, at its place in the batch. */
export interface CheckedRecord<T> {
  readonly index: number;
  /** Leads to the record in the input. */
  readonly path: readonly string[];
  readonly value: T;
}

/**
 * Gives each record its result, in order: those that do not have the form of `schema` fail, and `apply` does all others. It
 * is not called where there are none.
 */
export async function upsertEach<T, R extends RecordResult>(
  records: readonly unknown[],
  {
    schema,
    pathOf,
    failed,
    apply,
  }: {
    readonly schema: z.ZodType<T>;
    readonly pathOf: (index: number) => readonly string[];
    /** The result of a record that failed, with what the domain adds. */
    readonly failed: (result: RecordResult) => R;
    readonly apply: (candidates: readonly CheckedRecord<T>[]) => Promise<readonly R[]>;
  },
): Promise<R[]> {
  const refused: R[] = [];
  const candidates: CheckedRecord<T>[] = [];
  for (const [index, sent] of records.entries()) {
    const path = pathOf(index);
    const result = check(schema, sent, path);
    if ("value" in result) {
      candidates.push({ index, path, value: result.value });
      continue;
    }
    const { faults } = result;
    refused.push(failed({ index, externalId: externalIdOf(sent), outcome: "FAILED", warnings: [], faults }));
  }
  const applied = candidates.length ? await apply(candidates) : [];
  return [...refused, ...applied].toSorted((one, other) => one.index - other.index);
}

function externalIdOf(sent: unknown): string | null {
  const { success, data } = z.object({ externalId: text(255, 0) }).safeParse(sent);
  return success ? data.externalId : null;
}
