import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readExpression } from "../../src/domains/usage/values/expression.ts";
import { measure } from "../../src/domains/usage/values/measure.ts";
import { type Merchant, newMerchant } from "../catalog/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { call, counts } from "./support.ts";

const value = (valueExpression: string, properties: Record<string, unknown> = {}, quantity = "1") =>
  measure({ valueKey: null, valueExpression }, { quantity, properties });

/** What comes of an expression: a value, a reason why there is none, or that it cannot be read. */
function outcomeOf(text: string): string {
  try {
    return Object.keys(value(text, { a: 1 }))[0] ?? "nothing";
  } catch (error) {
    return error instanceof RangeError ? "refused" : String(error);
  }
}

describe("an expression", () => {
  it.each([
    ["1 + 2 * 3", "7"],
    ["(1 + 2) * -3", "-9"],
    ["0.1 + 0.2", "0.3"],
    ["1 / 3", "0.333333333333"],
    ["2 / 3", "0.666666666667"],
    ["-2 / 3", "-0.666666666667"],
    ["7 % 4", "3"],
    ["input * 0.5 + output", "12.5"],
    ['properties["a name"] * 2', "8"],
    ["quantity * 2", "6"],
    ['properties["quantity"]', "40"],
    ["max(1, input, 3) + min(2, 1)", "6"],
    ["ceil(1.2) + floor(1.8) + round(2.5) + abs(-1)", "7"],
    ["999999999999999 + 0.999999999999", "999999999999999.999999999999"],
  ])("%s is %s", (text, expected) => {
    const properties = { input: 5, output: "10", "a name": 4, quantity: 40 };
    expect(value(text, properties, "3")).toEqual({ value: expected });
  });

  it.each([
    ["1 / 0", {}, "DIVISION_BY_ZERO"],
    ["1 / (a - b)", { a: 2, b: "2.0" }, "DIVISION_BY_ZERO"],
    ["a % 0", { a: 1 }, "DIVISION_BY_ZERO"],
    ["a", {}, "NO_VALUE"],
    ["a", { a: "much" }, "NO_VALUE"],
    ["a", { a: true }, "NO_VALUE"],
    ["a", { a: "Infinity" }, "NO_VALUE"],
    ["constructor", {}, "NO_VALUE"],
    ["toString + 1", {}, "NO_VALUE"],
    ["a * a", { a: "100000000000000" }, "OUT_OF_RANGE"],
  ])("%s of %j has no value: %s", (text, properties, reason) => {
    expect(value(text, properties)).toMatchObject({ reason });
  });

  it.each([
    "",
    "1 +",
    "a.b",
    "a[0]",
    "this",
    "process.exit()",
    "constructor.constructor('return 1')()",
    "'text'",
    "a = 1",
    "a ? 1 : 2",
    "a && b",
    "2 ** 3",
    "min()",
    "round(1, 2)",
    "valueOf()",
    "[1]",
    "1, 2",
    "a b",
    "() => 1",
    "0x10",
    "properties[0]",
    "properties[a]",
    "~1",
    `${"1+".repeat(100)}1`,
  ])("%s is refused", (text) => {
    expect(() => readExpression(text)).toThrow(RangeError);
  });

  it("never does anything but give a number or a reason, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        expect(outcomeOf(text)).toMatch(/^(value|reason|refused)$/);
      }),
    );
  });
});

let api: TestApi;
let merchant: Merchant;
let customerId: string;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  merchant = await newMerchant(api);
  [customerId = ""] = await insert(api, "Customer", [{}], merchant.environmentId);
});
afterAll(() => api.close());

const create = (input: object) =>
  merchant.mutate(
    "createMeter",
    { name: "Tokens", eventName: "call", aggregation: "SUM", ...input },
    "meter { id status valueKey valueExpression carryForward filters { property operator values } }",
  );
const send = async (events: readonly object[], dryRun = false) =>
  merchant.mutate(
    "ingestUsageEvents",
    { events: events.map((event) => call({ customerId }, event)), dryRun },
    `ingested duplicates skipped failed
     results { outcome reason value event { quantity value } userErrors { code path } }`,
  );

describe("a meter with an expression", () => {
  it("measures what it gives, and fails what it gives nothing for, alone", async () => {
    const valueExpression = "(input + output * 3) / units";
    expect((await create({ valueExpression })).meter).toMatchObject({ valueExpression });
    const payload = await send([
      { properties: { input: 10, output: 2, units: 4 }, quantity: "7" },
      { properties: { input: 10, output: 2, units: 0 } },
      { properties: { input: 10, units: 1 } },
      { properties: { input: 1, output: 1, units: 1 } },
    ]);
    expect(counts(payload)).toEqual([2, 0, 0, 2]);
    expect(payload.results).toMatchObject([
      { outcome: "INGESTED", value: "4", event: { quantity: "7", value: "4" } },
      {
        reason: "DIVISION_BY_ZERO",
        value: null,
        userErrors: [{ code: "INVALID", path: ["events", "1", "properties"] }],
      },
      { reason: "NO_VALUE" },
      { value: "4" },
    ]);
    expect(await total()).toBe("8");
  });

  it("measures later events by what it has become", async () => {
    const { meter } = await create({ valueKey: "size" });
    await send([{ properties: { size: "2.5", count: 7 } }]);
    const change = { meter: { id: meter.id }, valueKey: null, valueExpression: "count * 2" };
    const { userErrors } = await merchant.mutate("updateMeter", change, "meter { id }");
    expect(userErrors).toEqual([]);
    await send([{ properties: { size: "2.5", count: 7 } }]);
    expect(await total()).toBe("16.5");
  });

  it("measures again what takes the place of an event", async () => {
    await create({ valueKey: "size", filters: [{ property: "size", operator: "LT", values: ["10"] }] });
    await send([{ properties: { size: 2 }, idempotencyKey: "one" }]);
    const replace = async (size: unknown) =>
      merchant.mutate(
        "replaceUsageEvent",
        { event: { idempotencyKey: "one" }, idempotencyKey: "two", properties: { size } },
        "usageEvent { value }",
      );
    expect((await replace("big")).userErrors).toMatchObject([{ code: "INVALID", path: ["properties"] }]);
    expect((await replace(11)).userErrors).toMatchObject([{ code: "INVALID", path: ["properties"] }]);
    expect((await replace(5)).usageEvent).toEqual({ value: "5" });
    expect(await total()).toBe("5");
  });

  const total = async () => {
    const { customer } = await merchant.read("query ($id: ID!) { customer(id: $id) { usage { total } } }", {
      id: customerId,
    });
    return customer.usage[0].total;
  };
});

describe("filters", () => {
  it("skip events that do not meet all of them", async () => {
    const filters = [
      { property: "region", operator: "IN", values: ["eu", "us"] },
      { property: "status", operator: "GTE", values: ["200"] },
    ];
    expect((await create({ filters })).meter).toMatchObject({ filters });
    const payload = await send([
      { properties: { region: "eu", status: 200 } },
      { properties: { region: "eu", status: 199 } },
      { properties: { region: "asia", status: 500 } },
      {},
    ]);
    expect(payload.results.map(({ reason }: { reason: string }) => reason)).toEqual([
      null,
      "FILTERED_OUT",
      "FILTERED_OUT",
      "FILTERED_OUT",
    ]);
  });
});

describe("a draft meter", () => {
  it("takes no events until it is activated", async () => {
    const { meter } = await create({ status: "DRAFT" });
    expect(meter.status).toBe("DRAFT");
    expect((await send([{}])).results).toMatchObject([{ outcome: "SKIPPED", reason: "DRAFT_METER" }]);
    const reference = { meter: { id: meter.id } };
    const restored = await merchant.mutate("restoreMeter", reference, "meter { status }");
    expect(restored.userErrors).toMatchObject([{ code: "ILLEGAL_STATE", path: ["meter"] }]);
    const { changed } = await merchant.mutate("activateMeter", reference, "changed");
    expect(changed).toBe(true);
    expect((await send([{}], true)).results).toMatchObject([
      { outcome: "INGESTED", value: "1", event: null },
    ]);
    expect(counts(await send([{}]))).toEqual([1, 0, 0, 0]);
  });
});

describe("createMeter refuses", () => {
  it.each([
    ["an expression that is none", { valueExpression: "a +" }, ["valueExpression"]],
    ["an expression that would run something", { valueExpression: "process.exit()" }, ["valueExpression"]],
    ["a property beside an expression", { valueKey: "a", valueExpression: "a" }, ["valueExpression"]],
    ["a value where only events are counted", { aggregation: "COUNT", valueKey: "a" }, ["valueKey"]],
    ["a sum that carries over", { carryForward: true }, ["carryForward"]],
    [
      "a condition without a value",
      { filters: [{ property: "a", operator: "EQ" }] },
      ["filters", "0", "values"],
    ],
    [
      "a size that is no number",
      { filters: [{ property: "a", operator: "GT", values: ["x"] }] },
      ["filters", "0", "values"],
    ],
  ])("%s", async (_what, input, path) => {
    expect(await create(input)).toMatchObject({ meter: null, userErrors: [{ code: "INVALID", path }] });
  });
});
