import { createHash } from "node:crypto";
import { Prisma } from "../db/generated/prisma/client.ts";

/** The time in the ids of the first rows, in milliseconds since 1970: 2025-01-01. Row n is n milliseconds later. */
const firstIdTime = Date.UTC(2025, 0, 1);

/**
 * SQL expressions that are random to look at and yet always the same for the same seed, on every database. `number` is
 * an SQL expression of a row's number (a bigint); `what` keeps the random values of one row apart.
 */
export interface Dice {
  /** The id of a row: a UUID of version 7 whose last 73 free bits come from a hash. */
  id(table: string, number: string): Prisma.Sql;
  /** An integer from 0 up to, and without, `sides`: a number, or an SQL expression. */
  roll(what: string, number: string, sides: number | string): Prisma.Sql;
  /** Nineteen digits as a text. */
  digits(what: string, number: string): Prisma.Sql;
}

/** Makes the dice of a seed. */
export function diceOf(seed: number): Dice {
  const hash = (what: string, number: string) =>
    `(hashint8extended((${number})::bigint, ${salt(seed, what)}) & 9223372036854775807)`;
  return {
    id: (table, number) => {
      const time = `lpad(to_hex(${firstIdTime} + (${number})::bigint), 12, '0') || '7'`;
      const random = `md5('${idSalt(seed, table)}' || (${number}))`;
      return Prisma.raw(`overlay(overlay(${random} PLACING ${time} FROM 1) PLACING 'a' FROM 17)::uuid`);
    },
    roll: (what, number, sides) => Prisma.raw(`(${hash(what, number)} % ${sides})::int`),
    digits: (what, number) => Prisma.raw(`lpad(${hash(what, number)}::text, 19, '0')`),
  };
}

/** The id that `Dice.id` gives to a row. */
export function demoId(seed: number, table: string, number: number): string {
  const time = (firstIdTime + number).toString(16).padStart(12, "0");
  const hex = createHash("md5")
    .update(idSalt(seed, table) + number)
    .digest("hex");
  const id = `${time}7${hex.slice(13, 16)}a${hex.slice(17)}`;
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function idSalt(seed: number, table: string): string {
  return `${seed}/${table}/`;
}

function salt(seed: number, what: string): bigint {
  return createHash("sha256").update(`${seed}/${what}`).digest().readBigInt64BE();
}
