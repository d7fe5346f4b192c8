import DataLoader from "dataloader";
import type { ModelName, Row } from "../db/datamodel.ts";
import { readByIds } from "../db/reads.ts";
import { isId } from "../kit/ids.ts";
import type { Context } from "./context.ts";

/**
 * The request's loader called `name`, made at its first use. The name tells all that the batch depends on but the
 * keys, arguments included. Keys are texts; `batch` gives a value for each, in their order.
 */
export function loader<V>(
  context: Context,
  name: string,
  batch: (keys: readonly string[]) => Promise<readonly V[]>,
): DataLoader<string, V> {
  let found = context.loaders.get(name) as DataLoader<string, V> | undefined;
  if (!found) {
    found = new DataLoader<string, V>(batch as (keys: readonly string[]) => Promise<V[]>, {
      maxBatchSize: 10_000,
    });
    context.loaders.set(name, found as DataLoader<string, unknown>);
  }
  return found;
}

/** The row of `model` with this id, batched with all others that are asked for at the same level; null if there is none. */
export function loadById<M extends ModelName>(
  context: Context,
  model: M,
  id: string,
): Promise<Row<M> | null> | null {
  if (!isId(id)) return null;
  return loader<Row<M> | null>(context, `id:${model}`, (ids) =>
    readByIds(context.reads, context.viewer.environmentId, model, ids),
  ).load(id.toLowerCase());
}
