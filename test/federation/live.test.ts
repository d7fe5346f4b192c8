import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { transact } from "../../src/db/transaction.ts";
import { revokeKey } from "../../src/domains/access/index.ts";
import { type BillingIds, insertBilling } from "../examples/billing-rows.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Watch, watch } from "../live/watch.ts";
import { type Subgraphs, createHive, gateways, startSubgraphs } from "./support/stack.ts";

let api: TestApi;
let ids: BillingIds;
let subgraphs: Subgraphs;
beforeAll(async () => {
  api = await startApi({ lookEveryMs: 50 });
  ids = await insertBilling(api, api.environmentId, 2);
  subgraphs = await startSubgraphs();
  subgraphs.serve(api);
});
afterAll(async () => {
  await subgraphs.close();
  await api.close();
});

/** Commits an event about an object. */
async function emit(type: string, objectId = "", data: Record<string, unknown> = {}): Promise<void> {
  const writer = { environmentId: api.environmentId, actor: "test", requestId: null, now: new Date() };
  const objectType = type.split(".", 1)[0] ?? "";
  await transact(api.database, writer, async (transaction) =>
    transaction.emit({ type, objectType, objectId, data }),
  );
}

/** Hive Gateway at a port of its own. */
async function listen(timeoutMs?: number) {
  const runtime = createHive(subgraphs.supergraphSdl, timeoutMs);
  const server = createServer((request, response) => void runtime(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await runtime[Symbol.asyncDispose]();
    },
  };
}

describe("behind Hive Gateway, a live stream", () => {
  let gateway: Awaited<ReturnType<typeof listen>>;
  beforeAll(async () => {
    gateway = await listen();
  });
  afterAll(() => gateway.close());

  const open: Watch[] = [];
  afterEach(() => {
    subgraphs.trouble.clear();
    open.splice(0).forEach((stream) => stream.close());
  });
  async function follow(
    query: string,
    variables = {},
    { url = gateway.url, key = api.key } = {},
  ): Promise<Watch> {
    const stream = await watch({ url, key }, query, variables);
    open.push(stream);
    return stream;
  }

  const objects = () => ({
    customerId: ids.Customer[0],
    meterId: ids.Meter[0],
    subscriptionId: ids.BillingSubscription[0],
  });
  it.each<[field: string, selection: string, type: string, objectId: () => string | undefined]>([
    [
      "customerChanged",
      "type customer { email invoices(first: 1) { totalCount nodes { number } } usageEvents(first: 1) { totalCount } }",
      "customer.updated",
      () => ids.Customer[0],
    ],
    ["invoiceChanged", "type invoice { number customer { email } }", "invoice.paid", () => ids.Invoice[0]],
    [
      "subscriptionChanged",
      "type subscription { status items { nodes { price { nickname product { name } } } } }",
      "subscription.renewed",
      () => ids.BillingSubscription[0],
    ],
    [
      "usageThresholdCrossed",
      "threshold quantity meter { name } customer { email } subscription { status customer { email } }",
      "usage.threshold.reached",
      () => ids.BillingSubscription[0],
    ],
    ["events", "type objectId data", "product.updated", () => ids.Product[0]],
  ])("of %s tells what the whole graph tells", async (field, selection, type, objectId) => {
    const query = `subscription { ${field} { cursor ${selection} } }`;
    const [whole, composed] = [await follow(query, {}, { url: api.url }), await follow(query)];
    const data = { ...objects(), threshold: 80, quantity: "8", included: "10" };
    await emit(type, objectId(), data);
    await emit(type, objectId(), { ...data, threshold: 100 });
    const told = await whole.take(2);
    expect(JSON.stringify(told)).not.toMatch(/null|errors/);
    expect(await composed.take(2)).toEqual(told);
  });

  it("is no request that has to be answered in time", async () => {
    const hasty = await listen(1);
    const stream = await follow("subscription { events { objectId } }", {}, { url: hasty.url });
    await emit("customer.updated", ids.Customer[1]);
    expect(await stream.take(1)).toEqual([{ events: { objectId: ids.Customer[1] } }]);
    stream.close();
    await hasty.close();
  });

  const changes = `subscription ($after: String) {
    customerChanged(after: $after) { cursor customer { id invoices { totalCount } } } }`;

  it("leaves null what is in a subgraph that is away, and goes on", async () => {
    const stream = await follow(changes);
    subgraphs.trouble.set("billing", ({ socket }) => void socket.destroy());
    await emit("customer.updated", ids.Customer[0]);
    const away = await stream.next();
    expect(away?.data?.customerChanged.customer).toEqual({ id: ids.Customer[0], invoices: null });
    expect(away?.errors).toMatchObject([{ extensions: { code: "SERVICE_UNAVAILABLE" } }]);
    subgraphs.trouble.clear();
    await emit("customer.updated", ids.Customer[0]);
    const [back] = await stream.take(1);
    expect(back.customerChanged.customer.invoices).toEqual({ totalCount: 2 });
  });

  it("that breaks between gateway and subgraph ends with an error, and goes on after its cursor", async () => {
    const stream = await follow(changes);
    await emit("customer.updated", ids.Customer[0]);
    const [{ customerChanged: last }] = await stream.take(1);
    subgraphs.cutOff();
    const { errors } = (await stream.next()) ?? {};
    expect(errors).toMatchObject([{ extensions: { code: "SERVICE_UNAVAILABLE" } }]);
    expect(await stream.next()).toBeUndefined();
    await emit("customer.updated", ids.Customer[1]);
    const [next] = await (await follow(changes, { after: last.cursor })).take(1);
    expect(next.customerChanged.customer.id).toBe(ids.Customer[1]);
  });

  it("shows of an event what the key may read", async () => {
    const key = await api.keyWith("customers:read");
    const stream = await follow(changes, {}, { key });
    await emit("customer.updated", ids.Customer[0]);
    const told = await stream.next();
    expect(told?.data?.customerChanged.customer).toEqual({ id: ids.Customer[0], invoices: null });
    expect(told?.errors).toMatchObject([{ extensions: { code: "PERMISSION_DENIED" } }]);
  });

  it.each<[string, string, string]>([
    ["without a key that is valid", "rk_sandbox_nonsense", "UNAUTHENTICATED"],
    ["without the scope", "", "PERMISSION_DENIED"],
  ])("%s is refused", async (_, key, code) => {
    const stream = await follow(changes, {}, { key: key || (await api.keyWith("invoices:read")) });
    expect((await stream.next())?.errors).toMatchObject([{ extensions: { code } }]);
    expect(await stream.next()).toBeUndefined();
  });

  it("ends in the subgraph too when its reader leaves the gateway", async () => {
    const listeners = (count: number) => expect.poll(() => api.events.listeners).toBe(count);
    await listeners(0);
    const stream = await follow("subscription { events { id } }");
    await listeners(1);
    stream.close();
    await listeners(0);
  });

  it("ends when the key is revoked", async () => {
    const key = await api.keyWith("customers:read");
    const stream = await follow("subscription { customerChanged { cursor } }", {}, { key });
    await emit("customer.updated", ids.Customer[0]);
    await stream.take(1);
    const { id } = await api.database.prisma.apiKey.findFirstOrThrow({ where: { lastFour: key.slice(-4) } });
    await revokeKey(api.database.prisma, id);
    expect((await stream.next())?.errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    expect(await stream.next()).toBeUndefined();
  });
});

it("Apollo Gateway has no live streams", async () => {
  const gateway = await gateways["Apollo Gateway"]?.(subgraphs.supergraphSdl);
  const asked = gateway?.ask(api.key, "subscription { customerChanged { cursor } }");
  await expect(asked).rejects.toThrow("subscriptions not supported");
  await gateway?.close();
});
