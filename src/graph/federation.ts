import type { GraphQLFieldResolver, GraphQLSchema } from "graphql";
import type { Context } from "./context.ts";
import { entityNames } from "./entities.ts";
import { requestError } from "./errors.ts";

/** How many references one `_entities` may hold. */
const mostReferences = 1_000;

/** What a gateway knows of an entity of ours: `{ __typename, id }`. It is unchecked JSON. */
interface References {
  readonly representations: readonly unknown[];
}

/**
 * Makes `_entities` of a subgraph answer each reference for itself, in the schema given: one that is refused, because
 * it is malformed or the key lacks its scope, is null with an error of its own, and the others are still answered.
 */
export function resolveReferencesApart(subgraph: GraphQLSchema): GraphQLSchema {
  const field = subgraph.getQueryType()?.getFields()["_entities"];
  if (!field?.resolve) throw new Error("the subgraph has no _entities");
  const resolveAll = field.resolve as GraphQLFieldResolver<unknown, Context, References, unknown[]>;
  const entities: ReadonlySet<unknown> = new Set(entityNames());

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
  return subgraph;
}

function checkReference(representation: unknown, entities: ReadonlySet<unknown>): void {
  const { __typename: type, id } = (representation ?? {}) as { __typename?: unknown; id?: unknown };
  if (!entities.has(type)) {
    throw requestError("INVALID_REQUEST", "_entities: __typename must be the name of an entity.");
  }
  if (typeof id !== "string") {
    throw requestError("INVALID_REQUEST", `_entities: ${String(type)} is known by its id, a text.`);
  }
}
