import { isDeepStrictEqual } from "node:util";
import { Decimal } from "../../../kit/decimal.ts";
import { mergedMetadata, metadataFaults, type Metadata } from "../../../kit/metadata.ts";
import type { Fault } from "../../../kit/refusal.ts";
import { type Person, seatsOf } from "./person.ts";
import type { Pool, SeatRow } from "./pool.ts";

/** A person that is to get a seat, as it was sent. */
export interface Wanted extends Person {
  readonly metadata?: Metadata | null | undefined;
}

/** What becomes of one person of a batch. */
export interface SeatResult {
  readonly index: number;
  readonly outcome: "ASSIGNED" | "UPDATED" | "UNASSIGNED" | "UNCHANGED" | "FAILED";
  readonly seat: SeatRow | null;
  readonly faults: readonly Fault[];
}

/** The results of a batch, and what is to be written. */
export interface SeatPlan {
  readonly results: readonly SeatResult[];
  readonly added: readonly SeatRow[];
  readonly changed: readonly { readonly before: SeatRow; readonly after: SeatRow }[];
}

type NewSeat = (values: Pick<SeatRow, "userId" | "email" | "metadata">) => SeatRow;

/**
 * Gives people seats in their order, for as long as there are any. Who has one keeps it, and gets the id, the e-mail address and
 * the metadata that are new.
 */
export function planSeats(
  { taken, capacity }: Pick<Pool, "taken" | "capacity">,
  wanted: readonly (Wanted | readonly Fault[])[],
  {
    make,
    next,
  }: { readonly make: NewSeat; readonly next: (before: SeatRow, values: Partial<SeatRow>) => SeatRow },
): SeatPlan {
  const originals = new Map(taken.map((seat) => [seat.id, seat]));
  const seats = [...taken];
  const results = wanted.map((one, index): SeatResult => {
    const path = ["people", String(index)];
    const failed = (faults: readonly Fault[]): SeatResult => ({
      index,
      outcome: "FAILED",
      seat: null,
      faults,
    });
    if (!isWanted(one)) return failed(one);
    const [own, other] = seatsOf(seats, one);
    if (other) {
      const message = "The id is that of one person with a seat, and the e-mail address that of another.";
      return failed([{ code: "CONFLICT", message, path }]);
    }
    const metadata = mergedMetadata(own?.metadata ?? {}, one.metadata);
    const tooMany = metadataFaults(metadata, [...path, "metadata"]);
    if (tooMany.length) return failed(tooMany);
    const values = {
      userId: one.userId ?? own?.userId ?? null,
      email: one.email ?? own?.email ?? null,
      metadata,
    };
    if (own) {
      if (isSame(own, values)) return { index, outcome: "UNCHANGED", seat: own, faults: [] };
      const after = next(originals.get(own.id) ?? own, values);
      seats[seats.indexOf(own)] = after;
      return { index, outcome: "UPDATED", seat: after, faults: [] };
    }
    if (capacity && new Decimal(seats.length).gte(capacity))
      return failed([full(capacity, seats.length, path)]);
    const seat = make(values);
    seats.push(seat);
    return { index, outcome: "ASSIGNED", seat, faults: [] };
  });
  return {
    // A person that comes twice has the seat as the last of them leaves it.
    results: results.map((result) => ({
      ...result,
      seat: seats.find(({ id }) => id === result.seat?.id) ?? null,
    })),
    added: seats.filter(({ id }) => !originals.has(id)),
    changed: seats.flatMap((after) => {
      const before = originals.get(after.id);
      return before && before !== after ? [{ before, after }] : [];
    }),
  };
}

const isWanted = (one: Wanted | readonly Fault[]): one is Wanted => !Array.isArray(one);

function isSame(seat: SeatRow, values: Pick<SeatRow, "userId" | "email" | "metadata">): boolean {
  return isDeepStrictEqual({ userId: seat.userId, email: seat.email, metadata: seat.metadata }, values);
}

function full(capacity: Decimal, used: number, path: readonly string[]): Fault {
  return {
    code: "LIMIT_EXCEEDED",
    message: `All ${capacity.toFixed()} seats are taken. Unassign one, or change the quantity of the item.`,
    path,
    details: { limit: capacity.toNumber(), used },
  };
}
