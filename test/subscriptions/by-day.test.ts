import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "./support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let shop: Shop;

beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());
// Its period lasts from ten to ten: the first of July is its last day until then.
beforeEach(async () => {
  shop = await openShop(api, "2026-06-01T10:00:00.000Z", { timezone: "UTC" });
  await api.database.prisma.billingSettings.create({
    data: { environmentId: shop.environmentId, prorateByDay: true },
  });
});

const price = (unitAmount: number) => shop.newPrice({ unitAmount: String(unitAmount) as never });

describe("by whole days, a change on the last day of the period and after its hour", () => {
  test.each(["IMMEDIATE", "NEXT_INVOICE", "NONE"])(
    "costs nothing for what is left of it: %s",
    async (prorationMode) => {
      const { id } = await shop.subscribe({ items: [{ price: { id: await price(3000) } }] });
      for (const instant of ["2026-07-01T05:00:00.000Z", "2026-07-01T06:00:00.000Z"]) {
        // oxlint-disable-next-line no-await-in-loop
        await shop.setNow(instant);
        const change = { subscriptionId: id, price: { id: await price(6000) }, prorationMode };
        // oxlint-disable-next-line no-await-in-loop
        const { userErrors, subscription } = await shop.mutate("changeSubscriptionPlan", change);
        expect(userErrors).toEqual([]);
        expect(subscription.currentPeriod.end).toBe("2026-07-01T10:00:00.000Z");
      }
      await shop.advanceTo("2026-07-01T10:00:00.000Z");
      const invoices = await api.database.prisma.invoice.findMany({
        where: { subscriptionId: id },
        orderBy: { number: "asc" },
      });
      expect(invoices.filter(({ total }) => total !== 0n).map(({ total }) => total)).toEqual([3000n, 6000n]);
    },
  );

  test("does not stop the clock when it is a phase of a schedule", async () => {
    const { createSubscriptionSchedule: made } = await shop.read(
      `mutation ($input: CreateSubscriptionScheduleInput!) { createSubscriptionSchedule(input: $input) {
        schedule { id } userErrors { message } } }`,
      {
        input: {
          customer: { id: shop.customerId },
          phases: [
            { items: [{ price: { id: await price(3000) } }], endsAt: "2026-07-01T05:00:00.000Z" },
            { items: [{ price: { id: await price(6000) } }], endsAt: "2026-07-01T06:00:00.000Z" },
            { items: [{ price: { id: await price(9000) } }] },
          ],
        },
      },
    );
    expect(made.userErrors).toEqual([]);
    await shop.advanceTo("2026-07-02T00:00:00.000Z");
    const invoices = await api.database.prisma.invoice.findMany({
      where: { environmentId: shop.environmentId },
      orderBy: { number: "asc" },
    });
    expect(invoices.filter(({ total }) => total !== 0n).map(({ total }) => total)).toEqual([3000n, 9000n]);
  });
});
