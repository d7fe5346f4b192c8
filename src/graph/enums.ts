import type { EnumRef } from "@pothos/core";
import { type GraphTypes, builder } from "./builder.ts";

/** Declares an enum from its values with their descriptions; `Record<Status, string>` makes sure that none is missing. */
export function describedEnum<V extends string>(
  name: string,
  description: string,
  values: Readonly<Record<V, string>>,
): EnumRef<GraphTypes, V> {
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(
      Object.entries<string>(values).map(([value, meaning]) => [value, { description: meaning }]),
    ) as Record<V, { description: string }>,
  }) as unknown as EnumRef<GraphTypes, V>;
}
