import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { MeterAggregation } from "../../../db/generated/prisma/enums.ts";
import { type Decimal, sum } from "../../../kit/decimal.ts";
import type { Period } from "../../../kit/period.ts";
import { type FigureRequest, billableQuantity, usageFigures } from "../../usage/index.ts";
import type { Reading } from "../state.ts";
import type { Matching, UsageCharge } from "./charge.ts";
import { readOwners } from "./owners.ts";

/** What a meter measured for a charge. */
export interface Measured {
  readonly quantity: Decimal;
  /** Units that were counted before it in the same period; null where it is the first that counts. */
  readonly before: Decimal | null;
  /** Whether a part of a period counts for its share of the time, because figures of parts do not add up to that of the whole. */
  readonly shared: boolean;
}

type Charge = Pick<
  UsageCharge,
  "id" | "customerId" | "subscriptionId" | "meterId" | "countedFrom" | "startsAt" | "endsAt" | "matching"
>;

/** Figures that only grow while a period runs: a part of it is what there is at its end, less what there was at its start. */
const growing: ReadonlySet<MeterAggregation> = new Set(["COUNT", "SUM", "COUNT_UNIQUE", "MAX"]);
/** Figures of spans that add up to that of them all. */
const additive: ReadonlySet<MeterAggregation> = new Set(["COUNT", "SUM"]);

/** What meters measured for charges, by the id of the charge. Three statements, however many they are, or none. */
export async function readMeasured(
  reading: Reading,
  charges: readonly Charge[],
): Promise<ReadonlyMap<string, Measured>> {
  if (!charges.length) return new Map();
  const aggregations = await readAggregations(reading, charges);
  const owned = await readOwners(reading, charges);
  const requests: FigureRequest[] = [];
  /** Asks for the figure of a span, and gives how to make it of the answers. */
  const ask = (charge: Charge, span: Period): ((figures: readonly Decimal[]) => Decimal) => {
    const wanted = requestsFor(
      charge,
      span,
      owned(charge, span),
      aggregations.get(charge.meterId) ?? "COUNT",
    );
    const first = requests.push(...wanted) - wanted.length;
    return (figures) => sum(figures.slice(first, first + wanted.length));
  };
  const asked = charges.map((charge) => {
    const { countedFrom, startsAt, endsAt } = charge;
    const grows = growing.has(aggregations.get(charge.meterId) ?? "COUNT");
    const goesOn = grows && countedFrom < startsAt;
    return {
      id: charge.id,
      shared: !grows,
      end: ask(charge, { start: goesOn ? countedFrom : startsAt, end: endsAt }),
      start: goesOn ? ask(charge, { start: countedFrom, end: startsAt }) : null,
    };
  });
  const answers = await usageFigures(reading, reading.environmentId, requests);
  const figures = answers.map(({ figure }) => billableQuantity(figure));
  return new Map(
    asked.map(({ id, shared, end, start }) => {
      const before = start?.(figures) ?? null;
      return [id, { quantity: end(figures).minus(before ?? 0), before, shared }];
    }),
  );
}

/** What to ask for: one figure, but where events without a subscription are another one's for a part of the time. */
export function requestsFor(
  { meterId, customerId, subscriptionId, matching }: Omit<Charge, "id">,
  { start: from, end: to }: Period,
  owned: readonly Period[],
  aggregation: MeterAggregation,
): FigureRequest[] {
  const { only, except } = (matching ?? { only: [], except: [] }) as unknown as Matching;
  const base = {
    meterId,
    customerId,
    ...(only.length && { conditions: only }),
    ...(except.length && { except }),
  };
  const whole = owned.some(({ start, end }) => start <= from && end >= to);
  if (whole) return [{ ...base, from, to, subscriptionIds: [subscriptionId, null] }];
  const own = { ...base, from, to, subscriptionIds: [subscriptionId] };
  if (additive.has(aggregation)) {
    return [
      own,
      ...owned.map(({ start, end }) => ({ ...base, from: start, to: end, subscriptionIds: [null] })),
    ];
  }
  // What does not add up is whose the events are at the end.
  const atEnd = owned.some(({ end }) => end >= to);
  return [atEnd ? { ...own, subscriptionIds: [subscriptionId, null] } : own];
}

async function readAggregations(
  { environmentId, query }: Reading,
  charges: readonly Charge[],
): Promise<ReadonlyMap<string, MeterAggregation>> {
  const rows = await query<{ id: string; aggregation: MeterAggregation }>(Prisma.sql`
    SELECT t.id, t.aggregation FROM meters t
    WHERE t.environment_id = ${environmentId}::uuid
      AND t.id = ANY(${[...new Set(charges.map(({ meterId }) => meterId))]}::uuid[])`);
  return new Map(rows.map(({ id, aggregation }) => [id, aggregation]));
}
