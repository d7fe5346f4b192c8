import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from "@pothos/core";
import type { GraphQLFieldResolver } from "graphql";
import { type Scope, covers } from "../../kit/scopes.ts";
import type { Viewer } from "../context.ts";
import { scopeOfType } from "../entity-scopes.ts";
import { requestError } from "../errors.ts";

/** Who may ask for a field. */
export interface AuthScopes {
  readonly scope: Scope;
}

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- this is how Pothos learns of a plugin
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      scopes: ScopesPlugin<Types>;
    }
    // Its parameters have to be those of Pothos.
    interface FieldOptions<
      Types extends SchemaTypes,
      ParentShape,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveShape,
      ResolveReturnShape,
    > {
      authScopes?: AuthScopes;
    }
  }
}

/** The types that mutations and previews answer with. */
const answers = /(?:Payload|Result)$/;

/**
 * Keeps fields with `authScopes` from viewers who lack the scope. Not the plugin of Pothos: that one remembers for each
 * request what it found, in a weak map whose entries keep the request from being collected with the young objects, and asking
 * the viewer's few scopes again is cheaper.
 */
class ScopesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  /** What operations answer shows an object to whoever may read it, as all else does: to write does not include to read. */
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const options = config.pothosOptions as { readonly authScopes?: AuthScopes };
    if (options.authScopes || !answers.test(config.parentType)) return config;
    const scope = scopeOfType(this.#nameOf(config.type));
    if (!scope) return config;
    const pothosOptions = { ...config.pothosOptions, authScopes: { scope } } as typeof config.pothosOptions;
    return { ...config, pothosOptions } as PothosOutputFieldConfig<Types>;
  }

  #nameOf(type: PothosOutputFieldConfig<Types>["type"]): string {
    return type.kind === "List"
      ? this.#nameOf(type.type)
      : this.builder.configStore.getTypeConfig(type.ref).name;
  }

  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types["Context"], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types["Context"], object> {
    return guarded(resolver, field.pothosOptions);
  }

  override wrapSubscribe(
    subscriber: GraphQLFieldResolver<unknown, Types["Context"], object> | undefined,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types["Context"], object> | undefined {
    return subscriber && guarded(subscriber, field.pothosOptions);
  }
}

function guarded<R extends GraphQLFieldResolver<unknown, object, object>>(resolver: R, options: object): R {
  const { authScopes } = options as { readonly authScopes?: AuthScopes };
  if (!authScopes) return resolver;
  const { scope } = authScopes;
  return ((parent, args, context, info) => {
    requireScope(context as { readonly viewer: Viewer }, scope);
    return resolver(parent, args, context, info);
  }) as R;
}

/** Throws PERMISSION_DENIED for a viewer who lacks the scope. */
export function requireScope({ viewer }: { readonly viewer: Viewer }, scope: Scope): void {
  if (covers(viewer.scopes, scope)) return;
  throw requestError("PERMISSION_DENIED", `This key lacks the scope ${scope}.`);
}

SchemaBuilder.registerPlugin("scopes", ScopesPlugin);
