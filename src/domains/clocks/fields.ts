import { z } from "zod";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Row, tableOf } from "../../db/datamodel.ts";
import type { Transaction } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { readable } from "../../kit/validate.ts";

/** An instant that a clock shows, to the millisecond, within the years that calendars can be counted with. */
export const clockTime = readable(z.string("must be a date and time"))
  .transform((text) => new Date(text))
  .refine(
    (instant) => instant.getUTCFullYear() >= 2000 && instant.getUTCFullYear() < 2100,
    "must be in one of the years 2000 to 2099",
  );

/** Refuses what is for test mode only. One statement. */
export async function requireTestMode({ environmentId, query }: Transaction): Promise<void> {
  const [row] = await query<{ livemode: boolean }>(
    Prisma.sql`SELECT livemode FROM environments WHERE id = ${environmentId}::uuid`,
  );
  if (row?.livemode) {
    refuse("ILLEGAL_STATE", "There are test clocks in test mode only. Use a sandbox key.", []);
  }
}

/** Locks a test clock; refuses, at `path`, an id that none has. One statement. */
export async function lockClock(
  { environmentId, query }: Transaction,
  id: string,
  path: readonly string[],
): Promise<Row<"TestClock">> {
  const { name, select } = tableOf("TestClock");
  const [clock] = isId(id)
    ? await query<Row<"TestClock">>(Prisma.sql`
        SELECT ${select} FROM ${name} t
        WHERE t.environment_id = ${environmentId}::uuid AND t.id = ${id}::uuid FOR UPDATE`)
    : [];
  return clock ?? refuse("NOT_FOUND", "There is no such test clock.", path);
}
