import type { InputRef } from "@pothos/core";
import type { ModelName } from "../db/datamodel.ts";
import { builder } from "./builder.ts";
import { describedEnum } from "./enums.ts";
import { words } from "./names.ts";
import type { List, OrderBy } from "./pages.ts";

const OrderDirection = describedEnum<"ASC" | "DESC">("OrderDirection", "Which end of an order comes first.", {
  ASC: "Smallest, earliest or first in the alphabet comes first.",
  DESC: "Largest, latest or last in the alphabet comes first.",
});

/** The input type `<Model>OrderBy` by which callers choose one of the orders of a list, which `orders` describes. `kind` tells those of a model apart. */
export function defineOrderBy<M extends ModelName, F extends object>(
  list: List<M, F>,
  orders: Readonly<Record<string, string>>,
  kind = "",
): InputRef<OrderBy> {
  const { model } = list;
  const name = `${model}${kind}`;
  const field = describedEnum(
    `${name}OrderField`,
    `What a list of ${words(model)}s can be sorted by. The id breaks ties.`,
    orders,
  );
  return builder.inputType(`${name}OrderBy` as string, {
    description: `How a list of ${words(model)}s is sorted.`,
    fields: (t) => ({
      field: t.field({ type: field, required: true, description: "What to sort by." }),
      direction: t.field({
        type: OrderDirection,
        description: `Which end comes first. Unless said: ${directions(list)}.`,
      }),
    }),
  }) as unknown as InputRef<OrderBy>;
}

function directions<M extends ModelName, F extends object>({ orders }: List<M, F>): string {
  return Object.entries(orders)
    .map(([name, { ascending }]) => `${ascending ? "ASC" : "DESC"} for ${name}`)
    .join(", ");
}
