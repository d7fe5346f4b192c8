import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { MeterStatus } from "../../../db/generated/prisma/enums.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { isId } from "../../../kit/ids.ts";
import { isWatched } from "./mark.ts";
import { nowFor } from "../../clocks/index.ts";
import { type CustomerReference, findByExternalIds } from "../../customers/index.ts";
import type { Condition } from "../figures/conditions.ts";
import type { ValueRule } from "../values/measure.ts";

/** What an event names. */
export interface EventNames {
  readonly name: string;
  readonly customer?: CustomerReference | null | undefined;
  readonly subscriptionId?: string | null | undefined;
}

interface Found {
  readonly id: string;
  readonly active: boolean;
}

/** What of a meter decides what becomes of an event. */
export interface KnownMeter extends ValueRule {
  readonly id: string;
  readonly status: MeterStatus;
  readonly filters: readonly Condition[];
  readonly uniqueKey: string | null;
  /** Whether it tells of thresholds, or is billed while periods run. */
  readonly watched: boolean;
}

/** What the events of a batch name, where it is known here. */
export interface Known {
  readonly meter: (eventName: string) => KnownMeter | undefined;
  readonly customer: (reference: CustomerReference) => Found | undefined;
  /** A subscription, with its customer. */
  readonly subscription: (id: string) => (Found & { readonly customerId: string }) | undefined;
  /** What time it is for a customer. */
  readonly now: (customerId: string) => Date;
}

interface FoundRow extends Found {
  readonly kind: "METER" | "CUSTOMER" | "SUBSCRIPTION";
  readonly key: string;
  readonly customerId: string | null;
  readonly meter: KnownMeter | null;
}

/** Finds all that the events of a batch name. Two statements, and a third where customers are named by external ids. */
export async function resolveNames(transaction: Transaction, events: readonly EventNames[]): Promise<Known> {
  const { environmentId } = transaction;
  const external = await findExternal(transaction, events);
  const names = new Set<string>();
  const customerIds = new Set(external.values());
  const subscriptionIds = new Set<string>();
  for (const { name, customer, subscriptionId } of events) {
    names.add(name);
    if (customer && "id" in customer) customerIds.add(customer.id.toLowerCase());
    if (subscriptionId != null) subscriptionIds.add(subscriptionId.toLowerCase());
  }
  const rows = await transaction.query<FoundRow>(Prisma.sql`
    SELECT 'METER' AS kind, m.event_name AS key, m.id, NULL::uuid AS "customerId", m.status::text = 'ACTIVE' AS active,
      jsonb_build_object('id', m.id, 'status', m.status, 'filters', m.filters, 'uniqueKey', m.unique_key,
        'valueKey', m.value_key, 'valueExpression', m.value_expression,
        'watched', ${isWatched}) AS meter
    FROM meters m WHERE m.environment_id = ${environmentId}::uuid AND m.event_name = ANY(${[...names]}::text[])
    UNION ALL
    SELECT 'CUSTOMER', c.id::text, c.id, c.id, c.status::text = 'ACTIVE', NULL
    FROM customers c WHERE c.environment_id = ${environmentId}::uuid AND c.id = ANY(${[...customerIds].filter(isId)}::uuid[])
    UNION ALL
    SELECT 'SUBSCRIPTION', s.id::text, s.id, c.id, c.status::text = 'ACTIVE', NULL
    FROM subscriptions s JOIN customers c ON c.environment_id = s.environment_id AND c.id = s.customer_id
    WHERE s.environment_id = ${environmentId}::uuid AND s.id = ANY(${[...subscriptionIds].filter(isId)}::uuid[])`);
  const found = { METER: new Map<string, FoundRow>(), CUSTOMER: new Map(), SUBSCRIPTION: new Map() };
  for (const row of rows) found[row.kind].set(row.key, row);
  const times = await nowFor(
    transaction,
    rows.flatMap(({ customerId }) => customerId ?? []),
  );
  return {
    meter: (eventName) => found.METER.get(eventName)?.meter ?? undefined,
    customer: (reference) => {
      const id =
        "id" in reference ? reference.id.toLowerCase() : external.get(externalKey(reference.external));
      return found.CUSTOMER.get(id);
    },
    subscription: (id) => found.SUBSCRIPTION.get(id.toLowerCase()),
    now: (customerId) => times.get(customerId) ?? transaction.now,
  };
}

type External = Extract<CustomerReference, { external: unknown }>["external"];

const externalKey = ({ source, id }: External): string => JSON.stringify([source, id]);

/** The ids of the customers that events name by external ids, by these. */
async function findExternal(
  transaction: Transaction,
  events: readonly EventNames[],
): Promise<ReadonlyMap<string, string>> {
  const references = new Map<string, External>();
  for (const { customer } of events) {
    if (customer && "external" in customer) references.set(externalKey(customer.external), customer.external);
  }
  if (!references.size) return new Map();
  const ids = await findByExternalIds(transaction, transaction.environmentId, [...references.values()]);
  return new Map(
    [...references.keys()].flatMap((key, index) => {
      const id = ids[index];
      return id ? [[key, id] as const] : [];
    }),
  );
}
