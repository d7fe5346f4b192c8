import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert } from "../reads/fixtures.ts";
import { observe } from "../reads/statements.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let customerId: string;
let subscriptionId: string;
const meterIds: Record<string, string> = {};
const hour = 3_600;

/** One merchant for all tests: calls of two regions, and seats that are held. */
beforeAll(async () => {
  api = await startApi();
  const customers = await insert(api, "Customer", [{}, { createdAt: at(60) }]);
  customerId = customers[0] ?? "";
  [subscriptionId = ""] = await insert(api, "BillingSubscription", [{ customerId }]);
  const kinds = [
    { name: "Calls", aggregation: "SUM", carryForward: false, uniqueKey: null },
    { name: "Seats", aggregation: "WEIGHTED_SUM", carryForward: true, uniqueKey: null },
    { name: "Users", aggregation: "COUNT_UNIQUE", carryForward: false, uniqueKey: "user" },
  ] as const;
  const ids = await insert(api, "Meter", kinds);
  for (const [place, { name }] of kinds.entries()) meterIds[name] = ids[place] ?? "";
  const events: [meter: string, customer: number, second: number, quantity: string, properties: object][] = [
    ["Calls", 0, 0, "1", { region: "eu" }],
    ["Calls", 0, 23.5 * hour, "10", { region: "us" }],
    ["Calls", 0, 24 * hour, "100", { region: "eu" }],
    ["Calls", 0, 49 * hour, "1000", {}],
    ["Calls", 1, 25 * hour, "5", { region: "eu" }],
    ["Seats", 0, 12 * hour, "4", {}],
    ["Seats", 0, 60 * hour, "2", {}],
    ["Users", 0, hour, "1", { user: "ada" }],
    ["Users", 0, 2 * hour, "1", { user: "ada" }],
    ["Users", 0, 30 * hour, "1", { user: "grace" }],
  ];
  const rows = events.map(([meter, customer, second, quantity, properties]) => ({
    meterId: meterIds[meter] as string,
    customerId: customers[customer] as string,
    subscriptionId: second === 24 * hour ? subscriptionId : null,
    timestamp: at(second),
    quantity: quantity as never,
    properties: properties as never,
    idempotencyKey: newId(),
  }));
  await insert(api, "UsageEvent", rows);
});
afterAll(() => api.close());

const days = `from: "2026-01-01T00:00:00Z", to: "2026-01-04T00:00:00Z"`;
const points = "points { period { start } total eventCount }";

async function ask(field: string, on = "customer", id = customerId): Promise<any> {
  const { data } = await api.query(`query ($id: ID!) { it: ${on}(id: $id) { ${field} } }`, { id });
  return Object.values(data.it)[0];
}
const series = (args: string, meter = "Calls") =>
  ask(`usageSeries(meterId: "${meterIds[meter]}", ${args}) { group ${points} }`);
const totals = (all: any[]) => all.map(({ points: list }) => list.map(({ total }: any) => total));

describe("a series", () => {
  test("has a point for each window, also where nothing was used", async () => {
    const [only, ...others] = await series(`${days}, window: DAY`);
    expect(others).toEqual([]);
    expect(only).toEqual({
      group: null,
      points: [
        { period: { start: at(0).toISOString() }, total: "11", eventCount: 2 },
        { period: { start: at(24 * hour).toISOString() }, total: "100", eventCount: 1 },
        { period: { start: at(48 * hour).toISOString() }, total: "1000", eventCount: 1 },
      ],
    });
  });

  test("goes by the days of its time zone", async () => {
    expect(totals(await series(`${days}, window: DAY, timeZone: "Europe/Berlin"`))).toEqual([
      ["1", "110", "1000", "0"],
    ]);
    expect(totals(await series(`${days}, window: DAY, timeZone: "Asia/Kolkata"`))).toEqual([
      ["1", "110", "1000", "0"],
    ]);
  });

  test("by the hour and the minute adds up to the same", async () => {
    const sum = async (args: string) => {
      const [list] = totals(await series(args));
      return list.reduce((total: number, one: string) => total + Number(one), 0);
    };
    expect(await sum(`${days}, window: HOUR`)).toBe(1_111);
    const minutes = `from: "2026-01-01T12:00:00Z", to: "2026-01-02T12:00:00Z", window: MINUTE`;
    expect(await sum(minutes)).toBe(110);
  });

  test("counts different values in each window", async () => {
    expect(totals(await series(`${days}, window: DAY`, "Users"))).toEqual([["1", "1", "0"]]);
  });

  test("of what is held weighs it by time, and carries it over", async () => {
    expect(totals(await series(`${days}, window: DAY`, "Seats"))).toEqual([["2", "4", "5"]]);
    const late = `from: "2026-02-01T00:00:00Z", to: "2026-02-02T00:00:00Z", window: DAY`;
    expect(totals(await series(late, "Seats"))).toEqual([["6"]]);
  });

  test("is one for each text of a property", async () => {
    const groups = await series(`${days}, window: DAY, groupBy: "region"`);
    expect(groups.map(({ group }: any) => group)).toEqual(["eu", null, "us"]);
    expect(totals(groups)).toEqual([
      ["1", "100", "0"],
      ["0", "0", "1000"],
      ["10", "0", "0"],
    ]);
  });

  test("has only what its filters let through", async () => {
    const filters = `filters: [{ property: "region", operator: EQ, values: ["eu"] }]`;
    expect(totals(await series(`${days}, window: DAY, ${filters}`))).toEqual([["1", "100", "0"]]);
  });

  test("of a subscription has its events only, and of a meter those of all customers", async () => {
    const list = `${days}, window: DAY`;
    const ofSubscription = await ask(
      `usageSeries(meterId: "${meterIds["Calls"]}", ${list}) { ${points} }`,
      "subscription",
      subscriptionId,
    );
    expect(totals(ofSubscription)).toEqual([["0", "100", "0"]]);
    const ofMeter = await ask(`usageSeries(${list}) { ${points} }`, "meter", meterIds["Calls"]);
    expect(totals(ofMeter)).toEqual([["11", "105", "1000"]]);
  });

  test("of an unknown meter is none", async () => {
    expect(await ask(`usageSeries(meterId: "${newId()}", ${days}, window: DAY) { group }`)).toEqual([]);
    expect(await ask(`usageSeries(meterId: "nonsense", ${days}, window: DAY) { group }`)).toEqual([]);
  });

  test.each([
    ["too many windows", `from: "2026-01-01T00:00:00Z", to: "2026-01-04T00:00:00Z", window: MINUTE`, "1500"],
    ["no time zone", `${days}, window: DAY, timeZone: "Mars/Olympus"`, "timeZone"],
    ["no span", `from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z", window: DAY`, "from"],
    ["a bad filter", `${days}, window: DAY, filters: [{ property: "a", operator: EQ }]`, "filters.0.values"],
  ])("with %s is refused, and says what to do", async (_what, args, word) => {
    const document = `query ($id: ID!) { customer(id: $id) { usageSeries(meterId: "${meterIds["Calls"]}", ${args}) { group } } }`;
    const { data, errors } = await api.graphql(document, { id: customerId });
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["INVALID_REQUEST"]);
    expect(errors?.[0]?.message).toContain(word);
    expect(data.customer).toEqual({ usageSeries: null });
  });
});

describe("summaries", () => {
  const total = "{ group total eventCount }";

  test("are by groups and filters too", async () => {
    const only = `meterIds: ["${meterIds["Calls"]}"], ${days}`;
    expect(await ask(`usage(${only}, groupBy: "region") ${total}`)).toEqual([
      { group: null, total: "1000", eventCount: 1 },
      { group: "eu", total: "101", eventCount: 2 },
      { group: "us", total: "10", eventCount: 1 },
    ]);
    const filters = `filters: [{ property: "region", operator: EXISTS }]`;
    expect(await ask(`usage(${only}, ${filters}) ${total}`)).toEqual([
      { group: null, total: "111", eventCount: 3 },
    ]);
  });

  test("of subscriptions and meters", async () => {
    const ofSubscription = await ask(`usage(${days}) { total }`, "subscription", subscriptionId);
    expect(ofSubscription).toEqual([{ total: "100" }, { total: "0" }, { total: "0" }]);
    expect(await ask(`usage(${days}) ${total}`, "meter", meterIds["Calls"])).toEqual([
      { group: null, total: "1116", eventCount: 5 },
    ]);
  });

  test("of all time are a customer's meters", async () => {
    expect(await ask("meters { meter { name } current eventCount lastEventAt }")).toEqual([
      { meter: { name: "Calls" }, current: "1111", eventCount: 4, lastEventAt: at(49 * hour).toISOString() },
      { meter: { name: "Seats" }, current: "6", eventCount: 2, lastEventAt: at(60 * hour).toISOString() },
      { meter: { name: "Users" }, current: "2", eventCount: 3, lastEventAt: at(30 * hour).toISOString() },
    ]);
  });
});

test("usage of many objects takes a statement for each field", async () => {
  const document = `query ($meter: ID!) { customers { nodes {
    usageSeries(meterId: $meter, ${days}, window: DAY) { ${points} }
    usage(${days}) { total }
    meters { current }
  } } meters { nodes { usage(${days}) { total } usageSeries(${days}, window: DAY) { ${points} } } } }`;
  const { data, statements } = await observe(api, document, { meter: meterIds["Calls"] });
  expect(data.customers.nodes.map(({ usageSeries }: any) => totals(usageSeries))).toEqual([
    [["0", "5", "0"]],
    [["11", "100", "1000"]],
  ]);
  expect(statements).toHaveLength(7);
});
