import type { Row } from "../../src/db/datamodel.ts";
import { platform } from "../../src/db/confine.ts";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { reader } from "../../src/db/reader.ts";
import { insertRows } from "../../src/db/writes.ts";
import { runDue } from "../../src/domains/engine/index.ts";
import { nextStepAt } from "../../src/domains/subscriptions/index.ts";
import { newId } from "../../src/kit/ids.ts";
import type { TestApi } from "../kit/api.ts";
import type { TestDatabase } from "../kit/database.ts";

type Subscription = Row<"BillingSubscription">;

/** An instant of 2026 in UTC, from text such as `03-31`. */
export const on = (day: string): Date => new Date(`2026-${day}T00:00:00Z`);

/** Whose subscriptions are made. */
export interface Tenant {
  readonly database: TestDatabase;
  readonly environmentId: string;
}

export interface Wanted {
  readonly subscription?: Partial<Subscription>;
  readonly customer?: Partial<Row<"Customer">>;
  readonly price?: Partial<Row<"Price">>;
  /** Of one item; 1 unless said. */
  readonly quantity?: number;
}

/** Whether a period was billed before the test begins: the first one of an ACTIVE subscription is. */
const running: Partial<Subscription> = {
  status: "ACTIVE",
  currency: "USD",
  collectionMethod: "CHARGE_AUTOMATICALLY",
  interval: "MONTH",
  intervalCount: 1,
  billingAnchorDay: 1,
  billingAnchor: on("01-01"),
  startedAt: on("01-01"),
  currentPeriodStart: on("01-01"),
  currentPeriodEnd: on("02-01"),
  timezone: "UTC",
  cyclesBilled: 1,
};

/** Makes `count` customers with a monthly subscription at $10 each, since January, and gives their ids in order. */
export async function subscribe(
  { database, environmentId }: Tenant,
  { subscription = {}, customer = {}, price = {}, quantity = 1 }: Wanted = {},
  count = 1,
): Promise<string[]> {
  const executor = reader(database, platform);
  const [productId, priceId] = [newId(), newId()];
  await insertRows(executor, "Product", [
    { environmentId, id: productId, productKey: productId, name: "Plan", kind: "SUBSCRIPTION" },
  ]);
  await insertRows(executor, "Price", [
    {
      environmentId,
      id: priceId,
      productId,
      type: "RECURRING",
      interval: "MONTH",
      intervalCount: 1,
      currency: "USD",
      unitAmount: new Prisma.Decimal(1000),
      ...price,
    },
  ]);
  const ids = Array.from({ length: count }, () => ({ customerId: newId(), id: newId() }));
  const values = { ...none, ...running, ...subscription } as Subscription;
  await insertRows(
    executor,
    "Customer",
    ids.map(({ customerId }) => ({
      environmentId,
      id: customerId,
      email: `${customerId}@example.org`,
      ...customer,
    })),
  );
  await insertRows(
    executor,
    "BillingSubscription",
    ids.map((each) => ({ ...values, environmentId, ...each, nextStepAt: nextStepAt(values) })),
  );
  await insertRows(
    executor,
    "SubscriptionItem",
    ids.map(({ id: subscriptionId }) => ({
      environmentId,
      id: newId(),
      subscriptionId,
      priceId,
      position: 1,
      quantity: new Prisma.Decimal(quantity),
    })),
  );
  return ids.map(({ id }) => id);
}

const none: Partial<Subscription> = {
  billingEndStrategy: "INDEFINITE",
  billingEndsOn: null,
  billingMaxCycles: null,
  pauseAtPeriodEnd: false,
  resumesAt: null,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  nextRetryAt: null,
};

/** Lets the engine do what is due at an instant; what could not be done fails the test. */
export function runAt(database: TestDatabase, now: Date, batch?: number): Promise<number> {
  return runDue(database, {
    now,
    ...(batch !== undefined && { batch }),
    onStuck: (error) => {
      throw error;
    },
  });
}

/** What the graph tells of a subscription and its invoices, the oldest first. */
export async function read(api: TestApi, id: string): Promise<any> {
  const { data } = await api.query(
    `query ($id: ID!) {
      subscription(id: $id) {
        status currentPeriod { start end } canceledAt endedAt
        invoices(first: 100) { nodes { status number total { amount } amountDue { amount } period { start end } issuedAt } }
      }
    }`,
    { id },
  );
  const { invoices, ...subscription } = data.subscription;
  const nodes = invoices.nodes.toSorted((one: any, other: any) =>
    `${one.period.start}${one.number}`.localeCompare(`${other.period.start}${other.number}`),
  );
  return { ...subscription, invoices: nodes };
}
