import type { Row } from "../../../db/datamodel.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { newId } from "../../../kit/ids.ts";
import type { DefinedPrice } from "./definition.ts";

export type PriceRow = Row<"Price">;

/** What of a price can change. */
export type PriceLabels = Pick<PriceRow, "name" | "nickname" | "description" | "lookupKey" | "metadata">;

export const noLabels: PriceLabels = {
  name: null,
  nickname: null,
  description: null,
  lookupKey: null,
  metadata: {},
};

/** The row of a price that is made now, with the labels of another one where that is given. */
export function newPrice(
  { environmentId, now }: Transaction,
  productId: string,
  defined: DefinedPrice,
  { name, nickname, description, lookupKey, metadata }: PriceLabels = noLabels,
  meterId: string | null = null,
): PriceRow {
  return {
    ...defined,
    environmentId,
    id: newId(),
    productId,
    meterId,
    name,
    nickname,
    description,
    lookupKey,
    metadata,
    active: true,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}
