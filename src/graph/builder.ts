import SchemaBuilder from "@pothos/core";
import DirectivesPlugin from "@pothos/plugin-directives";
import FederationPlugin from "@pothos/plugin-federation";
import PrismaPlugin from "@pothos/plugin-prisma";
import ScopeAuthPlugin from "@pothos/plugin-scope-auth";
import { getDatamodel } from "../db/generated/pothos-types.ts";
import type PrismaTypes from "../db/generated/pothos-types.ts";
import { type Scope, covers } from "../kit/scopes.ts";
import type { Context } from "./context.ts";
import { requestError } from "./errors.ts";
import "./plugins/storable-arguments.ts";
import { type ScalarTypes, addScalars } from "./scalars.ts";

/** The one builder: every domain's `schema.ts` and `mutations.ts` add to it. */
export const builder = new SchemaBuilder<{
  Context: Context;
  PrismaTypes: PrismaTypes;
  Scalars: ScalarTypes;
  AuthScopes: { scope: Scope };
  DefaultFieldNullability: false;
}>({
  plugins: [ScopeAuthPlugin, "storableArguments", PrismaPlugin, DirectivesPlugin, FederationPlugin],
  defaultFieldNullability: false,
  prisma: { client: (context) => context.database.prisma, dmmf: getDatamodel() },
  scopeAuth: {
    authScopes: ({ viewer }) => ({ scope: (scope) => covers(viewer.scopes, scope) }),
    unauthorizedError: (_parent, _context, _info, { failure }) =>
      requestError("PERMISSION_DENIED", `This key lacks the scope ${neededScope(failure)}.`),
  },
});

/** The type parameters of the builder, as Pothos completes them. */
export type GraphTypes = (typeof builder)["$inferSchemaTypes"];

function neededScope(failure: object): string {
  if ("parameter" in failure) return String(failure.parameter);
  const [first] = "failures" in failure ? (failure.failures as object[]) : [];
  return first ? neededScope(first) : "that this field asks for";
}

addScalars(builder);

builder.queryType({ description: "Everything that can be read." });
builder.mutationType({
  description: "Everything that can be changed. The fields of one request run one after the other.",
});
