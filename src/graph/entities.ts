import type { ObjectRef } from "@pothos/core";
import type { ModelName, Row } from "../db/datamodel.ts";
import { type Scope, covers } from "../kit/scopes.ts";
import { type GraphTypes, builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { requestError } from "./errors.ts";
import { loadById } from "./loaders.ts";

/** The scope that reading rows of each entity asks for. */
const scopes = new Map<ModelName, Scope>();

/** The names of all entities. */
export function entityNames(): readonly ModelName[] {
  return [...scopes.keys()];
}

/** The scope that reading rows of `model` asks for. */
export function scopeOf(model: ModelName): Scope {
  const scope = scopes.get(model);
  if (!scope) throw new Error(`${model} is used before it was declared as an entity`);
  return scope;
}

export const Node = builder.interfaceRef<{ id: string }>("Node").implement({
  description: "Whatever has an id of its own. Ids are UUIDs, unique across all types.",
  fields: (t) => ({ id: t.exposeID("id", { description: "The id, a UUID." }) }),
});

/**
 * Makes a model's type an entity: reachable by its id from `node`, from fields of other types and, behind a gateway,
 * from other graphs. Rows of another tenant do not exist for it.
 */
export function entity<M extends ModelName>(
  model: M,
  scope: Scope,
  type: ObjectRef<GraphTypes, Row<M>>,
): ObjectRef<GraphTypes, Row<M>> {
  scopes.set(model, scope);
  builder.asEntity(type, {
    key: builder.selection<{ id: string }>("id"),
    resolveReference: ({ id }, context) => loadEntity(context, model, id) as never,
  });
  return type;
}

/** What a field of `parent` that gives rows of `to` asks for: the scope of `to`, if `parent` does not ask for it already. */
export function crossing(parent: ModelName, to: ModelName): { authScopes?: { scope: Scope } } {
  const scope = scopeOf(to);
  return scope === scopeOf(parent) ? {} : { authScopes: { scope } };
}

/** The row of an entity with this id, for whoever may read such rows; throws PERMISSION_DENIED for everyone else. */
export function loadEntity<M extends ModelName>(
  context: Context,
  model: M,
  id: string,
): Promise<Row<M> | null> | null {
  const scope = scopeOf(model);
  if (covers(context.viewer.scopes, scope)) return loadById(context, model, id);
  throw requestError("PERMISSION_DENIED", `This key lacks the scope ${scope}.`);
}

/** Adds a query that gives one row by its id. */
export function byIdQuery<M extends ModelName>(
  name: string,
  model: M,
  type: ObjectRef<GraphTypes, Row<M>>,
  description: string,
): void {
  builder.queryField(name, (t) =>
    t.field({
      type,
      nullable: true,
      description,
      authScopes: { scope: scopeOf(model) },
      args: { id: t.arg.id({ required: true, description: "The id, a UUID." }) },
      resolve: (_root, { id }, context) => loadById(context, model, id) as never,
    }),
  );
}

/** Adds a field that gives the row which `by` names the id of; batched over the parents. */
export function relation<P extends ModelName, M extends ModelName>(
  parent: P,
  name: string,
  options: {
    /** The model that the field gives. */
    readonly to: M;
    /** The field of the parent that holds the id. */
    readonly by: keyof Row<P> & string;
    readonly description: string;
    /** Whether the field can be null: it asks for another scope than the parent, or `by` can be. True unless said. */
    readonly nullable?: boolean;
  },
): void {
  const { to, by, description, nullable = true } = options;
  const resolve = (row: Record<string, string | null>, _args: object, context: Context) => {
    const id = row[by];
    return id == null ? null : loadById(context, to, id);
  };
  builder.prismaObjectField(
    parent,
    name as never,
    (t) => t.field({ type: to, nullable, description, resolve, ...crossing(parent, to) } as never) as never,
  );
}
