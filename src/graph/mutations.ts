import type { FieldMap, InputRef, ObjectRef } from "@pothos/core";
import { Refusal, type Fault } from "../kit/refusal.ts";
import type { Scope } from "../kit/scopes.ts";
import { type GraphTypes, builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { UserError } from "./user-errors.ts";

/** Makes the fields of a payload, besides `userErrors`. */
export type PayloadFields<Result> = (
  t: PothosSchemaTypes.ObjectFieldBuilder<GraphTypes, Partial<Result> & WithUserErrors>,
) => FieldMap;

interface WithUserErrors {
  readonly userErrors: readonly Fault[];
}

/** One `input`, one payload type `<Name>Payload`, and the use case between them. */
export interface Operation<Input, Result extends object> {
  readonly description: string;
  readonly scope: Scope;
  readonly input: InputRef<Input>;
  readonly payload: PayloadFields<Result>;
  readonly run: (input: Input, context: Context) => Promise<Result & Partial<WithUserErrors>>;
}

/**
 * Adds a mutation, whose payload holds `payload` and `userErrors`. What `run` refuses becomes the user errors of a payload
 * whose other fields are null, so all of them are nullable.
 */
export function mutation<Input, Result extends object>(
  name: string,
  operation: Operation<Input, Result>,
): void {
  builder.mutationField(name, (t) =>
    t.field({
      ...fieldOf(name, operation),
      args: { input: t.arg({ type: operation.input, required: true, description: "What to do." }) },
      resolve: (async (_root: unknown, { input }: { input: Input }, context: Context) => {
        try {
          return await runRefusable(operation, input, context);
        } finally {
          // What was loaded before the change must not be shown after it.
          context.loaders.clear();
          context.loaded.clear();
        }
      }) as never,
    }),
  );
}

/** Adds a query that shows what an operation would do, with a payload like that of a mutation. `run` writes nothing. */
export function preview<Input, Result extends object>(
  name: string,
  operation: Operation<Input, Result>,
): void {
  builder.queryField(name, (t) =>
    t.field({
      ...fieldOf(name, operation),
      args: { input: t.arg({ type: operation.input, required: true, description: "What to show." }) },
      resolve: ((_root: unknown, { input }: { input: Input }, context: Context) =>
        runRefusable(operation, input, context)) as never,
    }),
  );
}

function fieldOf<Input, Result extends object>(name: string, operation: Operation<Input, Result>) {
  const { description, scope } = operation;
  return { type: payloadType(name, operation), nullable: true, description, authScopes: { scope } } as const;
}

function payloadType<Input, Result extends object>(
  name: string,
  { payload }: Operation<Input, Result>,
): ObjectRef<GraphTypes, Partial<Result> & WithUserErrors> {
  const typeName = name.replace(/^./, (letter) => letter.toUpperCase()).concat("Payload");
  return builder.objectRef<Partial<Result> & WithUserErrors>(typeName).implement({
    description: `What \`${name}\` answers.`,
    fields: (t) => ({
      ...payload(t),
      userErrors: t.field({
        type: [UserError],
        description: "Why the input was refused; empty when it was not.",
        resolve: ({ userErrors }) => userErrors,
      }),
    }),
  });
}

async function runRefusable<Input, Result extends object>(
  { run }: Operation<Input, Result>,
  input: Input,
  context: Context,
): Promise<object> {
  try {
    return { userErrors: [], ...(await run(input, context)) };
  } catch (error) {
    if (error instanceof Refusal) return { userErrors: error.faults };
    throw error;
  }
}
