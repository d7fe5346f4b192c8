import type { FieldMap, InputRef } from "@pothos/core";
import { Refusal, type Fault } from "../kit/refusal.ts";
import type { Scope } from "../kit/scopes.ts";
import { type GraphTypes, builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { UserError } from "./user-errors.ts";

type PayloadFields<Result> = (
  t: PothosSchemaTypes.ObjectFieldBuilder<GraphTypes, Partial<Result> & WithUserErrors>,
) => FieldMap;

interface WithUserErrors {
  readonly userErrors: readonly Fault[];
}

/**
 * Adds a mutation: one `input`, one payload type `<Name>Payload` that holds `payload` and `userErrors`. What `run`
 * refuses becomes the user errors of a payload whose other fields are null, so all of them are nullable.
 */
export function mutation<Input, Result extends object>(
  name: string,
  options: {
    readonly description: string;
    readonly scope: Scope;
    readonly input: InputRef<Input>;
    readonly payload: PayloadFields<Result>;
    readonly run: (input: Input, context: Context) => Promise<Result & Partial<WithUserErrors>>;
  },
): void {
  const payloadName = name.replace(/^./, (letter) => letter.toUpperCase()).concat("Payload");
  const payload = builder.objectRef<Partial<Result> & WithUserErrors>(payloadName).implement({
    description: `What \`${name}\` answers.`,
    fields: (t) => ({
      ...options.payload(t),
      userErrors: t.field({
        type: [UserError],
        description: "Why the input was refused; empty when it was not.",
        resolve: ({ userErrors }) => userErrors,
      }),
    }),
  });
  builder.mutationField(name, (t) =>
    t.field({
      type: payload,
      nullable: true,
      description: options.description,
      authScopes: { scope: options.scope },
      args: { input: t.arg({ type: options.input, required: true, description: "What to do." }) },
      resolve: (async (_root: unknown, { input }: { input: Input }, context: Context) => {
        try {
          return { userErrors: [], ...(await options.run(input, context)) };
        } catch (error) {
          if (error instanceof Refusal) return { userErrors: error.faults };
          throw error;
        } finally {
          // What was loaded before the change must not be shown after it.
          context.loaders.clear();
        }
      }) as never,
    }),
  );
}
