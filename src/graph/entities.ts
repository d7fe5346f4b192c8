import type { ObjectRef } from "@pothos/core";
import type { ModelName, Row } from "../db/datamodel.ts";
import type { Scope } from "../kit/scopes.ts";
import { type GraphTypes, builder } from "./builder.ts";
import { loadById } from "./loaders.ts";

/** A type of the graph that stands for a row of its own. */
interface Entity {
  readonly scope: Scope;
}

const entities = new Map<ModelName, Entity>();

/** The names of all entities. */
export function entityNames(): readonly ModelName[] {
  return [...entities.keys()];
}

/** The scope that reading rows of `model` asks for. */
export function scopeOf(model: ModelName): Scope {
  const entity = entities.get(model);
  if (!entity) throw new Error(`${model} is used before it was declared as an entity`);
  return entity.scope;
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
  entities.set(model, { scope });
  builder.asEntity(type, {
    key: builder.selection<{ id: string }>("id"),
    resolveReference: ({ id }, context) => loadById(context, model, id) as never,
  });
  return type;
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
  },
): void {
  const { to, by, description } = options;
  const field = {
    type: to,
    nullable: true,
    description,
    authScopes: () => ({ scope: scopeOf(to) }),
    resolve: (row: Record<string, unknown>, _args: object, context: Parameters<typeof loadById>[0]) =>
      row[by] == null ? null : loadById(context, to, String(row[by])),
  };
  builder.prismaObjectField(parent, name as never, (t) => t.field(field as never) as never);
}
