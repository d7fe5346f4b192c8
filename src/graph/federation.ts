import {
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
  isUnionType,
  parse,
} from "graphql";
import type { GraphTypes } from "./builder.ts";
import type { Context } from "./context.ts";
import { requestError } from "./errors.ts";

/** How many references one `_entities` may hold. */
const mostReferences = 10_000;

type GraphBuilder = PothosSchemaTypes.SchemaBuilder<GraphTypes>;

/**
 * The graph of a builder as a federation subgraph. Its `_entities` answers each reference for itself: one that is refused,
 * because it is malformed or the key lacks its scope, is null with an error of its own, and the others are still answered.
 */
export function toSubgraph(
  graph: GraphBuilder,
  options: Parameters<GraphBuilder["toSubGraphSchema"]>[0],
): GraphQLSchema {
  const subgraph = graph.toSubGraphSchema(options);
  resolveReferencesApart(subgraph);
  return subgraph;
}

/** The SDL of a subgraph, as its `_service` tells it. */
export function printSubgraph(subgraph: GraphQLSchema): string {
  const service = subgraph.getQueryType()?.getFields()["_service"];
  if (!service?.resolve) throw new Error("this is no subgraph");
  return (service.resolve({}, {}, {}, {} as never) as { sdl: string }).sdl;
}

/** What a gateway knows of entities, such as `{ __typename, id }`. It is unchecked JSON. */
interface References {
  readonly representations: readonly unknown[];
}

function resolveReferencesApart(subgraph: GraphQLSchema): void {
  const field = subgraph.getQueryType()?.getFields()["_entities"];
  if (!field?.resolve) throw new Error("the subgraph has no _entities");
  const resolveAll = field.resolve as GraphQLFieldResolver<unknown, Context, References, unknown[]>;
  const entities = entitiesOf(subgraph);

  field.description = `The entities that are referred to, at most ${mostReferences}, in their order; null for each that does not exist.`;
  field.resolve = (root, { representations }: References, context, info) => {
    if (representations.length > mostReferences) {
      const message = `_entities: at most ${mostReferences} representations, not ${representations.length}.`;
      throw requestError("INVALID_REQUEST", message);
    }
    return representations.map(async (representation) => {
      checkReference(representation, entities);
      const [entity] = resolveAll(root, { representations: [representation] }, context, info);
      return entity;
    });
  };
}

/** A `@key` of an entity: its text, and what it selects. */
interface Key {
  readonly fields: string;
  readonly selection: SelectionSetNode;
}

/** The keys of every entity by the name of its type. */
function entitiesOf(subgraph: GraphQLSchema): ReadonlyMap<unknown, readonly Key[]> {
  const union = subgraph.getType("_Entity");
  const types = isUnionType(union) ? union.getTypes() : [];
  return new Map(types.map((type) => [type.name, keysOf(type)]));
}

function keysOf({ extensions }: GraphQLNamedType): Key[] {
  const directives = extensions["directives"] as readonly { name: string; args?: { fields?: string } }[];
  return directives.flatMap(({ name, args: { fields = "" } = {} }) => {
    if (name !== "key") return [];
    const [definition] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
    return definition?.kind === Kind.OPERATION_DEFINITION
      ? [{ fields, selection: definition.selectionSet }]
      : [];
  });
}

function checkReference(reference: unknown, entities: ReadonlyMap<unknown, readonly Key[]>): void {
  const { __typename: type } = (reference ?? {}) as { __typename?: unknown };
  const keys = entities.get(type);
  if (!keys) {
    throw requestError("INVALID_REQUEST", "_entities: __typename must be the name of an entity.");
  }
  if (keys.some(({ selection }) => isNamedBy(reference, selection))) return;
  const known = keys.map(({ fields }) => `{ ${fields} }`).join(" or ");
  throw requestError("INVALID_REQUEST", `_entities: ${String(type)} is known by ${known}, in texts.`);
}

/** Whether a reference has a text wherever a key selects one. */
function isNamedBy(reference: unknown, { selections }: SelectionSetNode): boolean {
  if (typeof reference !== "object" || reference === null) return false;
  return selections.every((selected) => {
    if (selected.kind !== Kind.FIELD) return false;
    const value = (reference as Record<string, unknown>)[selected.name.value];
    return selected.selectionSet ? isNamedBy(value, selected.selectionSet) : typeof value === "string";
  });
}
