import { z } from "zod";
import { lockRows, objectEvent, saveChange } from "../../db/changes.ts";
import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { parseCountry } from "../../kit/country.ts";
import { newId } from "../../kit/ids.ts";
import { changedMetadata, newMetadata, metadataInput } from "../../kit/metadata.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, clearable, readable, text } from "../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../kit/versions.ts";

export type TaxRateRow = Row<"TaxRate">;

const mostDigits = 6;

/** A percentage from 0 to 100 with at most six digits after the point. */
const percentage = readable(
  z.string("must be a decimal number as a text").refine((value) => {
    const rate = new Prisma.Decimal(value);
    return rate.gte(0) && rate.lte(100) && rate.decimalPlaces() <= mostDigits;
  }, `must be 0 to 100, with at most ${mostDigits} digits after the point`),
);

const labels = {
  description: clearable(text(1_000)),
  active: z.boolean().nullish(),
  metadata: metadataInput.nullish(),
};

const createInput = z.strictObject({
  ...labels,
  name: text(100),
  percentage,
  inclusive: z.boolean().nullish(),
  country: clearable(
    text(2).refine((code) => parseCountry(code), "must be an ISO 3166-1 alpha-2 country code, such as US"),
  ),
  state: clearable(text(100)),
});

/** Creates a tax rate. Its percentage, and whether amounts contain it, never change. */
export async function createTaxRate(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ taxRate: TaxRateRow }> {
  const input = checked(createInput, sent);
  return transact(host, writer, async (transaction) => {
    const { environmentId, now } = transaction;
    const taxRate: TaxRateRow = {
      environmentId,
      id: newId(),
      name: input.name,
      description: input.description ?? null,
      percentage: new Prisma.Decimal(input.percentage),
      inclusive: input.inclusive ?? false,
      country: input.country ? parseCountry(input.country) : null,
      state: input.state ?? null,
      active: input.active ?? true,
      version: 1,
      metadata: newMetadata(input.metadata),
      createdAt: now,
      updatedAt: now,
    };
    await insertRows(transaction, "TaxRate", [taxRate]);
    transaction.emit(objectEvent("tax_rate.created", taxRate));
    return { taxRate };
  });
}

export interface TaxRateChange {
  readonly taxRate: TaxRateRow;
  /** Whether anything of it is different now. */
  readonly changed: boolean;
}

const updateInput = z.strictObject({
  ...labels,
  taxRateId: z.string(),
  name: text(100).optional(),
  replaceMetadata: z.boolean().nullish(),
  expectedVersion,
});

/** Changes what a tax rate is called, and whether new documents can use it. */
export async function updateTaxRate(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<TaxRateChange> {
  const {
    taxRateId,
    metadata,
    active,
    replaceMetadata,
    expectedVersion: expected,
    ...rest
  } = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const before = (await lockRows(transaction, "TaxRate", [taxRateId])).get(taxRateId.toLowerCase());
    if (!before) refuse("NOT_FOUND", "There is no such tax rate.", ["taxRateId"]);
    checkVersion("tax rate", before.version, expected);
    const given = Object.entries(rest).filter(([, value]) => value !== undefined);
    const values: TaxRateRow = {
      ...before,
      ...Object.fromEntries(given),
      active: active ?? before.active,
      metadata: changedMetadata(before.metadata, metadata, { replace: replaceMetadata }),
    };
    const event = "tax_rate.updated";
    const { row, changed } = await saveChange(transaction, "TaxRate", { before, values, event });
    return { taxRate: row, changed };
  });
}
