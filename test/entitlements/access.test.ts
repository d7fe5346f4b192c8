import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { type Store, openStore } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const full = { entitled: true, reason: "ENTITLED", hasAccess: true, accessLevel: "FULL" };
const none = { entitled: false, hasAccess: false, accessLevel: "NONE" };

/** Gives the customer a subscription in a state, and changes it to others. */
async function subscribed(store: Store, values: object): Promise<(change: object) => Promise<unknown>> {
  const priceId = await store.sell({ key: "reports", type: "BOOLEAN" });
  const subscriptionId = await store.insert("BillingSubscription", {
    customerId: store.customerId,
    ...values,
  });
  await store.insert("SubscriptionItem", { subscriptionId, priceId });
  return (data) =>
    api.database.prisma.billingSubscription.updateMany({ where: { id: subscriptionId }, data });
}

describe("access follows the subscription", () => {
  test("in every state, with no call between", async () => {
    const store = await openStore(api);
    const change = await subscribed(store, { status: "PENDING" });
    const states = [
      ["PENDING", { ...none, status: "SUSPENDED", reason: "PAYMENT_PENDING" }],
      ["TRIALING", { ...full, status: "TRIALING" }],
      ["ACTIVE", { ...full, status: "ACTIVE" }],
      ["PAUSED", { ...none, status: "SUSPENDED", reason: "PAUSED" }],
      ["UNPAID", { ...none, status: "SUSPENDED", reason: "PAYMENT_FAILED" }],
      ["CANCELED", { ...none, status: "CANCELED", reason: "SUBSCRIPTION_ENDED" }],
      ["EXPIRED", { ...none, status: "CANCELED", reason: "SUBSCRIPTION_ENDED" }],
    ] as const;
    for (const [status, expected] of states) {
      await change({ status });
      expect(await store.check("reports")).toMatchObject({ ...expected, source: { kind: "SUBSCRIPTION" } });
    }
  });

  test("through dunning: all of it, then a part, then nothing", async () => {
    const store = await openStore(api, "2026-06-01T12:00:00.000Z");
    const since = new Date("2026-06-01T12:00:00.000Z");
    const change = await subscribed(store, { status: "PAST_DUE", dunningSince: since });
    expect(await store.check("reports")).toMatchObject({ ...full, status: "GRACE" });
    await store.setNow("2026-06-04T11:59:59.999Z");
    expect(await store.check("reports")).toMatchObject({ ...full, status: "GRACE" });
    await store.setNow("2026-06-04T12:00:00.000Z");
    const partial = { entitled: true, hasAccess: true, accessLevel: "PARTIAL", reason: "ENTITLED" };
    expect(await store.check("reports")).toMatchObject({ ...partial, status: "PAST_DUE" });
    await change({ dunningRetries: 3 });
    expect(await store.check("reports")).toMatchObject({ ...partial, status: "RESTRICTED" });
    await change({ status: "UNPAID" });
    expect(await store.check("reports")).toMatchObject({ ...none, status: "SUSPENDED" });
  });

  test("by the retry days of the environment", async () => {
    const store = await openStore(api, "2026-06-20T00:00:00.000Z");
    await subscribed(store, { status: "PAST_DUE", dunningSince: new Date("2026-06-18T00:00:00.000Z") });
    const input = { dunningRetryDays: [1, 2], dunningGraceDays: 7 };
    await store.read(
      "mutation ($input: UpdateBillingSettingsInput!) { updateBillingSettings(input: $input) { userErrors { message } } }",
      { input },
    );
    expect(await store.check("reports")).toMatchObject({ accessLevel: "PARTIAL", status: "PAST_DUE" });
  });

  test("through pauses and its end, by the engine", async () => {
    const store = await openStore(api);
    const priceId = await store.sell({ key: "reports", type: "BOOLEAN" });
    expect(await store.check("reports")).toMatchObject({
      ...none,
      reason: "NOT_GRANTED",
      status: null,
      source: null,
    });
    const { id: subscriptionId } = await store.subscribe({ items: [{ price: { id: priceId } }] });
    expect(await store.check("reports")).toMatchObject({
      ...full,
      source: { subscription: { id: subscriptionId } },
    });
    await store.mutate("pauseSubscription", { subscriptionId });
    expect(await store.check("reports")).toMatchObject({ ...none, reason: "PAUSED" });
    await store.mutate("resumeSubscription", { subscriptionId });
    await store.mutate("cancelSubscription", { subscriptionId, mode: "PERIOD_END" });
    expect(await store.check("reports")).toMatchObject(full);
    await store.advanceTo("2026-07-02T00:00:00.000Z");
    expect(await store.check("reports")).toMatchObject({
      ...none,
      reason: "SUBSCRIPTION_ENDED",
      status: "CANCELED",
    });
  });

  test("through failed payments, by the engine", async () => {
    const store = await openStore(api);
    const priceId = await store.sell({ key: "reports", type: "BOOLEAN" });
    await store.subscribe({ items: [{ price: { id: priceId } }] });
    const payments = (how: string) =>
      api.database.prisma.customer.updateMany({
        where: { id: store.customerId },
        data: { metadata: { sandbox_payment: how } },
      });
    await payments("decline");
    const days = ["2026-07-01", "2026-07-03", "2026-07-04", "2026-07-07", "2026-07-08"];
    const states = [];
    for (const day of days) {
      await store.advanceTo(`${day}T00:00:00.000Z`);
      states.push((await store.check("reports")).status);
    }
    expect(states).toEqual(["GRACE", "GRACE", "PAST_DUE", "PAST_DUE", "SUSPENDED"]);
    expect(await store.check("reports")).toMatchObject({ ...none, reason: "PAYMENT_FAILED" });
  });

  test("and the product: what it gives no more is gone, also after a change of plan", async () => {
    const store = await openStore(api);
    const small = await store.sell(
      { key: "reports", type: "STATIC", config: { rows: 10, color: "red" } },
      { config: { rows: 20 } },
    );
    const large = await store.sell({ key: "exports", type: "BOOLEAN" });
    const subscription = await store.subscribe({ items: [{ price: { id: small } }] });
    expect(await store.check("reports")).toMatchObject({ ...full, config: { rows: 20, color: "red" } });
    expect(await store.check("exports")).toMatchObject({ ...none, reason: "NOT_GRANTED" });
    await store.mutate("changeSubscriptionPlan", { subscriptionId: subscription.id, price: { id: large } });
    expect(await store.check("reports")).toMatchObject({ ...none, reason: "NOT_GRANTED" });
    expect(await store.check("exports")).toMatchObject(full);
  });
});

describe("a check", () => {
  test("of an unknown key is an answer, of an unknown customer null", async () => {
    const store = await openStore(api);
    expect(await store.check("nonsense")).toMatchObject({
      ...none,
      reason: "UNKNOWN_BENEFIT",
      type: null,
      status: null,
    });
    for (const id of [newId(), "1", ""])
      expect(await store.check("nonsense", { customer: { id } })).toBeNull();
    expect(await store.check("x", { customer: { external: { source: "crm", id: "1" } } })).toBeNull();
  });

  test("of another tenant's customer or benefit finds neither", async () => {
    const [store, other] = [await openStore(api), await openStore(api)];
    await other.sell({ key: "theirs", type: "BOOLEAN" });
    expect(await store.check("theirs")).toMatchObject({ reason: "UNKNOWN_BENEFIT" });
    expect(await store.check("theirs", { customer: { id: other.customerId } })).toBeNull();
  });

  test("finds a customer by its id in another system, and not an archived one's", async () => {
    const store = await openStore(api);
    await subscribed(store, { status: "ACTIVE" });
    await store.insert("ExternalId", { customerId: store.customerId, source: "crm", externalId: "C-1" });
    const customer = { external: { source: "crm", id: "C-1" } };
    expect(await store.check("reports", { customer })).toMatchObject(full);
    await api.database.prisma.customer.updateMany({
      where: { id: store.customerId },
      data: { status: "ARCHIVED", archivedAt: new Date() },
    });
    expect(await store.check("reports")).toMatchObject({ ...none, reason: "CUSTOMER_ARCHIVED" });
  });

  test("needs the scope entitlements:read, and nothing else", async () => {
    const [customerId] = await insert(api, "Customer", [{}]);
    const document = `query ($id: ID!) { checkEntitlement(customer: { id: $id }, key: "x") { reason source { kind } } }`;
    const allowed = await api.graphql(
      document,
      { id: customerId },
      { key: await api.keyWith("entitlements:read") },
    );
    expect(allowed.data.checkEntitlement).toEqual({ reason: "UNKNOWN_BENEFIT", source: null });
    const denied = await api.graphql(
      document,
      { id: customerId },
      { key: await api.keyWith("customers:read") },
    );
    expect(denied.errors?.[0]?.extensions["code"]).toBe("PERMISSION_DENIED");
  });

  test("takes 1 to 100 keys, and a quantity above 0", async () => {
    const store = await openStore(api);
    const document = `query ($customer: CustomerReference!, $keys: [String!]!) {
      checkEntitlements(customer: $customer, keys: $keys) { key } }`;
    const ask = (keys: readonly string[]) =>
      api.graphql(document, { customer: { id: store.customerId }, keys }, { key: store.key });
    for (const keys of [[], Array.from({ length: 101 }, String)]) {
      expect((await ask(keys)).errors?.[0]?.extensions["code"]).toBe("INVALID_REQUEST");
    }
    expect((await ask(["b", "a", "b"])).data.checkEntitlements).toEqual([
      { key: "b" },
      { key: "a" },
      { key: "b" },
    ]);
    for (const quantity of ["0", "-1", "0.000", "many"]) {
      await expect(store.check("x", { quantity })).rejects.toThrow("quantity");
    }
  });
});

describe("statements", () => {
  test("are one for any number of keys and checks, and one for all customers of a list", async () => {
    const store = await openStore(api);
    await subscribed(store, { status: "ACTIVE" });
    await store.sell({ key: "exports", type: "BOOLEAN" });
    const keys = ["reports", "exports", ...Array.from({ length: 98 }, (_, index) => `key-${index}`)];
    const ask = async (document: string, variables: Record<string, unknown>) => {
      api.statements.length = 0;
      const { data } = await api.query(document, variables, store.key);
      return { data, count: api.statements.filter(({ text }) => !text.includes("FROM api_keys")).length };
    };
    const many = await ask(
      `query ($customer: CustomerReference!, $keys: [String!]!, $none: CustomerReference!) {
        checkEntitlements(customer: $customer, keys: $keys) { entitled reason }
        one: checkEntitlement(customer: $customer, key: "reports") { entitled }
        nobody: checkEntitlement(customer: $none, key: "reports") { entitled }
      }`,
      { customer: { id: store.customerId }, keys, none: { external: { source: "crm", id: "x" } } },
    );
    expect(many.count).toBe(1);
    expect(many.data).toMatchObject({ one: { entitled: true }, nobody: null });
    expect(
      many.data.checkEntitlements.map((each: { entitled: boolean }) => each.entitled).indexOf(true),
    ).toBe(0);
    for (const size of [1, 10, 100]) {
      await insert(
        api,
        "Customer",
        Array.from({ length: size }, () => ({})),
        store.environmentId,
      );
      const list = await ask(
        "{ customers(first: 100) { nodes { id entitlements { key entitled benefit { name } source { subscription { id } } } } } }",
        {},
      );
      const { nodes } = list.data.customers;
      expect(
        nodes.find(({ id }: { id: string }) => id === store.customerId)?.entitlements ?? [],
      ).toHaveLength(nodes.length < 100 ? 1 : 0);
      // The customers, their entitlements and, where there are any, the benefits and the subscriptions.
      expect(list.count).toBe(nodes.length < 100 ? 4 : 2);
    }
  });
});
