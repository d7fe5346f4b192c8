import type { Row } from "../../src/db/datamodel.ts";
import { advanceClock } from "../../src/domains/engine/index.ts";
import type { TestApi, TestEnvironment } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

const userErrors = `userErrors { __typename code message path
  ... on IllegalTransition { state move allowed } ... on LimitExceeded { limit used }
  ... on VersionMismatch { expectedVersion currentVersion } }`;

const invoice = `invoice { number status subtotal { amount } discount { amount } tax { amount } total { amount }
  period { start end } lines { nodes { description quantity amount { amount } period { start end } } } }`;

export const subscriptionFields = `id version status currency collectionMethod recurring { interval count }
  billingAnchorDay timezone prorationMode startedAt currentPeriod { start end } cyclesBilled
  billingEndStrategy billingEndsOn billingMaxCycles trialStart trialEnd pauseAtPeriodEnd pauseBehavior pausedAt resumesAt
  cancelAt cancelAtPeriodEnd cancellationReason canceledAt endedAt metadata
  items { nodes { id position description quantity price { id } metadata } }`;

/** A document of one mutation on subscriptions with all that its payload tells. */
export function documentOf(name: string, withInvoice = true): string {
  const type = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) {
    subscription { ${subscriptionFields} } ${withInvoice ? invoice : ""} ${userErrors} } }`;
}

/** A merchant of its own with a customer, whose time stands still until it is moved. */
export interface Shop extends TestEnvironment {
  readonly customerId: string;
  /** Moves the clock of the customer. */
  setNow(now: string): Promise<void>;
  /** Lets time go by for the customer, with all that falls due. */
  advanceTo(instant: string): Promise<void>;
  /** A price of a new product. */
  newPrice(price?: Partial<Row<"Price">>, product?: Partial<Row<"Product">>): Promise<string>;
  insert: <M extends Parameters<typeof insert>[1]>(model: M, row: Partial<Row<M>>) => Promise<string>;
  /** Runs a mutation on subscriptions that must not fail as a whole, and gives its payload. */
  mutate(name: string, input: object): Promise<any>;
  /** Runs any document that must succeed, and gives its data. */
  read(document: string, variables?: Record<string, unknown>): Promise<any>;
  /** A subscription that was created without a fault. */
  subscribe(input: object): Promise<any>;
  /** The types of all events so far, oldest first, without those of invoices. */
  events(): Promise<string[]>;
}

const withoutInvoice = new Set(["deleteSubscription"]);

/** Opens a shop whose customer lives at `now`. */
export async function openShop(
  api: TestApi,
  now = "2026-06-01T00:00:00.000Z",
  customer: Partial<Row<"Customer">> = {},
): Promise<Shop> {
  const environment = await api.newEnvironment();
  const { environmentId, key } = environment;
  const one = async (model: any, row: object): Promise<string> => {
    const [id = ""] = await insert(api, model, [row as never], environmentId);
    return id;
  };
  const testClockId = await one("TestClock", { now: new Date(now) });
  const customerId = await one("Customer", { testClockId, ...customer });
  const read: Shop["read"] = async (document, variables) => (await api.query(document, variables, key)).data;
  const mutate: Shop["mutate"] = async (name, input) =>
    (await read(documentOf(name, !withoutInvoice.has(name)), { input }))[name];
  return {
    ...environment,
    customerId,
    setNow: async (instant) => {
      await api.database.prisma.testClock.updateMany({
        where: { id: testClockId },
        data: { now: new Date(instant) },
      });
    },
    advanceTo: async (instant) => {
      await api.database.prisma.testClock.updateMany({
        where: { id: testClockId },
        data: { status: "ADVANCING", advancingTo: new Date(instant) },
      });
      const writer = { environmentId, actor: "test", requestId: null, now: new Date() };
      await advanceClock(api.database, writer, testClockId, new AbortController().signal);
    },
    insert: one as Shop["insert"],
    newPrice: async (price = {}, product = {}) =>
      one("Price", { productId: await one("Product", product), ...price }),
    mutate,
    read,
    subscribe: async (input) => {
      const { subscription, userErrors: faults } = await mutate("createSubscription", {
        customer: { id: customerId },
        ...input,
      });
      if (faults.length) throw new Error(`not created: ${JSON.stringify(faults)}`);
      return subscription;
    },
    events: async () => {
      const rows = await api.database.prisma.event.findMany({
        where: { environmentId, objectType: "subscription" },
        orderBy: { sequence: "asc" } as never,
      });
      return rows.map(({ type }) => type);
    },
  };
}
