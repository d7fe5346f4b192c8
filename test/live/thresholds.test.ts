import { afterAll, beforeAll, expect, it } from "vitest";
import { runAt } from "../engine/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MeteredShop, openMeteredShop } from "../usage/metered.ts";
import { type Watch, watch } from "./watch.ts";

let api: TestApi;
let shop: MeteredShop;
let subscriptionId: string;
const open: Watch[] = [];

/** A customer with 100 calls included, of which it is told when half, four fifths and all are used. */
beforeAll(async () => {
  api = await startApi();
  shop = await openMeteredShop(api, { alertThresholds: [50, 80, 100] });
  ({ id: subscriptionId } = await shop.subscribe({ items: [{ price: { id: await shop.meteredPrice() } }] }));
  await shop.setNow("2026-06-10T00:00:00.000Z");
});
afterAll(async () => {
  for (const stream of open) stream.close();
  await api.close();
});

interface Crossing {
  readonly cursor: string;
  readonly threshold: number;
}

async function follow(after: string | null, customerId = shop.customerId): Promise<Watch> {
  const crossed = `subscription ($customerId: ID, $after: String) {
    usageThresholdCrossed(customerId: $customerId, after: $after) {
      cursor threshold quantity included customer { id } subscription { id } meter { id } } }`;
  const stream = await watch(api, crossed, { customerId, after }, shop.key);
  open.push(stream);
  return stream;
}

async function take(stream: Watch, count: number): Promise<Crossing[]> {
  return (await stream.take(count)).map(({ usageThresholdCrossed }) => usageThresholdCrossed as Crossing);
}

/** Sends an event, and lets two workers look at what was used at once. */
async function use(quantity: number): Promise<void> {
  await shop.use({ at: "06-05", quantity });
  await Promise.all([runAt(api.database, new Date()), runAt(api.database, new Date())]);
}

const thresholds = (crossings: readonly Crossing[]): number[] => crossings.map(({ threshold }) => threshold);

it("a threshold that usage crosses is told once, and again only to who comes back from before it", async () => {
  const { latestEventCursor: before } = await shop.read("{ latestEventCursor }");
  const [all, others] = [await follow(null), await follow(null, subscriptionId)];
  await use(49);
  await use(1);
  const [half] = await take(all, 1);
  expect(half).toEqual({
    cursor: expect.any(String) as string,
    threshold: 50,
    quantity: "50",
    included: "100",
    customer: { id: shop.customerId },
    subscription: { id: subscriptionId },
    meter: { id: shop.meterId },
  });
  await use(1);
  await use(40);
  await use(1_000);
  // What would be told twice would come between these.
  expect(thresholds(await take(all, 2))).toEqual([80, 100]);
  const again = await take(await follow(before), 3);
  expect(thresholds(again)).toEqual([50, 80, 100]);
  expect(again[0]).toEqual(half);
  const since = await follow(half?.cursor ?? "");
  expect(thresholds(await take(since, 2))).toEqual([80, 100]);
  // The next period has its own: the first that every stream tells of now.
  await shop.advanceTo("2026-07-02T00:00:00.000Z");
  const last = await follow(again[2]?.cursor ?? "");
  await shop.use({ at: "07-01", quantity: 60 });
  await runAt(api.database, new Date());
  for (const stream of [all, since, last]) {
    // oxlint-disable-next-line no-await-in-loop -- streams that are read one after the other
    expect(await take(stream, 1)).toMatchObject([{ threshold: 50, quantity: "60" }]);
  }
  others.close();
  expect(await others.next()).toBeUndefined();
});
