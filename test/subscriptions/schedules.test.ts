import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "./support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let shop: Shop;
let small: string;
let large: string;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  shop = await openShop(api);
  small = await shop.newPrice({ unitAmount: "1000" as never }, { name: "Small" });
  large = await shop.newPrice({ unitAmount: "3000" as never }, { name: "Large" });
});

const fields = `id version status endBehavior currentPhase nextStepAt canceledAt releasedAt completedAt metadata
  customer { id } subscription { id status cancelAt items { nodes { id quantity price { id } } } }
  phases { nodes { position startsAt endsAt prorationMode items { nodes { position quantity price { id } } } } }`;

const run = async (name: string, input: object) => {
  const type = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) {
    schedule { ${fields} } invoice { total { amount } lines { nodes { amount { amount } } } }
    userErrors { __typename code path message ... on IllegalTransition { state allowed } } } }`;
  return (await shop.read(document, { input }))[name];
};

const create = (input: object) =>
  run("createSubscriptionSchedule", { customer: { id: shop.customerId }, ...input });

const item = (id: string, quantity = "1") => ({ price: { id }, quantity });

const faults = async (result: Promise<any>) =>
  (await result).userErrors.map(({ code, path }: any) => `${code} ${path.join(".")}`);

/** Lets time go by for the customer up to an instant, and gives the schedule as it is then. */
async function goOn(scheduleId: string, to: string) {
  await shop.advanceTo(to);
  const { subscriptionSchedule } = await shop.read(
    `query ($id: ID!) { subscriptionSchedule(id: $id) { ${fields} } }`,
    { id: scheduleId },
  );
  return subscriptionSchedule;
}

describe("a schedule of a customer", () => {
  test("starts its subscription with its first phase, and waits for the next", async () => {
    const { schedule, invoice, userErrors } = await create({
      phases: [
        { items: [item(small, "2")], endsAt: "2026-08-01T00:00:00Z" },
        { items: [item(large)], prorationMode: "NONE" },
      ],
      metadata: { deal: "7" },
    });
    expect(userErrors).toEqual([]);
    expect(invoice.total.amount).toBe(2000);
    expect(schedule).toMatchObject({
      status: "ACTIVE",
      endBehavior: "CANCEL",
      currentPhase: 1,
      nextStepAt: "2026-08-01T00:00:00.000Z",
      metadata: { deal: "7" },
      customer: { id: shop.customerId },
      subscription: { status: "ACTIVE", items: { nodes: [{ quantity: "2", price: { id: small } }] } },
    });
    expect(schedule.phases.nodes).toMatchObject([
      {
        position: 1,
        startsAt: "2026-06-01T00:00:00.000Z",
        endsAt: "2026-08-01T00:00:00.000Z",
        items: { nodes: [{ price: { id: small } }] },
      },
      { position: 2, startsAt: "2026-08-01T00:00:00.000Z", endsAt: null, prorationMode: "NONE" },
    ]);
    const { customer } = await shop.read(
      `query ($id: ID!) { customer(id: $id) { subscriptions(first: 1) { nodes { schedules(first: 1) { nodes { phases(first: 2) { nodes { items(first: 1) { nodes { price { id } } } } } } } } } } }`,
      { id: shop.customerId },
    );
    expect(customer.subscriptions.nodes[0].schedules.nodes[0].phases.nodes[1].items.nodes[0].price.id).toBe(
      large,
    );
  });

  test("waits for a first phase that is yet to come", async () => {
    const { schedule, invoice } = await create({
      startDate: "2026-07-01T00:00:00Z",
      phases: [{ items: [item(small)] }],
    });
    expect(schedule).toMatchObject({
      status: "NOT_STARTED",
      currentPhase: null,
      nextStepAt: "2026-07-01T00:00:00.000Z",
      subscription: null,
    });
    expect(invoice).toBeNull();
  });

  test("starts at the prices that it was made with, though they are not for sale any more", async () => {
    const { schedule } = await create({
      startDate: "2026-07-01T00:00:00Z",
      phases: [
        { items: [item(small)], endsAt: "2026-08-01T00:00:00Z" },
        { items: [item(large)], prorationMode: "NONE" },
      ],
    });
    const { archiveCustomer } = await shop.read(
      "mutation ($id: ID!) { archiveCustomer(input: { customer: { id: $id } }) { userErrors { code path } } }",
      { id: shop.customerId },
    );
    expect(archiveCustomer.userErrors).toEqual([{ code: "ILLEGAL_STATE", path: ["customer"] }]);
    for (const id of [small, large]) {
      const { archivePrice } = await shop.read(
        "mutation ($id: ID!) { archivePrice(input: { priceId: $id }) { userErrors { code message path } } }",
        { id },
      );
      expect(archivePrice.userErrors).toEqual([]);
    }
    expect(await faults(create({ phases: [{ items: [item(small)] }] }))).toEqual([
      "ILLEGAL_STATE phases.0.items.0.price",
    ]);
    expect(await goOn(schedule.id, "2026-08-02T00:00:00.000Z")).toMatchObject({
      status: "ACTIVE",
      currentPhase: 2,
      subscription: { status: "ACTIVE", items: { nodes: [{ price: { id: large } }] } },
    });
  });

  test("goes through its phases and cancels the subscription, or releases it", async () => {
    const phases = [
      { items: [item(small)], endsAt: "2026-06-11T00:00:00Z" },
      { items: [item(small, "2"), item(large)], endsAt: "2026-06-21T00:00:00Z" },
    ];
    const first = (await create({ phases })).schedule;
    const second = await goOn(first.id, "2026-06-11T00:00:00.000Z");
    expect(second).toMatchObject({
      currentPhase: 2,
      subscription: { items: { nodes: [{ quantity: "2" }, { price: { id: large } }] } },
    });
    // The item at the same price is the same item.
    expect(second.subscription.items.nodes[0].id).toBe(first.subscription.items.nodes[0].id);
    const over = await goOn(first.id, "2026-06-21T00:00:00.000Z");
    expect(over).toMatchObject({
      status: "COMPLETED",
      completedAt: "2026-06-21T00:00:00.000Z",
      nextStepAt: null,
      subscription: { status: "CANCELED" },
    });
    // 1000; −1000 × 20/30 + 2000 × 20/30 + 3000 × 20/30 = −667 + 1333 + 2000.
    const totals = await api.database.prisma.invoice.findMany({
      where: { environmentId: shop.environmentId },
      orderBy: { createdAt: "asc" },
    });
    // The phase was billed to the end of June: the ten days after its end go to the balance.
    expect(totals.map(({ total }) => Number(total))).toEqual([1000, 2666, 0]);
    const balance = await api.database.prisma.customerBalance.findFirst({
      where: { customerId: shop.customerId },
    });
    expect(Number(balance?.amount)).toBe(1666);
    await shop.setNow("2026-07-01T00:00:00.000Z");
    const released = (
      await create({
        phases: [{ items: [item(small)], endsAt: "2026-08-01T00:00:00Z" }],
        endBehavior: "RELEASE",
      })
    ).schedule;
    expect(await goOn(released.id, "2026-08-01T00:00:00.000Z")).toMatchObject({
      status: "RELEASED",
      subscription: { status: "ACTIVE" },
    });
  });
});

describe("a schedule of a subscription", () => {
  test("changes it when its first phase starts now, with its proration", async () => {
    const subscription = await shop.subscribe({ items: [item(small)] });
    await shop.setNow("2026-06-11T00:00:00.000Z");
    const { schedule, invoice } = await run("createSubscriptionSchedule", {
      subscriptionId: subscription.id,
      phases: [{ items: [item(large)] }],
    });
    // −1000 × 20/30 and 3000 × 20/30; the price is another one, so the item is.
    expect(invoice.lines.nodes.map(({ amount }: any) => amount.amount)).toEqual([-667, 2000]);
    expect(schedule).toMatchObject({
      status: "ACTIVE",
      nextStepAt: null,
      subscription: { id: subscription.id },
    });
    expect(
      await faults(
        run("createSubscriptionSchedule", {
          subscriptionId: subscription.id,
          phases: [{ items: [item(small)] }],
        }),
      ),
    ).toEqual(["CONFLICT subscriptionId"]);
    expect(
      await faults(shop.mutate("cancelSubscription", { subscriptionId: subscription.id, mode: "NOW" })),
    ).toEqual(["CONFLICT subscriptionId"]);
  });

  test("is released, with or without the day on which it would have ended, or canceled", async () => {
    const phases = [{ items: [item(small)], endsAt: "2026-09-01T00:00:00Z" }];
    const one = (await create({ phases })).schedule;
    const released = await run("releaseSubscriptionSchedule", {
      scheduleId: one.id,
      preserveCancelDate: true,
    });
    expect(released.schedule).toMatchObject({
      status: "RELEASED",
      releasedAt: "2026-06-01T00:00:00.000Z",
      subscription: { status: "ACTIVE", cancelAt: "2026-09-01T00:00:00.000Z" },
    });
    const other = (await create({ phases })).schedule;
    await shop.setNow("2026-06-16T00:00:00.000Z");
    const canceled = await run("cancelSubscriptionSchedule", { scheduleId: other.id, prorate: true });
    expect(canceled.schedule).toMatchObject({ status: "CANCELED", subscription: { status: "CANCELED" } });
    // Half of June is given back.
    expect(canceled.invoice.lines.nodes.map(({ amount }: any) => amount.amount)).toEqual([-500, 500]);
    const again = await run("releaseSubscriptionSchedule", { scheduleId: other.id });
    expect(again.userErrors).toMatchObject([
      { __typename: "IllegalTransition", state: "CANCELED", allowed: [] },
    ]);
  });
});

describe("changing what is to come", () => {
  test("leaves the past and the current phase as they are", async () => {
    const { schedule } = await create({
      phases: [{ items: [item(small)], endsAt: "2026-07-01T00:00:00Z" }, { items: [item(large)] }],
    });
    const { schedule: after } = await run("updateSubscriptionSchedule", {
      scheduleId: schedule.id,
      expectedVersion: schedule.version,
      endBehavior: "RELEASE",
      phases: [{ items: [item(large, "2")], endsAt: "2026-09-01T00:00:00Z" }, { items: [item(small, "3")] }],
    });
    expect(after).toMatchObject({
      version: schedule.version + 1,
      endBehavior: "RELEASE",
      nextStepAt: "2026-07-01T00:00:00.000Z",
    });
    expect(after.phases.nodes.map(({ position, items }: any) => [position, items.nodes[0].quantity])).toEqual(
      [
        [1, "1"],
        [2, "2"],
        [3, "3"],
      ],
    );
    expect(
      await faults(
        run("updateSubscriptionSchedule", { scheduleId: schedule.id, expectedVersion: 1, metadata: {} }),
      ),
    ).toEqual(["VERSION_MISMATCH expectedVersion"]);
    const late = [{ items: [item(small)], startsAt: "2026-08-01T00:00:00Z" }];
    expect(
      await faults(run("updateSubscriptionSchedule", { scheduleId: schedule.id, phases: late })),
    ).toEqual(["INVALID phases.0.startsAt"]);
  });

  test("refuses phases that are not in order, or cannot be billed", async () => {
    const eur = await shop.newPrice({ currency: "EUR" });
    const yearly = await shop.newPrice({ interval: "YEAR" });
    const end = "2026-07-01T00:00:00Z";
    expect(await faults(create({ phases: [] }))).toEqual(["REQUIRED phases"]);
    expect(await faults(create({ phases: [{ items: [item(small)] }, { items: [item(large)] }] }))).toEqual([
      "INVALID phases.0.endsAt",
    ]);
    expect(
      await faults(create({ phases: [{ items: [item(small)], endsAt: "2026-05-01T00:00:00Z" }] })),
    ).toEqual(["INVALID phases.0.endsAt"]);
    expect(
      await faults(
        create({
          phases: [
            { items: [item(small)], endsAt: end },
            { items: [item(large)], startsAt: "2026-07-02T00:00:00Z" },
          ],
        }),
      ),
    ).toEqual(["INVALID phases.1.startsAt"]);
    expect(
      await faults(create({ startDate: "2026-05-01T00:00:00Z", phases: [{ items: [item(small)] }] })),
    ).toEqual(["INVALID startDate"]);
    expect(
      await faults(create({ phases: [{ items: [item(small)], endsAt: end }, { items: [item(eur)] }] })),
    ).toEqual(["INVALID phases.1.items.0"]);
    expect(await faults(create({ phases: [{ items: [item(small), item(yearly)] }] }))).toEqual([
      "INVALID phases.0.items.1",
    ]);
    expect(await faults(create({ phases: [{ items: [item(small, "0")] }] }))).toEqual([
      "INVALID phases.0.items.0.quantity",
    ]);
    expect(await faults(create({ phases: [{ items: [item(small)], discountCode: "NONE" }] }))).toEqual([
      "NOT_FOUND phases.0.discountCode",
    ]);
    expect(await faults(create({ subscriptionId: small, phases: [{ items: [item(small)] }] }))).toEqual([
      "INVALID subscriptionId",
    ]);
    expect(await faults(run("cancelSubscriptionSchedule", { scheduleId: small }))).toEqual([
      "NOT_FOUND scheduleId",
    ]);
    const { subscriptionSchedules } = await shop.read(
      "{ subscriptionSchedules { totalCount } subscriptions { totalCount } }",
    );
    expect(subscriptionSchedules.totalCount).toBe(0);
  });
});
