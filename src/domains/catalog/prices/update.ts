import { z } from "zod";
import { lockRows, orStartOver, saveChange } from "../../../db/changes.ts";
import { type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { changedMetadata } from "../../../kit/metadata.ts";
import { refuse } from "../../../kit/refusal.ts";
import { checkVersion, expectedVersion } from "../../../kit/versions.ts";
import { checked } from "../../../kit/validate.ts";
import { priceLabels, refuseTaken } from "./create.ts";
import type { PriceRow } from "./row.ts";

export interface PriceChange {
  readonly price: PriceRow;
  /** Whether anything of it is different now. */
  readonly changed: boolean;
}

const updateInput = z.strictObject({
  ...priceLabels,
  priceId: z.string(),
  active: z.boolean().nullish(),
  replaceMetadata: z.boolean().nullish(),
  expectedVersion,
});

/** Changes what a price is called, and whether it can be sold. Amounts never change: see `replacePrice`. */
export async function updatePrice(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<PriceChange> {
  const {
    priceId,
    metadata,
    active,
    replaceMetadata,
    expectedVersion: expected,
    ...labels
  } = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const before = (await lockRows(transaction, "Price", [priceId])).get(priceId.toLowerCase());
    if (!before) refuse("NOT_FOUND", "There is no such price.", ["priceId"]);
    checkVersion("price", before.version, expected);
    const given = Object.entries(labels).filter(([, value]) => value !== undefined);
    const values: PriceRow = {
      ...before,
      ...Object.fromEntries(given),
      active: active ?? before.active,
      metadata: changedMetadata(before.metadata, metadata, { replace: replaceMetadata }),
    };
    if (values.active) await refuseTaken(transaction, values.lookupKey, before.id);
    const event = before.active && !values.active ? "price.archived" : "price.updated";
    const { row, changed } = await orStartOver(saveChange(transaction, "Price", { before, values, event }));
    return { price: row, changed };
  });
}

/** Archives a price: it can no longer be sold, and what was sold at it goes on. Twice is the same as once. */
export async function archivePrice(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<PriceChange> {
  const { priceId } = checked(z.strictObject({ priceId: z.string() }), sent);
  return updatePrice(host, writer, { priceId, active: false });
}
