import { afterAll, beforeAll, expect, test } from "vitest";
import { allowedMoves } from "../../src/kit/state-machine.ts";
import { subscriptionMachine } from "../../src/domains/subscriptions/status.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "./support.ts";

let api: TestApi;
let shop: Shop;

beforeAll(async () => {
  api = await startApi();
  shop = await openShop(api);
});
afterAll(() => api.close());

const stored = (values: object) =>
  shop.insert("BillingSubscription", { customerId: shop.customerId, ...values } as never);

const update = (subscriptionId: string, pauseAtPeriodEnd: boolean) =>
  shop.mutate("updateSubscription", { subscriptionId, pauseAtPeriodEnd });

test.each(["ACTIVE", "TRIALING"] as const)(
  "%s subscriptions can be paused when the period ends",
  async (status) => {
    const { subscription, userErrors } = await update(await stored({ status }), true);
    expect(userErrors).toEqual([]);
    expect(subscription).toMatchObject({ status, pauseAtPeriodEnd: true });
  },
);

test.each(["PENDING", "PAST_DUE", "PAUSED", "UNPAID", "CANCELED", "EXPIRED"] as const)(
  "%s subscriptions cannot be paused when the period ends: the moves that they allow are named",
  async (status) => {
    const { subscription, userErrors } = await update(await stored({ status }), true);
    expect(subscription).toBeNull();
    expect(userErrors).toMatchObject([
      {
        __typename: "IllegalTransition",
        code: "ILLEGAL_STATE",
        path: ["pauseAtPeriodEnd"],
        state: status,
        move: "pause",
        allowed: allowedMoves(subscriptionMachine, status),
      },
    ]);
  },
);

test("a pause that is to come is taken back, and asked for again, in any state that has not ended", async () => {
  const id = await stored({ status: "PAST_DUE", pauseAtPeriodEnd: true });
  expect((await update(id, true)).userErrors).toEqual([]);
  expect((await update(id, false)).subscription).toMatchObject({ pauseAtPeriodEnd: false });
});
