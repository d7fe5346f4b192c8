import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { type MeteredShop, openMeteredShop } from "../usage/metered.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let shop: MeteredShop;

beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());
beforeEach(async () => void (shop = await openMeteredShop(api)));

const remove = async (id: string) =>
  (
    await shop.read(
      "mutation ($id: ID!) { deleteSubscription(input: { subscriptionId: $id }) { deletedId userErrors { code path } } }",
      { id },
    )
  ).deleteSubscription;

const refused = { deletedId: null, userErrors: [{ code: "ILLEGAL_STATE", path: ["subscriptionId"] }] };

const rowsOf = async (table: string) => {
  const { rows } = await api.database.pool.query(
    `SELECT count(*)::int AS count FROM ${table} WHERE environment_id = $1`,
    [shop.environmentId],
  );
  return rows[0].count;
};

describe("deleteSubscription", () => {
  test("takes with it all that waits to be billed or was told, and the seats", async () => {
    const items = [{ price: { id: await shop.meteredPrice() } }, { price: { id: await shop.basePrice() } }];
    const { id, items: made } = await shop.subscribe({ items, trialDays: 10 });
    const itemId = made.nodes[0].id;
    await shop.insert("UsageThreshold", {
      subscriptionItemId: itemId,
      periodStart: new Date("2026-06-01T00:00:00Z"),
      threshold: 80,
      reachedAt: new Date(),
    });
    await shop.insert("Seat", {
      subscriptionId: id,
      subscriptionItemId: itemId,
      customerId: shop.customerId,
      benefitId: await shop.insert("Benefit", {}),
    });
    await shop.insert("PendingInvoiceItem", {
      customerId: shop.customerId,
      subscriptionId: id,
      subscriptionItemId: itemId,
      kind: "ADJUSTMENT",
      description: "Set-up",
      currency: "USD",
      unitAmount: "100" as never,
      amount: 100n,
    });
    expect(await remove(id)).toEqual({ deletedId: id, userErrors: [] });
    const tables = ["subscriptions", "subscription_items", "usage_thresholds", "seats"];
    for (const table of [...tables, "pending_invoice_items"]) {
      // oxlint-disable-next-line no-await-in-loop
      expect([table, await rowsOf(table)]).toEqual([table, 0]);
    }
  });

  test("is refused once a part of it went on any invoice, its own or another one", async () => {
    const { id, items } = await shop.subscribe({
      items: [{ price: { id: await shop.meteredPrice() } }],
      trialDays: 10,
    });
    const invoiceId = await shop.insert("Invoice", { customerId: shop.customerId, status: "DRAFT" });
    await shop.insert("PendingInvoiceItem", {
      customerId: shop.customerId,
      subscriptionId: id,
      invoiceId,
      kind: "ADJUSTMENT",
      description: "Set-up",
      currency: "USD",
      unitAmount: "100" as never,
      amount: 100n,
    });
    expect(await remove(id)).toEqual(refused);
    await api.database.prisma.pendingInvoiceItem.deleteMany({ where: { subscriptionId: id } });
    await shop.insert("InvoiceLine", { invoiceId, subscriptionItemId: items.nodes[0].id });
    expect(await remove(id)).toEqual(refused);
  });

  test("is refused once something was measured for it", async () => {
    const { id } = await shop.subscribe({
      items: [{ price: { id: await shop.meteredPrice() } }],
      trialDays: 10,
    });
    await shop.use({ at: "06-01", subscriptionId: id });
    expect(await remove(id)).toEqual(refused);
  });

  test("is refused while usage of its customer, or a span of it, waits to be billed", async () => {
    const { id } = await shop.subscribe({ items: [{ price: { id: await shop.meteredPrice() } }] });
    await shop.setNow("2026-06-11T00:00:00.000Z");
    const change = {
      subscriptionId: id,
      price: { id: await shop.meteredPrice({ unitAmount: "3" as never }) },
    };
    expect((await shop.mutate("changeSubscriptionPlan", change)).userErrors).toEqual([]);
    expect(await rowsOf("usage_charges")).toBeGreaterThan(0);
    expect(await remove(id)).toEqual(refused);

    const used = await shop.subscribe({ items: [{ price: { id: await shop.meteredPrice() } }] });
    expect(await remove(used.id)).toEqual({ deletedId: used.id, userErrors: [] });
    const again = await shop.subscribe({ items: [{ price: { id: await shop.meteredPrice() } }] });
    await shop.use({ at: "06-11" });
    expect(await remove(again.id)).toEqual(refused);
  });

  test("knows every table that refers to subscriptions, to their items or to their charges", async () => {
    const { rows } = await api.database.pool.query<{ table: string }>(`
      SELECT DISTINCT c.conrelid::regclass::text AS table FROM pg_constraint c
      WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confrelid = ANY(
        ARRAY['subscriptions', 'subscription_items', 'usage_charges']::regclass[])`);
    // For a new one, decide in delete.ts whether it keeps a subscription from being deleted, or goes with it.
    expect(rows.map(({ table }) => table).toSorted()).toEqual([
      "discount_redemptions",
      "invoice_lines",
      "invoices",
      "pending_invoice_items",
      "seats",
      "subscription_item_terms",
      "subscription_items",
      "subscription_schedules",
      "subscription_states",
      "subscription_tax_rates",
      "usage_charges",
      "usage_events",
      "waived_lines",
    ]);
  });

  test.runIf(serverUrl)(
    "while an event names the subscription: the event is told that there is none",
    async () => {
      const { id } = await shop.subscribe({
        items: [{ price: { id: await shop.meteredPrice() } }],
        trialDays: 10,
      });
      const other = await api.database.pool.connect();
      try {
        await other.query("BEGIN");
        for (const table of ["usage_charges", "subscription_items"]) {
          // oxlint-disable-next-line no-await-in-loop
          await other.query(`DELETE FROM ${table} WHERE environment_id = $1 AND subscription_id = $2`, [
            shop.environmentId,
            id,
          ]);
        }
        await other.query("DELETE FROM subscriptions WHERE environment_id = $1 AND id = $2", [
          shop.environmentId,
          id,
        ]);
        const sent = shop.read(
          `mutation ($input: IngestUsageEventsInput!) { ingestUsageEvents(input: $input) { results { outcome reason } } }`,
          {
            input: {
              events: [
                { name: "call", subscriptionId: id, idempotencyKey: "k", timestamp: "2026-06-01T00:00:00Z" },
              ],
            },
          },
        );
        await vi.waitFor(async () => {
          const { rows } = await api.database.pool.query(
            `SELECT count(*)::int AS waiting FROM pg_stat_activity
           WHERE wait_event_type = 'Lock' AND datname = current_database()`,
          );
          expect(rows[0].waiting).toBe(1);
        });
        await other.query("COMMIT");
        expect((await sent).ingestUsageEvents.results).toEqual([
          { outcome: "FAILED", reason: "UNKNOWN_SUBSCRIPTION" },
        ]);
      } finally {
        other.release();
      }
    },
  );
});
