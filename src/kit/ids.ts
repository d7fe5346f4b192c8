import { randomFillSync } from "node:crypto";
import { v7, validate } from "uuid";

const length = 16;

/** Random bytes for the ids to come: fetched for many at once, because asking for them costs more than making the id. */
const random = Buffer.alloc(256 * length);
let used = random.length;

let msecs = 0;
let seq = 0;

/** A new id: UUID version 7, so that ids sort by the time they were made, in this process even within a millisecond, and are unique across all types. */
export function newId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const bytes = random.subarray(used, (used += length));
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    // Half of the numbers stay free to count on within the millisecond.
    seq = bytes.readUInt32BE(6) >>> 1;
  } else {
    seq = (seq + 1) >>> 0;
    if (seq === 0) msecs++;
  }
  return v7({ random: bytes, msecs, seq });
}

/** Whether `text` is a UUID in its canonical text form (any version, either case). */
export function isId(text: string): boolean {
  return validate(text);
}
