import type { ObjectRef } from "@pothos/core";
import { Kind } from "graphql";
import type { ModelName, Row } from "../db/datamodel.ts";
import type { Scope } from "../kit/scopes.ts";
import { type GraphTypes, builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { columnsBelow, reads, wholeRow } from "./columns.ts";
import { declareScope, scopeOf } from "./entity-scopes.ts";
import { byLevel } from "./levels.ts";
import { loadAllById, loadById, readColumnsById } from "./loaders.ts";
import { ownEntity } from "./ownership.ts";
import { requireScope } from "./plugins/scopes.ts";

export { entityNames, scopeOf } from "./entity-scopes.ts";

export const Node = builder.interfaceRef<{ id: string }>("Node").implement({
  description: "Whatever has an id of its own. Ids are UUIDs, unique across all types.",
  fields: (t) => ({ id: t.exposeID("id", { description: "The id, a UUID." }) }),
});

/** A key beside the id by which other graphs know an entity. */
export interface OtherKey<M extends ModelName, K> {
  /** The fields of the key, such as `external { source id }`. */
  readonly fields: string;
  /** The row that a reference by this key leads to; batched. */
  readonly load: (reference: K, context: Context) => Promise<Row<M> | null>;
}

/**
 * Makes a model's type an entity: reachable by its id from `node`, from fields of other types and, behind a gateway,
 * from other graphs. Rows of another tenant do not exist for it.
 */
export function entity<M extends ModelName, K = never>(
  model: M,
  scope: Scope,
  type: ObjectRef<GraphTypes, Row<M>>,
  otherKey?: OtherKey<M, K>,
): ObjectRef<GraphTypes, Row<M>> {
  declareScope(model, scope);
  ownEntity(builder, model);
  const id = builder.selection<{ id: string }>("id");
  const key = otherKey ? [id, builder.selection<object>(otherKey.fields as never)] : id;
  builder.asEntity(type, {
    key: key as typeof id,
    resolveReference: (reference: { id: string } | K, context: Context) => {
      if (typeof reference === "object" && reference && "id" in reference) {
        return loadEntity(context, model, reference.id) as never;
      }
      requireScope(context, scopeOf(model));
      return otherKey?.load(reference, context) as never;
    },
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
  requireScope(context, scopeOf(model));
  return loadById(context, model, id);
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
      resolve: (_root, { id }, context, info) => {
        // Beside other fields it shares a statement with all that load such rows.
        const [first, ...others] = info.operation.selectionSet.selections;
        const alone = first?.kind === Kind.FIELD && others.length === 0;
        const columns = alone ? columnsBelow(info, model, "row") : wholeRow;
        if (columns.fields === null) return loadById(context, model, id) as never;
        return readColumnsById(context, model, id, columns) as never;
      },
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
  const scope = () => crossing(parent, to).authScopes?.scope;
  const level = byLevel<Record<string, string | null>, object>(scope, (rows, _args, context) =>
    loadAllById(
      context,
      to,
      rows.map((row) => row[by] ?? null),
    ),
  );
  builder.prismaObjectField(
    parent,
    name as never,
    (t) =>
      t.field({
        type: to,
        nullable,
        description,
        resolve,
        extensions: { ...reads(by).extensions, ...level },
        ...crossing(parent, to),
      } as never) as never,
  );
}
