import { newId } from "../../src/kit/ids.ts";
import { type Merchant, newMerchant } from "../catalog/support.ts";
import type { TestApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

/** A merchant who measures calls of one customer. */
export interface Shop extends Merchant {
  readonly customerId: string;
  /** The meter that adds up the events that are called `call`. */
  readonly meterId: string;
  /** Sends events, and gives the payload. */
  ingest(events: readonly object[], options?: { readonly dryRun?: boolean }): Promise<any>;
  /** The figures of the meter since 100 days ago. */
  usage(): Promise<{ readonly total: string; readonly eventCount: number }>;
}

export async function newShop(api: TestApi): Promise<Shop> {
  const merchant = await newMerchant(api);
  const { environmentId } = merchant;
  const [customerId = ""] = await insert(api, "Customer", [{}], environmentId);
  const meter = { name: "Calls", eventName: "call", aggregation: "SUM" } as const;
  const [meterId = ""] = await insert(api, "Meter", [meter], environmentId);
  const selection = `ingested duplicates skipped failed
    results { index outcome reason eventId event { quantity timestamp } userErrors { code message path } }`;
  return {
    ...merchant,
    customerId,
    meterId,
    ingest: (events, options) => merchant.mutate("ingestUsageEvents", { events, ...options }, selection),
    usage: async () => {
      const { customer } = await merchant.read(
        `query ($id: ID!, $from: DateTime!, $to: DateTime!, $meters: [ID!]) {
          customer(id: $id) { usage(from: $from, to: $to, meterIds: $meters) { total eventCount } } }`,
        { id: customerId, from: days(-100), to: days(1), meters: [meterId] },
      );
      return customer.usage[0];
    },
  };
}

/** So many days after now, as a text. */
export const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();

/** A good event, but for what is said of it. */
export const call = (shop: Pick<Shop, "customerId">, changes: object = {}) => ({
  name: "call",
  customer: { id: shop.customerId },
  idempotencyKey: newId(),
  ...changes,
});

/** The four counts of a payload. */
export const counts = ({ ingested, duplicates, skipped, failed }: Record<string, number>) => [
  ingested,
  duplicates,
  skipped,
  failed,
];
