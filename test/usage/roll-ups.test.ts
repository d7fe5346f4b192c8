import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { type Aggregation, aggregate } from "../../src/domains/usage/aggregate.ts";
import { rollUp, usageFigures } from "../../src/domains/usage/index.ts";
import { weightedSum } from "../../src/domains/usage/time-weighted.ts";
import { roundTo } from "../../src/kit/decimal.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { at, insert } from "../reads/fixtures.ts";
import { call, days, newShop } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const read = () => reader(api.database, platform);
const hour = 3_600_000;

interface Sent {
  readonly at: Date;
  readonly value: string;
  readonly user: string | null;
  readonly voided: boolean;
}

/** Instants of ten hours, many of them at the borders of hours, and some at those of days. */
const instant = fc.oneof(
  fc.integer({ min: 0, max: 10 * hour - 1 }),
  fc.tuple(fc.integer({ min: 0, max: 10 }), fc.constantFrom(-1, 0, 1)).map(([n, d]) => n * hour + d),
  fc
    .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(-hour, -1, 0, 1, hour))
    .map(([n, d]) => n * 24 * hour + d),
);
const inSpan = instant.map((milliseconds) => new Date(at(0).getTime() + Math.max(0, milliseconds)));
const value = fc
  .tuple(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom("", ".5", ".000000000001", ".999999999999"))
  .map(([whole, rest]) => `${whole}${rest}`);
const event: fc.Arbitrary<Sent> = fc.record({
  at: inSpan,
  value,
  user: fc.option(fc.constantFrom("ada", "grace", "x".repeat(5_000), "")),
  voided: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
});
const span = fc
  .tuple(inSpan, inSpan)
  .filter(([one, other]) => one.getTime() !== other.getTime())
  .map((ends) => ends.toSorted((one, other) => one.getTime() - other.getTime()) as [Date, Date]);

const kinds = ["COUNT", "SUM", "MAX", "MIN", "AVG", "COUNT_UNIQUE", "LAST", "WEIGHTED_SUM"] as const;

/** The figure of the events themselves, computed without the database. */
function expected(
  kind: (typeof kinds)[number],
  carry: boolean,
  all: readonly Sent[],
  [from, to]: readonly [Date, Date],
): string | null {
  const events = all.filter(({ voided }) => !voided);
  const within = events.filter((one) => one.at >= from && one.at < to);
  const before = events.filter((one) => one.at < from);
  if (kind === "WEIGHTED_SUM") {
    const initial = carry ? (aggregate("SUM", before)?.toFixed() ?? "0") : "0";
    return roundTo(weightedSum({ start: from, end: to }, within, { initial }), 12).toFixed();
  }
  const measured = within.map(({ at: instantOf, value: number, user }) => ({
    at: instantOf,
    value: kind === "COUNT_UNIQUE" ? user : number,
  }));
  const figure =
    aggregate(kind as Aggregation, measured) ??
    (kind === "SUM" ? "0" : carry && kind === "LAST" ? aggregate("LAST", before) : null);
  return figure === null ? null : roundTo(figure, 12).toFixed();
}

describe("figures of roll-ups and events", () => {
  it("are those of the events, in any span", async () => {
    const meters = [...kinds, "LAST" as const, "WEIGHTED_SUM" as const].map((aggregation, index) => ({
      aggregation,
      carryForward: index >= kinds.length,
      uniqueKey: aggregation === "COUNT_UNIQUE" ? "user" : null,
    }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 60 }),
        fc.array(span, { minLength: 20, maxLength: 20 }),
        async (sent, spans) => {
          const { environmentId } = await api.newEnvironment();
          const [customerId = ""] = await insert(api, "Customer", [{}], environmentId);
          const meterIds = await insert(api, "Meter", meters, environmentId);
          // Of events at the same instant the last one has the largest id.
          const rows = meterIds.flatMap((meterId) =>
            sent.map(({ at: timestamp, value: quantity, user, voided }) => ({
              customerId,
              meterId,
              timestamp,
              idempotencyKey: newId(),
              quantity: quantity as never,
              properties: (user === null ? {} : { user }) as never,
              voidedAt: voided ? timestamp : null,
            })),
          );
          await insert(api, "UsageEvent", rows, environmentId);
          const requests = meterIds.flatMap((meterId) =>
            spans.map(([from, to]) => ({ meterId, customerId, from, to })),
          );
          const answers = await usageFigures(read(), environmentId, requests);
          const wanted = meters.flatMap(({ aggregation, carryForward }) =>
            spans.map((ends) => expected(aggregation, carryForward, sent, ends)),
          );
          expect(answers.map(({ figure }) => figure?.toFixed() ?? null)).toEqual(wanted);
        },
      ),
      { numRuns: 15 },
    );
  });
});

/** The roll-ups of an environment, as texts; hours without events are none. */
async function rollUpsOf(environmentId: string): Promise<string[]> {
  const { rows } = await api.database.pool.query<{ text: string }>(
    `SELECT h::text AS text FROM usage_hours h WHERE environment_id = $1 AND "count" > 0
     UNION ALL SELECT v::text FROM usage_hour_values v WHERE environment_id = $1
     UNION ALL SELECT d::text FROM usage_day_values d WHERE environment_id = $1 AND hours > 0 ORDER BY 1`,
    [environmentId],
  );
  return rows.map(({ text }) => text);
}

// The embedded database runs one transaction at a time.
describe.skipIf(serverUrl === undefined)("events that are sent, voided and replaced at once", () => {
  it("leave the roll-ups that a recount gives", async () => {
    const shop = await newShop(api);
    const { environmentId } = shop;
    const users = {
      name: "Users",
      eventName: "user",
      aggregation: "COUNT_UNIQUE",
      uniqueKey: "user",
    } as const;
    await insert(api, "Meter", [users], environmentId);
    const times = [days(-1), days(-1.02), days(-1.05), days(-2)];
    const keys: string[] = [];
    const batch = (sender: number, round: number) =>
      Array.from({ length: 60 }, (_, index) => {
        const idempotencyKey = `${sender}-${round}-${index}`;
        keys.push(idempotencyKey);
        return call(shop, {
          idempotencyKey,
          name: index % 2 ? "user" : "call",
          quantity: String(1 + ((index * 7 + sender) % 11)),
          timestamp: times[(index + sender) % times.length],
          properties: { user: `u${(index + round) % 9}` },
        });
      });
    const before = batch(9, 9);
    await shop.ingest(before);
    const pick = (from: number, count: number) =>
      keys.slice(from, from + count).map((idempotencyKey) => ({ idempotencyKey }));
    const work = Array.from({ length: 4 }, (_, sender) => [
      ...Array.from({ length: 3 }, (__, round) => async () => shop.ingest(batch(sender, round))),
      async () => shop.mutate("voidUsageEvents", { events: pick(sender * 9, 12).toReversed() }, "voided"),
      async () =>
        shop.mutate(
          "replaceUsageEvent",
          {
            event: { idempotencyKey: keys[50 + sender] },
            idempotencyKey: `replaced-${sender}`,
            quantity: "1000",
            timestamp: times[(sender + 1) % times.length],
            properties: { user: `new-${sender}` },
          },
          "created",
        ),
    ]).flat();
    const results = await Promise.all(work.map((one) => one()));
    expect(results.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    const kept = await rollUpsOf(environmentId);
    await rollUp(read(), environmentId);
    expect(kept).toEqual(await rollUpsOf(environmentId));
    expect(kept.length).toBeGreaterThan(8);
    const { rows } = await api.database.pool.query(
      "SELECT count(*)::int AS count FROM usage_events WHERE environment_id = $1 AND voided_at IS NULL",
      [environmentId],
    );
    expect(rows).toEqual([{ count: 60 + 4 * 3 * 60 + 4 - 39 - 4 }]);
  });
});
