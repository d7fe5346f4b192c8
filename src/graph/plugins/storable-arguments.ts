import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core";
import type { GraphQLFieldResolver } from "graphql";
import { unstorable } from "../../kit/text.ts";
import { Unreadable } from "../../kit/unreadable.ts";
import { requestError } from "../errors.ts";

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- this is how Pothos learns of a plugin
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      storableArguments: StorableArgumentsPlugin<Types>;
    }
  }
}

/** The most entries of a list in the arguments of a field. What an input of a use case may have more of, that checks itself. */
const mostEntries = 100;
const mostInInput = 1_000;

/**
 * Refuses, for every field but a mutation's, arguments that a scalar could not read, the database could not take, or that are lists without
 * an end.
 * Mutations check their input themselves, because there such a value is a user error of one row.
 */
class StorableArgumentsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types["Context"], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types["Context"], object> {
    if (field.parentType === "Mutation" || !Object.keys(field.args).length) return resolver;
    return (parent, args, context, info) => {
      checkArguments(args);
      return resolver(parent, args, context, info);
    };
  }

  override wrapSubscribe(
    subscriber: GraphQLFieldResolver<unknown, Types["Context"], object> | undefined,
  ): GraphQLFieldResolver<unknown, Types["Context"], object> | undefined {
    return (
      subscriber &&
      ((parent, args, context, info) => {
        checkArguments(args);
        return subscriber(parent, args, context, info);
      })
    );
  }
}

function checkArguments(args: object): void {
  const trouble = findTrouble(args, []);
  if (!trouble) return;
  throw requestError("INVALID_REQUEST", `Argument ${trouble.path.join(".")} ${trouble.reason}.`);
}

/** What of arguments could not be read, cannot be stored, or is too long. */
export function findTrouble(
  value: unknown,
  path: readonly string[],
): { path: readonly string[]; reason: string } | null {
  if (value instanceof Unreadable) return { path, reason: value.reason };
  if (typeof value === "string") {
    const reason = unstorable(value);
    return reason ? { path, reason } : null;
  }
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) {
    const most = path[0] === "input" ? mostInInput : mostEntries;
    if (value.length > most)
      return { path, reason: `must have at most ${most} entries, not ${value.length}` };
  }
  for (const [key, part] of Object.entries(value)) {
    const trouble = findTrouble(key, path) ?? findTrouble(part, [...path, key]);
    if (trouble) return trouble;
  }
  return null;
}

SchemaBuilder.registerPlugin("storableArguments", StorableArgumentsPlugin);
