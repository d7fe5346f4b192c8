import { Prisma } from "../../../db/generated/prisma/client.ts";
import { toJson } from "../../../db/json.ts";
import { meetsAll } from "./conditions.ts";
import type { FigureRequest } from "./figures.ts";

/** The condition that an event, of a table called `t`, is one of those that figures are made of. Voided ones are not left out. */
export function countedEvents(requests: readonly FigureRequest[]): Prisma.Sql {
  const counted = requests.map(conditionOf);
  return counted.length ? Prisma.sql`(${Prisma.join(counted, " OR ")})` : Prisma.sql`false`;
}

function conditionOf({ meterId, customerId, from, to, ...request }: FigureRequest): Prisma.Sql {
  const { subscriptionIds, conditions = [], except = [] } = request;
  const named = subscriptionIds?.filter((id) => id !== null) ?? [];
  const properties = Prisma.sql`t.properties`;
  const parts = [
    Prisma.sql`t.customer_id = ${customerId}::uuid AND t.meter_id = ${meterId}::uuid
      AND t.timestamp >= ${from}::timestamptz AND t.timestamp < ${to}::timestamptz`,
    ...(subscriptionIds
      ? [
          subscriptionIds.includes(null)
            ? Prisma.sql`(t.subscription_id IS NULL OR t.subscription_id = ANY(${named}::uuid[]))`
            : Prisma.sql`t.subscription_id = ANY(${named}::uuid[])`,
        ]
      : []),
    ...(conditions.length ? [meetsAll(properties, Prisma.sql`${toJson(conditions)}::jsonb`)] : []),
    ...except.map((other) => Prisma.sql`NOT ${meetsAll(properties, Prisma.sql`${toJson(other)}::jsonb`)}`),
  ];
  return Prisma.sql`(${Prisma.join(parts, " AND ")})`;
}
