import { z } from "zod";
import { contentHash } from "../../../db/content-hash.ts";
import { readable, text } from "../../../kit/validate.ts";
import { customerReference, externalReference } from "../../customers/index.ts";
import { amountFromZero, currency, instant, invoiceFields, period } from "../fields.ts";
import { mostLines, productReference, quantity, unitAmount } from "../line-input.ts";

const { collectionMethod: _, ...describing } = invoiceFields;

const line = z.strictObject({
  description: text(500),
  quantity: quantity.nullish(),
  unitAmount,
  product: productReference.nullish(),
  period: period.nullish(),
});

/** The states that another system can tell of; the others come from what is done here. */
export const externalStatuses = [
  "DRAFT",
  "FINALIZED",
  "APPROVED",
  "SENT",
  "OVERDUE",
  "PAID",
  "VOID",
  "UNCOLLECTIBLE",
] as const;

export type ExternalStatus = (typeof externalStatuses)[number];

/** An invoice as another system knows it. A field that is left out is left alone; null clears what can be empty. */
export const externalRecord = z.strictObject({
  ...describing,
  externalId: externalReference.shape.id,
  externalUpdatedAt: readable(z.string("must be a date and time")).nullish(),
  externalType: text(64).nullish(),
  customer: customerReference.nullish(),
  number: text(64).nullish(),
  currency: currency.nullish(),
  lines: z.array(line).max(mostLines, `must have at most ${mostLines} entries`).nullish(),
  subtotal: amountFromZero.nullish(),
  discount: amountFromZero.nullish(),
  tax: amountFromZero.nullish(),
  total: amountFromZero.nullish(),
  status: z.enum(externalStatuses).nullish(),
  issuedAt: instant.nullish(),
  paidAt: instant.nullish(),
});

export type ExternalRecord = z.infer<typeof externalRecord>;
export type ExternalLine = z.infer<typeof line>;

/** A record, where it stands in the input, and what it says in short. */
export interface ExternalInvoice extends ExternalRecord {
  readonly index: number;
  readonly path: readonly string[];
  readonly source: string;
  /** The same for records that say the same, whenever they were sent. */
  readonly hash: string;
}

/** A record with its hash; when the other system changed it is no part of what it says. */
export function externalInvoice(
  record: ExternalRecord,
  place: Pick<ExternalInvoice, "index" | "path" | "source">,
): ExternalInvoice {
  const { externalUpdatedAt: _when, ...content } = record;
  return { ...record, ...place, hash: contentHash(content) };
}
