import type { Row } from "../../src/db/datamodel.ts";
import { newId } from "../../src/kit/ids.ts";
import type { TestApi } from "../kit/api.ts";
import { type Shop, openShop } from "../subscriptions/support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

/** Up to 100 calls for nothing, up to 1,000 for 2 cents, and all others for 1 cent. */
export const tiers = [
  { upTo: "100", unitAmount: "0", flatAmount: null },
  { upTo: "1000", unitAmount: "2", flatAmount: null },
  { upTo: null, unitAmount: "1", flatAmount: null },
];
export const graduated = { billingScheme: "TIERED", tiersMode: "GRADUATED", tiers } as Partial<Row<"Price">>;

/** A shop that measures what its customer does. */
export interface MeteredShop extends Shop {
  /** The meter that adds up the events called `call`. */
  readonly meterId: string;
  /** A monthly price by the meter, in USD: graduated, unless said. */
  meteredPrice(price?: Partial<Row<"Price">>): Promise<string>;
  /** A monthly price of $50 in advance. */
  basePrice(): Promise<string>;
  /** Sends events, and gives their ids. Each is of a day such as `06-05`, or an instant. */
  use(...events: { at: string; quantity?: number | string; [field: string]: unknown }[]): Promise<string[]>;
  /** The invoices of a subscription with their lines, oldest first. */
  invoices(subscriptionId: string): Promise<any[]>;
}

const instant = (at: string): string => (at.includes("T") ? at : `2026-${at}T00:00:00.000Z`);

/** Opens it at the first of June 2026. */
export async function openMeteredShop(api: TestApi, meter: Partial<Row<"Meter">> = {}): Promise<MeteredShop> {
  const shop = await openShop(api, "2026-06-01T00:00:00.000Z");
  const meterId = await shop.insert("Meter", {
    name: "Calls",
    eventName: "call",
    aggregation: "SUM",
    ...meter,
  });
  return {
    ...shop,
    meterId,
    meteredPrice: (price = graduated) =>
      shop.newPrice(
        { meterId, payInAdvance: false, unitAmount: 0 as never, ...price },
        { name: "API calls" },
      ),
    basePrice: () => shop.newPrice({ unitAmount: 5000 as never }, { name: "Base fee" }),
    use: async (...events) => {
      const { ingestUsageEvents: payload } = await shop.read(
        `mutation ($input: IngestUsageEventsInput!) { ingestUsageEvents(input: $input) {
          ingested results { eventId reason userErrors { message } } } }`,
        {
          input: {
            events: events.map(({ at, quantity = 1, ...rest }) => ({
              name: "call",
              customer: { id: shop.customerId },
              idempotencyKey: newId(),
              timestamp: instant(at),
              quantity: String(quantity),
              ...rest,
            })),
          },
        },
      );
      if (payload.ingested !== events.length) throw new Error(JSON.stringify(payload));
      return payload.results.map(({ eventId }: any) => eventId);
    },
    invoices: async (id) => {
      const { subscription } = await shop.read(
        `query ($id: ID!) { subscription(id: $id) { invoices(first: 12) { nodes { number status billingReason
          total { amount } subtotal { amount } issuedAt period { start end }
          lines(first: 20) { nodes { id kind description quantity unitAmount amount { amount } period { start end }
            breakdown { from to quantity unitAmount flatAmount amount { amount } } } } } } } }`,
        { id },
      );
      return subscription.invoices.nodes.toReversed();
    },
  };
}

/** Lines as short texts: kind, description, quantity and amount. */
export const short = (invoice: any): string[] =>
  invoice.lines.nodes.map(
    ({ kind, description, quantity, amount }: any) =>
      `${kind} ${description}: ${quantity} = ${amount.amount}`,
  );
