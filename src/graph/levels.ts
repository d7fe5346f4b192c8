import type { GraphQLResolveInfo } from "graphql";
import { type Scope, covers } from "../kit/scopes.ts";
import type { Context } from "./context.ts";
import { findTrouble } from "./plugins/storable-arguments.ts";

/**
 * Gives the values of a field for all objects of a level, in their order. It is called once for all objects that become known
 * together, in place of a resolver that is called for each; null where they are to be asked one by one.
 */
export type LevelResolver = (
  sources: readonly unknown[],
  args: Readonly<Record<string, unknown>>,
  context: unknown,
  info: GraphQLResolveInfo,
) => Promise<readonly unknown[]> | null;

/**
 * Lets a field be resolved for a whole level, beside its resolver, which has to give the same. What the resolver is
 * kept from by its scope or its arguments is left to it: it tells why. To be spread into the `extensions` of the field's options.
 */
export function byLevel<S, A>(
  scope: () => Scope | undefined,
  resolve: (
    sources: readonly S[],
    args: A,
    context: Context,
    info: GraphQLResolveInfo,
  ) => Promise<readonly unknown[]> | null,
): { readonly level: LevelResolver } {
  return {
    level: (sources, args, context, info) => {
      const { viewer } = context as Context;
      const needed = scope();
      if (needed !== undefined && !covers(viewer.scopes, needed)) return null;
      if (findTrouble(args, [])) return null;
      return resolve(sources as readonly S[], args as A, context as Context, info);
    },
  };
}
