import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Store, openStore } from "./support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface Office extends Store {
  readonly subscriptionId: string;
  readonly itemId: string;
  readonly priceId: string;
  assign(...people: readonly object[]): Promise<any[]>;
  unassign(...people: readonly object[]): Promise<any[]>;
}

/** A store whose customer has bought so many seats. */
async function openOffice(quantity: string, benefit: object = {}): Promise<Office> {
  const store = await openStore(api);
  const priceId = await store.sell({ key: "seats", type: "SEATS", ...benefit });
  const subscription = await store.subscribe({ items: [{ price: { id: priceId }, quantity }] });
  const itemId = subscription.items.nodes[0].id;
  const run =
    (name: string) =>
    async (...people: readonly object[]) =>
      (await store.act(name, { subscriptionItemId: itemId, people })).results;
  return {
    ...store,
    priceId,
    itemId,
    subscriptionId: subscription.id,
    assign: run("assignSeats"),
    unassign: run("unassignSeats"),
  };
}

const outcomes = (results: any[]) => results.map(({ outcome }) => outcome);
const user = (id: number | string) => ({ userId: `u${id}` });

describe("assignSeats", () => {
  test("gives seats in order, as many as there are", async () => {
    const office = await openOffice("2");
    expect(await office.check("seats")).toMatchObject({
      entitled: true,
      limit: "2",
      used: "0",
      remaining: "2",
    });
    const results = await office.assign(user(1), { email: "Ada@Example.org" }, user(3));
    expect(outcomes(results)).toEqual(["ASSIGNED", "ASSIGNED", "FAILED"]);
    expect(results[1].seat).toMatchObject({ userId: null, email: "ada@example.org", unassignedAt: null });
    expect(results[2]).toMatchObject({
      index: 2,
      seat: null,
      userErrors: [{ __typename: "LimitExceeded", limit: 2, used: 2, path: ["people", "2"] }],
    });
    expect(await office.check("seats")).toMatchObject({
      entitled: false,
      reason: "LIMIT_REACHED",
      used: "2",
      remaining: "0",
    });
    expect(await office.check("seats", { person: user(1) })).toMatchObject({
      entitled: true,
      reason: "ENTITLED",
    });
    expect(await office.check("seats", { person: { email: "ADA@example.org" } })).toMatchObject({
      entitled: true,
    });
    expect(await office.check("seats", { person: user(3) })).toMatchObject({
      entitled: false,
      reason: "NO_SEAT",
      hasAccess: true,
    });
    expect((await office.told()).slice(2)).toEqual(["seat.assigned", "seat.assigned"]);
  });

  test("again changes nothing but what is new of the person", async () => {
    const office = await openOffice("2");
    const [first] = await office.assign({ email: "ada@example.org" });
    expect(outcomes(await office.assign({ email: "ada@example.org" }))).toEqual(["UNCHANGED"]);
    const [updated] = await office.assign({
      email: "ada@example.org",
      userId: "u1",
      metadata: { team: "a" },
    });
    expect(updated).toMatchObject({
      outcome: "UPDATED",
      seat: { id: first.seat.id, userId: "u1", metadata: { team: "a" }, version: 2 },
    });
    expect(outcomes(await office.assign(user(1), user(1), user(2), user(2)))).toEqual([
      "UNCHANGED",
      "UNCHANGED",
      "ASSIGNED",
      "UNCHANGED",
    ]);
    const [mixed] = await office.assign({ email: "ada@example.org", userId: "u2" });
    expect(mixed).toMatchObject({ outcome: "FAILED", userErrors: [{ code: "CONFLICT" }] });
  });

  test("checks each person by itself", async () => {
    const office = await openOffice("9");
    const results = await office.assign(
      {},
      { email: "nobody" },
      user(1),
      { userId: "x".repeat(256) },
      user(2),
    );
    expect(outcomes(results)).toEqual(["FAILED", "FAILED", "ASSIGNED", "FAILED", "ASSIGNED"]);
    expect(results[1].userErrors[0]).toMatchObject({ code: "INVALID", path: ["people", "1", "email"] });
    const many = await office.act("assignSeats", {
      subscriptionItemId: office.itemId,
      people: Array.from({ length: 101 }, (_, id) => user(id)),
    });
    expect(many).toMatchObject({ results: null, userErrors: [{ code: "TOO_MANY", path: ["people"] }] });
  });

  test("gives the last seat once, whoever asks at the same time", async () => {
    const office = await openOffice("3");
    const answers = await Promise.all(Array.from({ length: 12 }, (_, id) => office.assign(user(id))));
    expect(outcomes(answers.flat()).filter((one) => one === "ASSIGNED")).toHaveLength(3);
    const again = await Promise.all(
      Array.from({ length: 6 }, () =>
        office.unassign(...answers.flat().flatMap(({ seat }) => (seat ? [{ userId: seat.userId }] : []))),
      ),
    );
    expect(outcomes(again.flat()).filter((one) => one === "UNASSIGNED")).toHaveLength(3);
  });

  test("refuses what gives no seats: unknown items, other tenants', other products, no access", async () => {
    const office = await openOffice("3");
    const other = await openOffice("3");
    const assign = (input: object) =>
      office.act("assignSeats", { subscriptionItemId: office.itemId, people: [user(1)], ...input });
    for (const subscriptionItemId of [newId(), "1", other.itemId]) {
      expect(await assign({ subscriptionItemId })).toMatchObject({
        results: null,
        userErrors: [{ code: "NOT_FOUND", path: ["subscriptionItemId"] }],
      });
    }
    expect(await assign({ benefit: { key: "x" } })).toMatchObject({
      userErrors: [{ code: "NOT_FOUND", path: ["benefit"] }],
    });
    const plain = await office.subscribe({ items: [{ price: { id: await office.newPrice() } }] });
    expect(await assign({ subscriptionItemId: plain.items.nodes[0].id })).toMatchObject({
      userErrors: [{ code: "ILLEGAL_STATE" }],
    });
    await office.mutate("pauseSubscription", { subscriptionId: office.subscriptionId });
    expect(await assign({})).toMatchObject({ userErrors: [{ code: "ILLEGAL_STATE" }] });
    expect(await office.check("seats", { person: user(1) })).toMatchObject({
      entitled: false,
      reason: "PAUSED",
    });
  });

  test("asks which seats where an item gives several", async () => {
    const office = await openOffice("2");
    await office.done("createBenefit", { key: "viewers", name: "V", type: "SEATS", limit: "2.5" });
    const { productId } = await api.database.prisma.price.findFirstOrThrow({ where: { id: office.priceId } });
    await office.done("attachBenefit", { product: { id: productId }, benefit: { key: "viewers" } });
    const people = [user(1)];
    expect(await office.act("assignSeats", { subscriptionItemId: office.itemId, people })).toMatchObject({
      userErrors: [{ code: "REQUIRED", path: ["benefit"] }],
    });
    await office.done("assignSeats", {
      subscriptionItemId: office.itemId,
      people,
      benefit: { key: "viewers" },
    });
    expect(await office.check("viewers")).toMatchObject({ limit: "5", used: "1" });
    expect(await office.check("seats")).toMatchObject({ limit: "2", used: "0" });
  });
});

describe("unassignSeats", () => {
  test("frees seats for others, once, and keeps who had them", async () => {
    const office = await openOffice("1");
    await office.assign({ userId: "u1", email: "ada@example.org" });
    expect(outcomes(await office.unassign(user(2), { email: "ADA@example.org" }, user(1), {}))).toEqual([
      "UNCHANGED",
      "UNASSIGNED",
      "UNCHANGED",
      "FAILED",
    ]);
    expect(outcomes(await office.assign(user(2)))).toEqual(["ASSIGNED"]);
    const { subscription } = await office.read(
      "query ($id: ID!) { subscription(id: $id) { seats { nodes { userId unassignedAt } } items { nodes { seats(filter: { assigned: true }) { nodes { userId } } } } } }",
      { id: office.subscriptionId },
    );
    expect(subscription.seats.nodes).toEqual([
      { userId: "u2", unassignedAt: null },
      { userId: "u1", unassignedAt: "2026-06-01T00:00:00.000Z" },
    ]);
    expect(subscription.items.nodes[0].seats.nodes).toEqual([{ userId: "u2" }]);
    expect((await office.told()).slice(2)).toEqual(["seat.assigned", "seat.unassigned", "seat.assigned"]);
  });
});

describe("another quantity", () => {
  test("makes seats, and takes them from those who came last", async () => {
    const office = await openOffice("3");
    await office.assign(user(1), user(2), user(3));
    const { subscriptionId } = office;
    await office.mutate("changeSubscriptionQuantity", { subscriptionId, quantity: "2" });
    expect(await office.check("seats")).toMatchObject({
      entitled: false,
      limit: "2",
      used: "3",
      remaining: "0",
    });
    const seated = async () =>
      Promise.all([1, 2, 3].map(async (id) => (await office.check("seats", { person: user(id) })).entitled));
    expect(await seated()).toEqual([true, true, false]);
    expect(outcomes(await office.assign(user(4)))).toEqual(["FAILED"]);
    await office.unassign(user(1));
    expect(await seated()).toEqual([false, true, true]);
    await office.mutate("changeSubscriptionQuantity", { subscriptionId, quantity: "4" });
    expect(outcomes(await office.assign(user(1), user(4), user(5)))).toEqual([
      "ASSIGNED",
      "ASSIGNED",
      "FAILED",
    ]);
  });

  test("at the same time as the last seat never leaves more people than seats that were there", async () => {
    const office = await openOffice("2");
    await office.assign(user(1));
    const [, results] = await Promise.all([
      office.mutate("changeSubscriptionQuantity", { subscriptionId: office.subscriptionId, quantity: "1" }),
      office.assign(user(2)),
    ]);
    const { used, limit } = await office.check("seats");
    expect(limit).toBe("1");
    expect(used).toBe(outcomes(results)[0] === "ASSIGNED" ? "2" : "1");
    expect(await office.check("seats", { person: user(2) })).toMatchObject({ entitled: false });
  });

  test("and another plan keep the people where the new product gives the same seats", async () => {
    const office = await openOffice("2");
    await office.assign(user(1));
    const productId = await office.insert("Product", {});
    await office.done("attachBenefit", {
      product: { id: productId },
      benefit: { key: "seats" },
      limit: "10",
    });
    const price = { id: await office.insert("Price", { productId }) };
    await office.mutate("changeSubscriptionPlan", { subscriptionId: office.subscriptionId, price });
    expect(await office.check("seats")).toMatchObject({ limit: "20", used: "1" });
    expect(await office.check("seats", { person: user(1) })).toMatchObject({ entitled: true });
  });
});
