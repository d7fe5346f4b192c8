import DataLoader from "dataloader";
import type { ModelName, Row } from "../db/datamodel.ts";
import { readByIds } from "../db/reads.ts";
import { isId } from "../kit/ids.ts";
import type { Columns } from "./columns.ts";
import type { Context, Loaded } from "./context.ts";

/** Gives a value for each key, in their order. */
type Batch<V> = (keys: readonly string[]) => Promise<readonly V[]>;

/**
 * The values of many keys at once, by the request's loader called `name`. The name tells all that the batch depends on but
 * the keys, arguments included. What is asked for meanwhile by the same name is a part of the same batch.
 */
export async function loadAll<V>(
  context: Context,
  name: string,
  keys: readonly string[],
  batch: Batch<V>,
): Promise<V[]> {
  let loaded = context.loaded.get(name) as Loaded<V> | undefined;
  if (!loaded) {
    loaded = { values: new Map(), coming: new Map(), open: undefined };
    context.loaded.set(name, loaded);
  }
  const { values, coming } = loaded;
  const waits = new Set<Promise<void>>();
  for (const key of keys) {
    if (values.has(key)) continue;
    let done = coming.get(key);
    if (!done) {
      const open = (loaded.open ??= openBatch(loaded, batch));
      open.keys.push(key);
      ({ done } = open);
      coming.set(key, done);
    }
    waits.add(done);
  }
  if (waits.size) await Promise.all(waits);
  return keys.map((key) => values.get(key) as V);
}

function openBatch<V>(loaded: Loaded<V>, batch: Batch<V>): NonNullable<Loaded<V>["open"]> {
  const keys: string[] = [];
  const run = async (): Promise<void> => {
    await soon();
    loaded.open = undefined;
    const found = await batch(keys);
    for (const [index, key] of keys.entries()) loaded.values.set(key, found[index] as V);
  };
  return { keys, done: run() };
}

/** Waits until all who are told something in this turn have asked for what comes next, by DataLoaders too. */
function soon(): Promise<void> {
  return new Promise((resolve) => {
    void Promise.resolve().then(() => process.nextTick(() => process.nextTick(resolve)));
  });
}

/**
 * The request's loader called `name`, made at its first use, for one key at a time. Keys are texts. It shares its batches
 * with `loadAll`.
 */
export function loader<V>(context: Context, name: string, batch: Batch<V>): DataLoader<string, V> {
  let found = context.loaders.get(name) as DataLoader<string, V> | undefined;
  if (!found) {
    found = new DataLoader<string, V>((keys) => loadAll(context, name, keys, batch));
    context.loaders.set(name, found as DataLoader<string, unknown>);
  }
  return found;
}

/** The row of `model` with this id, of which `columns` are read, by a statement of its own; null if there is none. */
export async function readColumnsById<M extends ModelName>(
  { reads, viewer }: Context,
  model: M,
  id: string,
  { fields, texts }: Columns,
): Promise<Row<M> | null> {
  if (!isId(id)) return null;
  const [row = null] = await readByIds(reads, viewer.environmentId, model, [id], fields, texts);
  return row;
}

/** The row of `model` with this id, batched with all others that are asked for at the same level; null if there is none. */
export function loadById<M extends ModelName>(
  context: Context,
  model: M,
  id: string,
): Promise<Row<M> | null> | null {
  if (!isId(id)) return null;
  return loader(context, `id:${model}`, byIds(context, model)).load(id.toLowerCase());
}

/** The rows of `model` with these ids, of which some may be missing, in their order. */
export async function loadAllById<M extends ModelName>(
  context: Context,
  model: M,
  ids: readonly (string | null)[],
): Promise<(Row<M> | null)[]> {
  const known = ids.filter((id) => id !== null && isId(id)).map((id) => (id ?? "").toLowerCase());
  const rows = await loadAll(context, `id:${model}`, known, byIds(context, model));
  const byId = new Map(known.map((id, index) => [id, rows[index] ?? null]));
  return ids.map((id) => (id === null ? null : (byId.get(id.toLowerCase()) ?? null)));
}

function byIds<M extends ModelName>({ reads, viewer }: Context, model: M): Batch<Row<M> | null> {
  return (ids) => readByIds(reads, viewer.environmentId, model, ids);
}
