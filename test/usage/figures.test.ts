import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { type Condition, type FigureRequest, usageFigures } from "../../src/domains/usage/index.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert } from "../reads/fixtures.ts";

let api: TestApi;
let environmentId: string;
let customerId: string;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  ({ environmentId } = await api.newEnvironment());
  [customerId = ""] = await insert(api, "Customer", [{}], environmentId);
});
afterAll(() => api.close());

const newMeter = async (aggregation: string): Promise<string> => {
  const uniqueKey = aggregation === "COUNT_UNIQUE" ? "user" : null;
  const [id = ""] = await insert(
    api,
    "Meter",
    [{ aggregation: aggregation as never, uniqueKey }],
    environmentId,
  );
  return id;
};

interface Sent {
  readonly quantity: string;
  readonly second: number;
  readonly properties?: object;
  readonly subscriptionId?: string | null;
  readonly voidedAt?: Date | null;
}

const send = (meterId: string, events: readonly Sent[]) =>
  insert(
    api,
    "UsageEvent",
    events.map(({ quantity, second, properties = {}, subscriptionId = null, voidedAt = null }) => ({
      customerId,
      meterId,
      subscriptionId,
      voidedAt,
      quantity: quantity as never,
      timestamp: at(second),
      properties: properties as never,
      idempotencyKey: newId(),
    })),
    environmentId,
  );

const figures = async (requests: readonly Partial<FigureRequest>[]) => {
  const statements: string[] = [];
  const read = reader({ ...api.database, observe: (text) => void statements.push(text) }, platform);
  const answers = await usageFigures(
    read,
    environmentId,
    requests.map((request) => ({ customerId, meterId: newId(), from: at(0), to: at(100), ...request })),
  );
  expect(statements).toHaveLength(1);
  return answers.map(({ figure, eventCount }) => [figure?.toFixed() ?? null, Number(eventCount)]);
};

describe("figures", () => {
  it("are by each meter's aggregation, without voided events, in one statement", async () => {
    const kinds = ["COUNT", "SUM", "MAX", "MIN", "AVG", "COUNT_UNIQUE", "LAST"];
    const requests: Partial<FigureRequest>[] = [];
    for (const kind of kinds) {
      const meterId = await newMeter(kind);
      await send(meterId, [
        { quantity: "0.1", second: 1, properties: { user: "ada" } },
        { quantity: "7.000000000001", second: 3, properties: { user: 12 } },
        { quantity: "4", second: 5, properties: { user: "ada" } },
        { quantity: "99", second: 6, voidedAt: at(7) },
        { quantity: "50", second: 100 },
      ]);
      requests.push({ meterId });
    }
    expect(await figures([...requests, {}])).toEqual([
      ["3", 3],
      ["11.100000000001", 3],
      ["7.000000000001", 3],
      ["0.1", 3],
      ["3.7", 3],
      ["2", 3],
      ["4", 3],
      [null, 0],
    ]);
  });

  it("are of some subscriptions, or of none", async () => {
    const meterId = await newMeter("SUM");
    const subscription = { customerId };
    const [one = "", other = ""] = await insert(
      api,
      "BillingSubscription",
      [subscription, subscription],
      environmentId,
    );
    await send(meterId, [
      { quantity: "1", second: 1, subscriptionId: one },
      { quantity: "10", second: 2, subscriptionId: other },
      { quantity: "100", second: 3 },
    ]);
    const lists = [[one], [other, null], [null], [], undefined];
    expect(await figures(lists.map((subscriptionIds) => ({ meterId, subscriptionIds })))).toEqual([
      ["1", 1],
      ["110", 2],
      ["100", 1],
      ["0", 0],
      ["111", 3],
    ]);
  });
});

describe("conditions", () => {
  const of = (property: string, operator: Condition["operator"], ...values: string[]): Condition => ({
    property,
    operator,
    values,
  });

  it("choose events by their properties", async () => {
    const meterId = await newMeter("SUM");
    await send(meterId, [
      { quantity: "1", second: 1, properties: { region: "eu", size: 5 } },
      { quantity: "10", second: 2, properties: { region: "us", size: "7.5" } },
      { quantity: "100", second: 3, properties: { region: null, size: "big", on: true } },
      { quantity: "1000", second: 4, properties: {} },
    ]);
    const cases: [Condition[], string][] = [
      [[of("region", "EQ", "eu")], "1"],
      [[of("region", "NEQ", "eu")], "1110"],
      [[of("region", "IN", "eu", "us")], "11"],
      [[of("region", "IN")], "0"],
      [[of("region", "NOT_IN", "eu", "us")], "1100"],
      [[of("size", "GT", "5")], "10"],
      [[of("size", "GTE", "5.0")], "11"],
      [[of("size", "LT", "7.5")], "1"],
      [[of("size", "LTE", "7.5")], "11"],
      [[of("size", "LT", "much")], "0"],
      [[of("region", "EXISTS")], "11"],
      [[of("on", "EQ", "true")], "100"],
      [[of("size", "EQ", "5"), of("region", "EQ", "us")], "0"],
      [[], "1111"],
    ];
    const answers = await figures(cases.map(([conditions]) => ({ meterId, conditions })));
    expect(answers.map(([figure]) => figure)).toEqual(cases.map(([, figure]) => figure));
  });

  it("leave out what other figures count", async () => {
    const meterId = await newMeter("COUNT");
    await send(meterId, [
      { quantity: "1", second: 1, properties: { region: "eu", model: "big" } },
      { quantity: "1", second: 2, properties: { region: "eu" } },
      { quantity: "1", second: 3, properties: {} },
    ]);
    const eu = of("region", "EQ", "eu");
    const big = of("model", "EQ", "big");
    expect(
      await figures([
        { meterId, conditions: [eu, big] },
        { meterId, conditions: [eu], except: [[eu, big]] },
        { meterId, except: [[eu, big], [eu]] },
      ]),
    ).toEqual([
      ["1", 1],
      ["1", 1],
      ["1", 1],
    ]);
  });
});
