import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { advanceClock } from "../../src/domains/engine/index.ts";
import { mostPrice, mostUnits } from "../../src/kit/limits.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MeteredShop, openMeteredShop } from "../usage/metered.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let shop: MeteredShop;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());
beforeEach(async () => void (shop = await openMeteredShop(api)));

const faultsOf = ({ userErrors }: any) =>
  userErrors.map(({ code, path }: any) => `${code} ${path.join(".")}`);

/** Runs an operation with an input, and gives what it tells of faults. */
async function run(kind: string, name: string, input: object, selection = ""): Promise<any> {
  const type = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  const document = `${kind} ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code path } } }`;
  return (await shop.read(document, { input }))[name];
}

const beyond = String(2n ** 53n);
const definition = { type: "RECURRING", interval: "MONTH", currency: "USD" };

describe("units and amounts beyond the limits are refused", () => {
  it("by previews of prices", async () => {
    const price = { id: await shop.newPrice() };
    const preview = async (quantity: string) =>
      faultsOf(await run("query", "previewPrice", { price, quantity }));
    expect(await preview(beyond)).toEqual(["INVALID quantity"]);
    expect(await preview(String(mostUnits))).toEqual(["INVALID quantity"]);
    expect(await preview(String(mostUnits / 1_000))).toEqual([]);
  });

  it.each([
    [{ unitAmount: beyond }, "unitAmount"],
    [{ billingScheme: "PACKAGE", unitAmount: "1", packageSize: beyond }, "packageSize"],
    [{ unitAmount: "1", spendingMinimum: mostPrice + 1 }, "spendingMinimum"],
    [{ pricingModel: "PAY_WHAT_YOU_WANT", suggestedAmount: mostPrice + 1 }, "suggestedAmount"],
    [{ pricingModel: "PAY_WHAT_YOU_WANT", minimumAmount: 5, suggestedAmount: 4 }, "suggestedAmount"],
    [
      {
        billingScheme: "TIERED",
        tiersMode: "VOLUME",
        tiers: [{ upTo: beyond, unitAmount: "1" }, { flatAmount: beyond }],
      },
      "tiers.0.upTo,tiers.1.flatAmount",
    ],
  ])("by prices: %j", async (values, paths) => {
    const productId = await shop.insert("Product", {});
    const made = await run("mutation", "createPrice", {
      product: { id: productId },
      ...definition,
      ...values,
    });
    expect(faultsOf(made)).toEqual(paths.split(",").map((path) => `INVALID ${path}`));
  });

  it("by usage events, be it their quantity or what a meter makes of it", async () => {
    await shop.insert("Meter", {
      name: "Rows",
      eventName: "rows",
      valueExpression: "quantity * 10",
    } as never);
    const event = (name: string, quantity: string) => ({
      name,
      quantity,
      customer: { id: shop.customerId },
      timestamp: "2026-06-01T00:00:00Z",
      idempotencyKey: `${name} ${quantity}`,
    });
    const { ingestUsageEvents } = await shop.read(
      `mutation ($input: IngestUsageEventsInput!) { ingestUsageEvents(input: $input) {
        results { outcome reason userErrors { path } } } }`,
      {
        input: {
          events: [
            event("call", beyond),
            event("rows", String(mostUnits / 2)),
            event("call", String(mostUnits)),
          ],
        },
      },
    );
    expect(ingestUsageEvents.results).toMatchObject([
      { outcome: "FAILED", reason: "INVALID", userErrors: [{ path: ["events", "0", "quantity"] }] },
      { outcome: "FAILED", reason: "OUT_OF_RANGE" },
      { outcome: "INGESTED" },
    ]);
  });

  it("by lines of invoices, also where others make up for them", async () => {
    const customer = { id: shop.customerId };
    const lines = [1, -1].map((sign) => ({
      description: "Work",
      quantity: "1000000",
      unitAmount: String(sign * 9_000_000_000_000_000),
    }));
    const made = await run("mutation", "createInvoice", { customer, currency: "USD", lines });
    expect(faultsOf(made)).toEqual(["INVALID lines.0.unitAmount"]);
    const mirrored = await run("mutation", "upsertInvoiceByExternalId", {
      source: "crm",
      invoice: { externalId: "1", customer, currency: "USD", lines },
    });
    expect(faultsOf(mirrored)).toEqual(["INVALID invoice.lines.0.unitAmount"]);
    const many = { ...lines[0], quantity: beyond };
    expect(
      faultsOf(await run("mutation", "createInvoice", { customer, currency: "USD", lines: [many] })),
    ).toEqual(["INVALID lines.0.quantity"]);
  });

  it("by whatever gives an item of a subscription its price or its quantity", async () => {
    const dear = { id: await shop.newPrice({ unitAmount: String(mostPrice / 2) as never }) };
    const plain = { id: await shop.newPrice() };
    const customer = { id: shop.customerId };
    const created = await run("mutation", "createSubscription", {
      customer,
      items: [{ price: plain }, { price: dear, quantity: "3" }],
    });
    expect(faultsOf(created)).toEqual(["INVALID items.1.quantity"]);
    const { id, items } = await shop.subscribe({ items: [{ price: dear, quantity: "2" }] });
    const target = { subscriptionId: id, itemId: items.nodes[0].id };
    const change = async (name: string, input: object) => faultsOf(await run("mutation", name, input));
    expect(await change("updateSubscriptionItem", { ...target, quantity: "3" })).toEqual([
      "INVALID quantity",
    ]);
    expect(await change("changeSubscriptionQuantity", { ...target, quantity: "3" })).toEqual([
      "INVALID quantity",
    ]);
    expect(await change("changeSubscriptionPlan", { ...target, price: dear, quantity: "3" })).toEqual([
      "INVALID quantity",
    ]);
    const item = { price: dear, quantity: "3" };
    expect(await change("addSubscriptionItem", { subscriptionId: id, item })).toEqual([
      "INVALID item.quantity",
    ]);
    expect(
      await change("createSubscriptionSchedule", { customer, phases: [{ items: [{ price: plain }, item] }] }),
    ).toEqual(["INVALID phases.0.items.1.quantity"]);
  });
});

describe("what is within the limits", () => {
  it("is billed at every renewal: fifty items at the most, taxed ten times by all of it", async () => {
    const price = { id: await shop.newPrice({ unitAmount: String(mostPrice) as never }) };
    const taxRateIds: string[] = [];
    for (let count = 0; count < 10; count++) {
      // oxlint-disable-next-line no-await-in-loop
      taxRateIds.push(await shop.insert("TaxRate", { percentage: "100" as never }));
    }
    const { id } = await shop.subscribe({ items: Array.from({ length: 50 }, () => ({ price })), taxRateIds });
    await shop.advanceTo("2026-07-01T00:00:00.000Z");
    const invoices = await shop.invoices(id);
    const whole = 50 * mostPrice * 11;
    expect(invoices.map(({ total }: any) => total.amount)).toEqual([whole, whole]);
  });

  it("but comes to more by usage is left behind by the engine, which tells why, until it is mended", async () => {
    const dear = { id: await shop.meteredPrice({ unitAmount: "1000" as never }) };
    const { id } = await shop.subscribe({ items: [{ price: dear }] });
    const other = await shop.insert("Customer", {
      testClockId: (await api.database.prisma.customer.findFirstOrThrow({ where: { id: shop.customerId } }))
        .testClockId,
    });
    const plain = { price: { id: await shop.basePrice() } };
    const neighbour = await shop.subscribe({ customer: { id: other }, items: [plain] });
    await shop.setNow("2026-06-06T00:00:00.000Z");
    const [eventId = ""] = await shop.use({ at: "06-05", quantity: String(mostUnits) });

    const { errors } = await api.graphql(
      "query ($id: ID!) { subscription(id: $id) { upcomingUsage { total { amount } } usageBalance { meter { id } } } }",
      { id },
      { key: shop.key },
    );
    expect((errors ?? []).map(({ extensions }) => extensions["code"])).toEqual([]);

    const told: string[] = [];
    const advance = async (to: string) => {
      const clock = await api.database.prisma.testClock.findFirstOrThrow({
        where: { environmentId: shop.environmentId },
      });
      await api.database.prisma.testClock.updateMany({
        where: { id: clock.id },
        data: { status: "ADVANCING", advancingTo: new Date(to) },
      });
      const writer = { environmentId: shop.environmentId, actor: "test", requestId: null, now: new Date() };
      const { signal } = new AbortController();
      await advanceClock(api.database, writer, clock.id, signal, (error) =>
        told.push((error as Error).message),
      );
      return api.database.prisma.testClock.findFirstOrThrow({ where: { id: clock.id } });
    };
    expect(await advance("2026-07-02T00:00:00.000Z")).toMatchObject({ status: "READY", leftUndone: 1 });
    expect(told).toEqual([
      expect.stringMatching(/^The usage of API calls .* comes to 10{18}, which is more than/),
    ]);
    expect(await shop.invoices(neighbour.id)).toHaveLength(2);

    const canceled = await shop.mutate("cancelSubscription", { subscriptionId: id, mode: "NOW" });
    expect(faultsOf(canceled)).toEqual(["INVALID subscriptionId"]);
    const voided = await run("mutation", "voidUsageEvents", {
      events: [{ id: eventId }],
      reason: "a mistake",
    });
    expect(faultsOf(voided)).toEqual([]);
    expect(await advance("2026-07-03T00:00:00.000Z")).toMatchObject({ status: "READY", leftUndone: 0 });
    const { subscription } = await shop.mutate("cancelSubscription", { subscriptionId: id, mode: "NOW" });
    expect(subscription.status).toBe("CANCELED");
  });
});
