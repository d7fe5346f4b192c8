import type { GraphQLResolveInfo } from "graphql";
import type { Row } from "../../../db/datamodel.ts";
import type { Context } from "../../../graph/context.ts";
import { byLevel } from "../../../graph/levels.ts";
import { type SizeRule, sizedBy } from "../../../graph/sizes.ts";
import type { Parent, UsageRow } from "../figures/query.ts";
import { type UsageWanted, loadAllUsage, loadUsage } from "../loaders/usage.ts";

/** What is wanted of each object, and what it is told of the rows that are found. */
export interface Wanted<V> {
  readonly query: UsageWanted;
  readonly show: (rows: readonly UsageRow[]) => V;
}

/** The objects that fields read usage of: the columns of a row that are looked at, and what is made of them. */
interface UsageParent<R> {
  readonly columns: readonly (keyof R & string)[];
  readonly parentOf: (row: R) => Parent;
}

export const ofCustomer: UsageParent<Row<"Customer">> = {
  columns: ["id"],
  parentOf: ({ id }) => ({ customerId: id }),
};

export const ofSubscription: UsageParent<Row<"BillingSubscription">> = {
  columns: ["id", "customerId"],
  parentOf: ({ id, customerId }) => ({ customerId, subscriptionId: id }),
};

export const ofMeter: UsageParent<Row<"Meter">> = {
  columns: ["id"],
  parentOf: ({ id }) => ({ meterId: id }),
};

/**
 * How a field reads the usage of its rows, and how many rows it is priced at. What is wanted is found out once for a level. To be spread
 * into the field's options.
 */
export function readsUsage<R, A, V>(
  { columns, parentOf }: UsageParent<R>,
  size: SizeRule,
  wantedBy: (args: A, info: GraphQLResolveInfo) => Wanted<V>,
) {
  const level = byLevel<R, A>(
    () => "usage:read",
    async (rows, args, context, info) => {
      const { query, show } = wantedBy(args, info);
      return (await loadAllUsage(context, rows.map(parentOf), query)).map(show);
    },
  );
  return {
    extensions: { columns, ...level, ...sizedBy(size) },
    resolve: async (row: R, args: A, context: Context, info: GraphQLResolveInfo): Promise<V> => {
      const { query, show } = wantedBy(args, info);
      return show(await loadUsage(context, parentOf(row), query));
    },
  };
}
