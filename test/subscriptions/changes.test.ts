import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "./support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let shop: Shop;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
// June has 30 days. On the 11th, ten are used and twenty left.
beforeEach(async () => {
  shop = await openShop(api);
});

const price = (unitAmount: number, values: object = {}) =>
  shop.newPrice({ unitAmount: String(unitAmount) as never, ...values }, { name: `Plan ${unitAmount}` });

const amounts = (invoice: any) => invoice?.lines.nodes.map(({ amount }: any) => amount.amount) ?? null;

const waiting = async () =>
  (
    await api.database.prisma.pendingInvoiceItem.findMany({
      where: { environmentId: shop.environmentId, invoiceId: null },
      orderBy: { id: "asc" },
    })
  ).map(({ amount }) => Number(amount));

const balance = async () =>
  Number(
    (await api.database.prisma.customerBalance.findFirst({ where: { customerId: shop.customerId } }))
      ?.amount ?? 0n,
  );

const lastInvoice = async (id: string) =>
  (
    await shop.read(
      `query ($id: ID!) { subscription(id: $id) { invoices(first: 1) { nodes {
        subtotal { amount } lines { nodes { amount { amount } } } } } } }`,
      { id },
    )
  ).subscription.invoices.nodes[0];

async function subscribe(...items: object[]) {
  const subscription = await shop.subscribe({ items });
  await shop.setNow("2026-06-11T00:00:00.000Z");
  return subscription;
}

const change = (name: string, subscription: any, input: object) =>
  shop.mutate(name, { subscriptionId: subscription.id, ...input });

describe("a change of plan within a period", () => {
  test("credits the unused time and charges the rest, now", async () => {
    const subscription = await subscribe({ price: { id: await price(1000) } });
    const dearer = await price(2500);
    const result = await change("changeSubscriptionPlan", subscription, { price: { id: dearer } });
    expect(result.userErrors).toEqual([]);
    // −1000 × 20/30 = −666.67, whose half cents would stay with the merchant; 2500 × 20/30 = 1666.67.
    expect(result.invoice.lines.nodes).toMatchObject([
      { description: "Unused time: Plan 1000", amount: { amount: -667 } },
      { description: "Remaining time: Plan 2500", amount: { amount: 1667 } },
    ]);
    expect(result.invoice).toMatchObject({
      total: { amount: 1000 },
      period: { start: "2026-06-11T00:00:00.000Z", end: "2026-07-01T00:00:00.000Z" },
    });
    expect(result.subscription).toMatchObject({
      version: 2,
      currentPeriod: subscription.currentPeriod,
      items: { nodes: [{ id: subscription.items.nodes[0].id, price: { id: dearer } }] },
    });
    expect(await shop.events()).toEqual([
      "subscription.created",
      "subscription.activated",
      "subscription.updated",
    ]);
  });

  test("counts by seconds, or by days of the customer's calendar where the settings say so", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    await shop.setNow("2026-06-11T12:00:00.000Z");
    const dearer = { price: { id: await price(6000) } };
    // 19.5 of 30 days are left: 1950 and 3900.
    const bySecond = await change("changeSubscriptionPlan", subscription, dearer);
    expect(amounts(bySecond.invoice)).toEqual([-1950, 3900]);
    await api.database.prisma.billingSettings.create({
      data: { environmentId: shop.environmentId, prorateByDay: true },
    });
    await shop.setNow("2026-06-01T00:00:00.000Z");
    const other = await subscribe({ price: { id: await price(3000) } });
    await shop.setNow("2026-06-11T12:00:00.000Z");
    // The day of the change belongs to the new plan: 20 of 30 days are left.
    const byDay = await change("changeSubscriptionPlan", other, dearer);
    expect(amounts(byDay.invoice)).toEqual([-2000, 4000]);
  });

  test("gives what is left below zero to the customer's balance", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const { invoice } = await change("changeSubscriptionPlan", subscription, {
      price: { id: await price(600) },
    });
    // −2000 + 400: 1600 are the customer's.
    expect(amounts(invoice)).toEqual([-2000, 400, 1600]);
    expect(invoice).toMatchObject({ total: { amount: 0 } });
    expect(await balance()).toBe(1600);
  });

  test("never credits more than was billed, whatever was changed before", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const other = { price: { id: await price(6000) } };
    const first = { price: subscription.items.nodes[0].price };
    expect(amounts((await change("changeSubscriptionPlan", subscription, other)).invoice)).toEqual([
      -2000, 4000,
    ]);
    await shop.setNow("2026-06-21T00:00:00.000Z");
    // 10 of the 20 days that 4000 were charged for are left.
    expect(amounts((await change("changeSubscriptionPlan", subscription, first)).invoice)).toEqual([
      -2000, 1000, 1000,
    ]);
    // With NONE the rest of the period keeps its price, so that the change back changes nothing of it.
    await change("changeSubscriptionPlan", subscription, { ...other, prorationMode: "NONE" });
    const back = await change("changeSubscriptionPlan", subscription, first);
    expect(back).toMatchObject({ invoice: null, userErrors: [] });
    await shop.advanceTo("2026-07-01T00:00:00.000Z");
    expect(await lastInvoice(subscription.id)).toMatchObject({ subtotal: { amount: 3000 } });
  });

  test("credits what was paid after discounts, and charges as they still hold", async () => {
    await shop.insert("Discount", {
      code: "HALF",
      type: "PERCENTAGE",
      value: "50" as never,
      duration: "FOREVER",
    });
    const subscription = await shop.subscribe({
      items: [{ price: { id: await price(3000) } }],
      discountCode: "HALF",
    });
    await shop.setNow("2026-06-11T00:00:00.000Z");
    const { invoice } = await change("changeSubscriptionPlan", subscription, {
      price: { id: await price(6000) },
    });
    // 1500 were paid: 1000 are unused. 6000 × 20/30 = 4000, half of it off.
    expect(amounts(invoice)).toEqual([-1000, 4000]);
    expect(invoice).toMatchObject({ discount: { amount: 2000 }, total: { amount: 1000 } });
  });

  test("waits for the next invoice, or does nothing, where that is asked for", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const later = await change("changeSubscriptionPlan", subscription, {
      price: { id: await price(6000) },
      prorationMode: "NEXT_INVOICE",
    });
    expect(later.invoice).toBeNull();
    expect(await waiting()).toEqual([-2000, 4000]);
    const never = await change("changeSubscriptionPlan", subscription, {
      price: { id: await price(100) },
      prorationMode: "NONE",
    });
    expect(never.invoice).toBeNull();
    expect(await waiting()).toEqual([-2000, 4000]);
  });

  test("costs nothing in a trial", async () => {
    const subscription = await shop.subscribe({
      items: [{ price: { id: await price(1000) } }],
      trialDays: 14,
    });
    const { invoice, subscription: after } = await change("changeSubscriptionPlan", subscription, {
      price: { id: await price(5000) },
    });
    expect(invoice).toBeNull();
    expect(after.status).toBe("TRIALING");
    expect(await waiting()).toEqual([]);
  });

  test("begins a new period when the interval changes, and with NONE when the old one ends", async () => {
    const yearly = { price: { id: await price(30_000, { interval: "YEAR" }) } };
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const { subscription: now, invoice } = await change("changeSubscriptionPlan", subscription, yearly);
    expect(amounts(invoice)).toEqual([-2000, 30_000]);
    expect(now).toMatchObject({
      recurring: { interval: "YEAR" },
      billingAnchorDay: 11,
      currentPeriod: { start: "2026-06-11T00:00:00.000Z", end: "2027-06-11T00:00:00.000Z" },
      cyclesBilled: 2,
    });
    await shop.setNow("2026-06-01T00:00:00.000Z");
    const other = await subscribe({ price: { id: await price(3000) } });
    const later = await change("changeSubscriptionPlan", other, { ...yearly, prorationMode: "NONE" });
    expect(later.invoice).toBeNull();
    expect(later.subscription).toMatchObject({
      recurring: { interval: "YEAR" },
      currentPeriod: other.currentPeriod,
    });
  });
});

describe("quantities and items", () => {
  test("another quantity is credited and charged as a whole", async () => {
    const subscription = await subscribe({ price: { id: await price(300) }, quantity: "10" });
    const { invoice, subscription: after } = await change("changeSubscriptionQuantity", subscription, {
      quantity: "12",
    });
    // 3000 × 20/30 and 3600 × 20/30
    expect(amounts(invoice)).toEqual([-2000, 2400]);
    expect(after.items.nodes[0].quantity).toBe("12");
    const same = await change("changeSubscriptionQuantity", subscription, { quantity: "12.0" });
    expect(same).toMatchObject({ invoice: null, subscription: { version: after.version } });
  });

  test("an item that is added is charged for the rest, and credited when it is removed", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const added = await change("addSubscriptionItem", subscription, {
      item: { price: { id: await price(900) }, description: "More" },
    });
    expect(amounts(added.invoice)).toEqual([600]);
    expect(added.subscription.items.nodes).toMatchObject([
      { position: 1 },
      { position: 2, description: "More" },
    ]);
    await shop.setNow("2026-06-21T00:00:00.000Z");
    const [kept, gone] = added.subscription.items.nodes;
    const removed = await change("removeSubscriptionItem", subscription, { itemId: gone.id });
    expect(amounts(removed.invoice)).toEqual([-300, 300]);
    expect(removed.subscription.items.nodes.map(({ id }: any) => id)).toEqual([kept.id]);
    // Lines of invoices still lead to it.
    const { node } = await shop.read(
      "query ($id: ID!) { node(id: $id) { ... on SubscriptionItem { removedAt } } }",
      { id: gone.id },
    );
    expect(node.removedAt).toBe("2026-06-21T00:00:00.000Z");
  });

  test("an item in arrears is billed at its old terms until the change and at the new ones after it", async () => {
    const subscription = await subscribe({ price: { id: await price(3000, { payInAdvance: false }) } });
    const { invoice } = await change("changeSubscriptionPlan", subscription, {
      price: { id: await price(6000, { payInAdvance: false }) },
    });
    expect(invoice).toBeNull();
    expect(await waiting()).toEqual([]);
    await shop.advanceTo("2026-07-01T00:00:00.000Z");
    // Ten days at 3000, and twenty at 6000.
    expect(amounts(await lastInvoice(subscription.id))).toEqual([1000, 4000]);
  });

  test("what an item is called and its metadata change without money", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) }, metadata: { a: "1", b: "2" } });
    const [item] = subscription.items.nodes;
    const { invoice, subscription: after } = await change("updateSubscriptionItem", subscription, {
      itemId: item.id,
      description: "Seats",
      metadata: { a: null, c: "3" },
    });
    expect(invoice).toBeNull();
    expect(after.items.nodes).toMatchObject([{ description: "Seats", metadata: { b: "2", c: "3" } }]);
  });

  test("bad changes are refused, and change nothing", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const [item] = subscription.items.nodes;
    const meter = await shop.insert("Meter", { name: "Calls" });
    const eur = await price(1, { currency: "EUR" });
    const yearly = await price(1, { interval: "YEAR" });
    const archived = await price(1, { active: false });
    const metered = await price(1, { meterId: meter });
    const faults = async (name: string, input: object) =>
      (await change(name, subscription, input)).userErrors.map(
        ({ code, path }: any) => `${code} ${path.join(".")}`,
      );
    expect(await faults("changeSubscriptionQuantity", { quantity: "0" })).toEqual(["INVALID quantity"]);
    expect(await faults("changeSubscriptionQuantity", { quantity: "-2" })).toEqual(["INVALID quantity"]);
    expect(await faults("changeSubscriptionQuantity", { quantity: "2", itemId: "nothing" })).toEqual([
      "NOT_FOUND itemId",
    ]);
    expect(await faults("changeSubscriptionPlan", { price: { id: eur } })).toEqual(["INVALID price"]);
    expect(await faults("changeSubscriptionPlan", { price: { id: archived } })).toEqual([
      "ILLEGAL_STATE price",
    ]);
    expect(await faults("changeSubscriptionPlan", { price: { id: metered } })).toEqual(["CONFLICT price"]);
    expect(await faults("updateSubscriptionItem", { itemId: item.id, price: { id: metered } })).toEqual([
      "CONFLICT price",
    ]);
    expect(await faults("updateSubscriptionItem", { itemId: item.id, price: { id: yearly } })).toEqual([
      "INVALID price",
    ]);
    expect(await faults("addSubscriptionItem", { item: { price: { id: yearly } } })).toEqual([
      "INVALID item",
    ]);
    expect(await faults("addSubscriptionItem", { item: { price: { id: eur } } })).toEqual(["INVALID item"]);
    expect(await faults("removeSubscriptionItem", { itemId: item.id })).toEqual(["CONFLICT itemId"]);
    expect(await faults("changeSubscriptionQuantity", { quantity: "2", expectedVersion: 7 })).toEqual([
      "VERSION_MISMATCH expectedVersion",
    ]);
    expect(
      await faults("changeSubscriptionQuantity", { quantity: "2", subscriptionId: shop.customerId }),
    ).toEqual(["NOT_FOUND subscriptionId"]);
    const { subscription: after } = await shop.read(
      "query ($id: ID!) { subscription(id: $id) { version } }",
      { id: subscription.id },
    );
    expect(after.version).toBe(1);
  });
});

describe("pausing", () => {
  test("lets invoices be drafts until it is resumed", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const paused = await change("pauseSubscription", subscription, { resumesAt: "2026-08-01T00:00:00Z" });
    expect(paused.subscription).toMatchObject({
      status: "PAUSED",
      pauseBehavior: "KEEP_AS_DRAFT",
      pausedAt: "2026-06-11T00:00:00.000Z",
      resumesAt: "2026-08-01T00:00:00.000Z",
    });
    const again = await change("pauseSubscription", subscription, {});
    expect(again.userErrors).toMatchObject([
      {
        __typename: "IllegalTransition",
        state: "PAUSED",
        move: "pause",
        allowed: ["resume", "startTrial", "cancel", "expire"],
      },
    ]);
    const refused = await change("changeSubscriptionQuantity", subscription, { quantity: "2" });
    expect(refused.userErrors).toMatchObject([
      { __typename: "IllegalTransition", state: "PAUSED", move: "change" },
    ]);
    const resumed = await change("resumeSubscription", subscription, {});
    expect(resumed.subscription).toMatchObject({
      status: "ACTIVE",
      pauseBehavior: null,
      pausedAt: null,
      resumesAt: null,
    });
    expect((await change("resumeSubscription", subscription, {})).userErrors).toMatchObject([
      { move: "resume" },
    ]);
    expect((await shop.events()).slice(2)).toEqual(["subscription.paused", "subscription.resumed"]);
  });

  test("can wait for the end of the period, and goes back to a trial that is not over", async () => {
    const subscription = await shop.subscribe({
      items: [{ price: { id: await price(3000) } }],
      trialDays: 20,
    });
    const coming = await change("pauseSubscription", subscription, { atPeriodEnd: true, behavior: "VOID" });
    expect(coming.subscription).toMatchObject({
      status: "TRIALING",
      pauseAtPeriodEnd: true,
      pauseBehavior: "VOID",
    });
    const taken = await change("resumeSubscription", subscription, {});
    expect(taken.subscription).toMatchObject({
      status: "TRIALING",
      pauseAtPeriodEnd: false,
      pauseBehavior: null,
    });
    await change("pauseSubscription", subscription, {});
    expect((await change("resumeSubscription", subscription, {})).subscription.status).toBe("TRIALING");
    const early = await change("pauseSubscription", subscription, { resumesAt: "2026-06-01T00:00:00Z" });
    expect(early.userErrors).toMatchObject([{ code: "INVALID", path: ["resumesAt"] }]);
  });
});

describe("canceling", () => {
  test("now, with the unused time to the balance", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const { subscription: after, invoice } = await change("cancelSubscription", subscription, {
      mode: "NOW",
      reason: "Too dear",
      prorate: true,
    });
    expect(after).toMatchObject({
      status: "CANCELED",
      cancellationReason: "Too dear",
      canceledAt: "2026-06-11T00:00:00.000Z",
      endedAt: "2026-06-11T00:00:00.000Z",
    });
    expect(amounts(invoice)).toEqual([-2000, 2000]);
    expect(await balance()).toBe(2000);
    const again = await change("cancelSubscription", subscription, { mode: "NOW" });
    expect(again.userErrors).toMatchObject([
      { __typename: "IllegalTransition", allowed: ["reactivate", "startTrial"] },
    ]);
    const changed = await change("changeSubscriptionPlan", subscription, { price: { id: await price(1) } });
    expect(changed.userErrors).toMatchObject([
      { __typename: "IllegalTransition", state: "CANCELED", move: "change" },
    ]);
    expect((await shop.events()).slice(2)).toEqual(["subscription.canceled"]);
  });

  test("now, with what was used in arrears and what waited", async () => {
    const subscription = await subscribe(
      { price: { id: await price(3000) } },
      { price: { id: await price(900, { payInAdvance: false }) } },
    );
    const [first] = subscription.items.nodes;
    await change("changeSubscriptionQuantity", subscription, {
      itemId: first.id,
      quantity: "2",
      prorationMode: "NEXT_INVOICE",
    });
    const { invoice } = await change("cancelSubscription", subscription, { mode: "NOW" });
    // 900 × 10/30, and −2000 + 4000 that waited.
    expect(amounts(invoice)).toEqual([300, -2000, 4000]);
    expect(await waiting()).toEqual([]);
  });

  test("at the end of the period or at a date, until it is taken back", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const ending = await change("cancelSubscription", subscription, { mode: "PERIOD_END" });
    expect(ending.subscription).toMatchObject({
      status: "ACTIVE",
      cancelAtPeriodEnd: true,
      canceledAt: "2026-06-11T00:00:00.000Z",
      endedAt: null,
    });
    const dated = await change("cancelSubscription", subscription, {
      mode: "AT_DATE",
      cancelAt: "2026-09-09T00:00:00Z",
    });
    expect(dated.subscription).toMatchObject({
      cancelAtPeriodEnd: false,
      cancelAt: "2026-09-09T00:00:00.000Z",
    });
    const kept = await change("reactivateSubscription", subscription, {});
    expect(kept.subscription).toMatchObject({
      status: "ACTIVE",
      cancelAtPeriodEnd: false,
      cancelAt: null,
      canceledAt: null,
    });
    expect((await change("reactivateSubscription", subscription, {})).userErrors).toMatchObject([
      { move: "reactivate" },
    ]);
    for (const [input, path] of [
      [{ mode: "AT_DATE" }, "cancelAt"],
      [{ mode: "AT_DATE", cancelAt: "2026-06-11T00:00:00Z" }, "cancelAt"],
      [{ mode: "NOW", cancelAt: "2026-09-09T00:00:00Z" }, "cancelAt"],
      [{ mode: "PERIOD_END", prorate: true }, "prorate"],
    ] as const) {
      expect((await change("cancelSubscription", subscription, input)).userErrors).toMatchObject([
        { code: "INVALID", path: [path] },
      ]);
    }
  });

  test("can be undone while the period runs; what was credited is charged again", async () => {
    const subscription = await subscribe({ price: { id: await price(3000) } });
    await change("cancelSubscription", subscription, { mode: "NOW", prorate: true });
    await shop.setNow("2026-06-21T00:00:00.000Z");
    const { subscription: after, invoice } = await change("reactivateSubscription", subscription, {});
    expect(after).toMatchObject({
      status: "ACTIVE",
      canceledAt: null,
      endedAt: null,
      currentPeriod: subscription.currentPeriod,
    });
    // Ten days at 3000 of 30, paid from the balance.
    expect(amounts(invoice)).toEqual([1000]);
    expect(await balance()).toBe(1000);
    await change("cancelSubscription", subscription, { mode: "NOW" });
    await shop.setNow("2026-07-01T00:00:00.000Z");
    expect((await change("reactivateSubscription", subscription, {})).userErrors).toMatchObject([
      { code: "ILLEGAL_STATE" },
    ]);
  });
});

describe("updating and deleting", () => {
  test("other tax rates alone are a change, and the same ones again are none", async () => {
    const [one, other] = [
      await shop.insert("TaxRate", { name: "VAT", percentage: "20" as never }),
      await shop.insert("TaxRate", { name: "City", percentage: "5" as never }),
    ];
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const update = (taxRateIds: readonly string[], more: object = {}) =>
      change("updateSubscription", subscription, { taxRateIds, ...more });
    const rates = async () => {
      const { subscription: read } = await shop.read(
        "query ($id: ID!) { subscription(id: $id) { taxRates { taxRate { name } } } }",
        { id: subscription.id },
      );
      return read.taxRates.map(({ taxRate }: any) => taxRate.name);
    };
    const before = (await shop.events()).length;
    expect((await update([one])).subscription.version).toBe(2);
    expect((await update([one])).subscription.version).toBe(2);
    expect((await update([other, one])).subscription.version).toBe(3);
    expect((await update([one, other])).subscription.version).toBe(3);
    expect((await rates()).toSorted()).toEqual(["City", "VAT"]);
    expect((await update([], { expectedVersion: 2 })).userErrors).toMatchObject([
      { __typename: "VersionMismatch" },
    ]);
    expect((await update(["none"])).userErrors).toMatchObject([
      { code: "NOT_FOUND", path: ["taxRateIds", "0"] },
    ]);
    expect((await update([])).subscription.version).toBe(4);
    expect(await rates()).toEqual([]);
    expect((await shop.events()).slice(before)).toEqual(Array(3).fill("subscription.updated"));
  });

  test("terms change from the next invoice on", async () => {
    const rate = await shop.insert("TaxRate", { name: "VAT", percentage: "20" as never });
    const subscription = await subscribe({ price: { id: await price(3000) } });
    const { subscription: after } = await change("updateSubscription", subscription, {
      collectionMethod: "SEND_INVOICE",
      prorationMode: "NONE",
      billingMaxCycles: 5,
      billingAnchorDay: 15,
      taxRateIds: [rate],
      metadata: { tier: "gold" },
      expectedVersion: 1,
    });
    expect(after).toMatchObject({
      version: 2,
      collectionMethod: "SEND_INVOICE",
      prorationMode: "NONE",
      billingEndStrategy: "AFTER_CYCLES",
      billingMaxCycles: 5,
      billingAnchorDay: 15,
      currentPeriod: subscription.currentPeriod,
      metadata: { tier: "gold" },
    });
    const row = await api.database.prisma.billingSubscription.findFirst({ where: { id: subscription.id } });
    expect(row?.billingAnchor.toISOString()).toBe("2026-07-15T00:00:00.000Z");
    const { invoice } = await change("addSubscriptionItem", subscription, {
      item: { price: { id: await price(900) } },
      prorationMode: "IMMEDIATE",
    });
    expect(invoice).toMatchObject({ subtotal: { amount: 600 }, tax: { amount: 120 } });
    await change("cancelSubscription", subscription, { mode: "NOW" });
    const late = await change("updateSubscription", subscription, { billingMaxCycles: 9 });
    expect(late.userErrors).toMatchObject([{ code: "ILLEGAL_STATE", path: ["subscriptionId"] }]);
    expect(
      (await change("updateSubscription", subscription, { metadata: null })).subscription.metadata,
    ).toEqual({});
  });

  test("a trial is made longer or shorter, in the future only", async () => {
    const subscription = await shop.subscribe({
      items: [{ price: { id: await price(1000) } }],
      trialDays: 14,
    });
    const { subscription: after } = await change("updateSubscription", subscription, {
      trialEnd: "2026-06-20T00:00:00Z",
    });
    expect(after).toMatchObject({
      trialEnd: "2026-06-20T00:00:00.000Z",
      currentPeriod: { end: "2026-06-20T00:00:00.000Z" },
    });
    const past = await change("updateSubscription", subscription, { trialEnd: "2026-05-20T00:00:00Z" });
    expect(past.userErrors).toMatchObject([{ code: "INVALID", path: ["trialEnd"] }]);
  });

  test("only what was never billed can be deleted, and gives its discount back", async () => {
    await shop.insert("Discount", {
      code: "SAVE",
      type: "PERCENTAGE",
      value: "10" as never,
      maxRedemptions: 1,
    });
    const items = [{ price: { id: await price(1000) } }];
    const waits = await shop.subscribe({ items, startDate: "2026-07-01T00:00:00Z", discountCode: "SAVE" });
    const remove = async (id: string) =>
      (
        await shop.read(
          "mutation ($id: ID!) { deleteSubscription(input: { subscriptionId: $id }) { deletedId userErrors { code path } } }",
          { id },
        )
      ).deleteSubscription;
    expect(await remove(waits.id)).toEqual({ deletedId: waits.id, userErrors: [] });
    expect(await remove(waits.id)).toMatchObject({ deletedId: null, userErrors: [{ code: "NOT_FOUND" }] });
    const billed = await shop.subscribe({ items, discountCode: "SAVE" });
    expect(await remove(billed.id)).toMatchObject({
      userErrors: [{ code: "ILLEGAL_STATE", path: ["subscriptionId"] }],
    });
    expect(await shop.events()).toContain("subscription.deleted");
  });
});
