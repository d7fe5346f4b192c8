import { Prisma } from "../db/generated/prisma/client.ts";
import { type Dice, diceOf } from "./dice.ts";
import { places } from "./places.ts";

/** What data to make. The same scenario always gives the same rows. */
export interface Scenario {
  readonly environmentId: string;
  readonly customers: number;
  readonly invoicesPerCustomer: number;
  readonly events: number;
  /** A safe integer. Different seeds give different ids. */
  readonly seed: number;
  /** The day on which the data ends, `YYYY-MM-DD`: nothing that has happened is later than its first moment in UTC. */
  readonly asOf: string;
  /**
   * Whether nothing has been billed: all subscriptions wait for their start on a test clock, and the engine bills them as it is
   * advanced. There are no invoices then.
   */
  readonly unbilled?: boolean;
}

/** Row numbers from `first` to `last`, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** What all statements need to agree on, as SQL. `n` is always the number of a customer, `s` of a subscription. */
export interface Facts extends Dice {
  readonly environmentId: Prisma.Sql;
  readonly asOf: Prisma.Sql;
  /** The number of the place where customer `n` lives. */
  readonly place: Prisma.Sql;
  /** When customer `n` joined: 7 to 31 months ago if metered, else 1 to 31. */
  readonly joined: Prisma.Sql;
  /** Whether customer `n` is archived. */
  readonly archived: Prisma.Sql;
  /** Whether customer `n` holds a first and a second subscription. Their numbers are 2n-1 and 2n. */
  readonly hasFirst: Prisma.Sql;
  readonly hasSecond: Prisma.Sql;
  /** Whether the first subscription of customer `n` is billed by usage, and then of the first how many meters. */
  readonly metered: Prisma.Sql;
  readonly meters: Prisma.Sql;
  /** The plan of subscription `s`, from 0. */
  readonly plan: (s: string) => Prisma.Sql;
}

/** Says what a scenario means in SQL. Sessions must be in UTC. */
export function factsOf({ environmentId, seed, asOf }: Scenario): Facts {
  const dice = diceOf(seed);
  const day = Prisma.sql`${asOf}::date::timestamptz`;
  const metered = Prisma.sql`n % 5 IN (1, 2, 3)`;
  const archived = Prisma.sql`(NOT ${metered} AND ${dice.roll("archived", "n", 8)} = 0)`;
  const hasFirst = Prisma.sql`(${metered} OR ${dice.roll("subscribed", "n", 4)} > 0)`;
  return {
    ...dice,
    environmentId: Prisma.sql`${environmentId}::uuid`,
    asOf: day,
    metered,
    archived,
    hasFirst,
    hasSecond: Prisma.sql`(${hasFirst} AND NOT ${archived} AND ${dice.roll("second", "n", 8)} = 0)`,
    meters: Prisma.sql`CASE n WHEN ${johnDoe} THEN 5 ELSE 2 + ${dice.roll("meters", "n", 4)} END`,
    place: Prisma.sql`CASE n WHEN ${johnDoe} THEN 0 ELSE ${dice.roll("place", "n", places.length)} END`,
    plan: (s) => dice.roll("plan", s, 3),
    joined: Prisma.sql`(${day} - make_interval(
      months => CASE WHEN ${metered} THEN 7 + ${dice.roll("months", "n", 24)} ELSE 1 + ${dice.roll("months", "n", 30)} END,
      days => ${dice.roll("days", "n", 28)},
      secs => ${dice.roll("milliseconds", "n", 86_400_000)} / 1000.0))`,
  };
}

/** The number of the customer that examples speak of: John Doe, `PAT-12345` of practicehub. */
export const johnDoe = Prisma.raw("1");

/** How many of the first `customers` customers are metered. */
export function countMetered(customers: number): number {
  return 3 * Math.floor(customers / 5) + Math.min(customers % 5, 3);
}

/** The number of the metered customer with the index `j`, an SQL expression from 0. */
export function meteredCustomer(j: string): Prisma.Sql {
  return Prisma.raw(`(5 * (${j} / 3) + ${j} % 3 + 1)`);
}

/** The places as a common table expression `place`, numbered from 0, its lists as arrays. */
export const placeTable = Prisma.sql`place AS MATERIALIZED (
  SELECT number, country, city, state, region, timezone, number_first, phone, currency, tax_rate, tax_id, company_form,
         string_to_array(streets, ',') AS streets, string_to_array(postal_codes, ',') AS postal_codes,
         string_to_array(first_names, ',') AS first_names, string_to_array(last_names, ',') AS last_names
  FROM jsonb_to_recordset(${JSON.stringify(places.map((place, number) => ({ number, ...place })))}::jsonb) AS list(
    number int, country text, city text, state text, region text, timezone text, number_first boolean, phone text,
    currency text, tax_rate numeric, tax_id text, company_form text, streets text, postal_codes text,
    first_names text, last_names text))`;
