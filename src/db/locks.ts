import { Prisma } from "./generated/prisma/client.ts";
import type { Transaction } from "./transaction.ts";

/**
 * How many names a transaction locks one by one. These locks are few in number for the server as a whole, so whoever needs
 * more of them takes all of the environment's by a single one.
 */
const mostLocks = 16;

/**
 * How names are locked. `usual`: one by one, or all of the environment's where they are many. `alone`: all of the environment's. `trusting`: many
 * are not locked the first time, which is for writes that find out by themselves that somebody else came first, and start over.
 */
export type Care = "usual" | "alone" | "trusting";

/**
 * Makes every other transaction that is about one of these names wait until this one ends; those about others run beside
 * it, unless all are locked. `kind` is what they are names of, such as `customers`. The locks are taken in one order by all,
 * so waiting never goes in a circle for whoever locks all of its names at once. One statement, or none, which leaves with the
 * next one.
 */
export async function lockNames(
  { environmentId, wary, precede }: Transaction,
  kind: string,
  names: readonly (readonly string[])[],
  care: Care = "usual",
): Promise<void> {
  if (!names.length) return;
  const every = JSON.stringify([environmentId, kind]);
  const many = names.length > mostLocks;
  const all = care === "alone" || (many && (care === "usual" || wary));
  const keys = all || many ? [] : names.map((name) => JSON.stringify([environmentId, kind, ...name]));
  await precede(Prisma.sql`
    SELECT CASE WHEN shared THEN pg_advisory_xact_lock_shared(key) ELSE pg_advisory_xact_lock(key) END
    FROM (
      SELECT 0 AS place, hashtextextended(${every}, 0) AS key, ${!all} AS shared
      UNION SELECT 1, hashtextextended(text, 0), false FROM unnest(${keys}::text[]) AS text
      ORDER BY place, key
    ) AS locks`);
}
