import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newMerchant } from "../catalog/support.ts";
import { runAt } from "../engine/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const meter = { name: "Calls", eventName: "call", aggregation: "SUM" };

describe("thresholds of a meter", () => {
  it("are set, changed and cleared by its mutations, and kept in ascending order", async () => {
    const merchant = await newMerchant(api);
    const selection = "meter { id alertThresholds version }";
    const { meter: created } = await merchant.mutate(
      "createMeter",
      { ...meter, alertThresholds: [100, 50] },
      selection,
    );
    expect(created).toMatchObject({ alertThresholds: [50, 100] });
    const change = async (changes: object): Promise<any> =>
      (await merchant.mutate("updateMeter", { meter: { id: created.id }, ...changes }, selection)).meter;
    expect(await change({ name: "All calls" })).toMatchObject({ alertThresholds: [50, 100] });
    expect(await change({ alertThresholds: [90, 10, 1_000] })).toMatchObject({
      alertThresholds: [10, 90, 1_000],
    });
    expect(await change({ alertThresholds: null })).toMatchObject({ alertThresholds: [], version: 4 });
    const events = await merchant.events();
    expect(events.map(({ type }) => type)).toEqual([
      "meter.created",
      "meter.updated",
      "meter.updated",
      "meter.updated",
    ]);
  });

  it.each([
    ["six of them", [1, 2, 3, 4, 5, 6], ["alertThresholds"]],
    ["one twice", [50, 50], ["alertThresholds"]],
    ["none of any size", [0], ["alertThresholds", "0"]],
    ["one that is too large", [50, 1_001], ["alertThresholds", "1"]],
  ])("are refused: %s", async (_what, alertThresholds, path) => {
    const merchant = await newMerchant(api);
    const refused = await merchant.mutate("createMeter", { ...meter, alertThresholds }, "meter { id }");
    expect(refused).toMatchObject({ meter: null, userErrors: [{ path }] });
    expect(await merchant.events()).toEqual([]);
  });
});

it("usage that reaches a threshold is told of where all was set up by public operations", async () => {
  const merchant = await newMerchant(api);
  const make = async (name: string, input: object, object: string): Promise<any> => {
    const payload = await merchant.mutate(name, input, `${object} { id }`);
    expect(payload.userErrors).toEqual([]);
    return payload[object];
  };
  const { id: meterId } = await make("createMeter", { ...meter, alertThresholds: [50, 100] }, "meter");
  const product = await make("createProduct", { name: "API", productKey: "api", kind: "USAGE" }, "product");
  const tiers = [
    { upTo: "10", unitAmount: "0" },
    { upTo: null, unitAmount: "2" },
  ];
  const price = await make(
    "createPrice",
    {
      product: { id: product.id },
      meterId,
      type: "RECURRING",
      interval: "MONTH",
      billingScheme: "TIERED",
      tiersMode: "GRADUATED",
      tiers,
    },
    "price",
  );
  const customer = await make("createCustomer", { email: "ada@example.org", name: "Ada" }, "customer");
  const subscription = await make(
    "createSubscription",
    { customer: { id: customer.id }, items: [{ price: { id: price.id } }] },
    "subscription",
  );
  const use = async (quantity: string): Promise<void> => {
    const events = [
      { name: "call", customer: { id: customer.id }, quantity, idempotencyKey: `calls-${quantity}` },
    ];
    expect(await merchant.mutate("ingestUsageEvents", { events }, "ingested")).toMatchObject({ ingested: 1 });
    await runAt(api.database, new Date());
  };
  const reached = async (): Promise<unknown[]> => {
    const events = await merchant.events();
    return events.flatMap(({ type, data }: any) =>
      type === "usage.threshold.reached" ? [[data.threshold, data.subscriptionId]] : [],
    );
  };
  await use("4");
  expect(await reached()).toEqual([]);
  await use("3");
  expect(await reached()).toEqual([[50, subscription.id]]);
  await use("5");
  expect(await reached()).toEqual([
    [50, subscription.id],
    [100, subscription.id],
  ]);
});
