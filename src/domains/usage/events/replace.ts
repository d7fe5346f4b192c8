import { z } from "zod";
import { objectEvent, orStartOver } from "../../../db/changes.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { refuse } from "../../../kit/refusal.ts";
import { checked } from "../../../kit/validate.ts";
import { nowFor } from "../../clocks/index.ts";
import { lockHours, recountHours } from "../roll-ups/recount.ts";
import { eventReference, idempotencyKey, properties, quantity, timestamp } from "./fields.ts";
import { type UsageEventRow, lockEvents, markVoided } from "./lock.ts";
import { markUsage } from "./mark.ts";
import { measureAgain } from "./measure-again.ts";
import { unsettle } from "./unsettle.ts";
import { voidReason } from "./void.ts";
import { untimely, untimelyMessages } from "./window.ts";

export interface Replacement {
  /** The event that counts now. */
  readonly usageEvent: UsageEventRow;
  /** The one that does not any more. */
  readonly replaced: UsageEventRow;
  /** False when the same had been done before. */
  readonly created: boolean;
}

const replaceInput = z.strictObject({
  event: eventReference,
  idempotencyKey,
  quantity: quantity.nullish(),
  timestamp: timestamp.nullish(),
  properties: properties.nullish(),
  reason: voidReason,
});

/** Puts a new event in the place of one, which is voided. Doing it twice with the same key is the same as once. */
export async function replaceUsageEvent(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<Replacement> {
  const { event: reference, idempotencyKey: key, reason = null, ...changes } = checked(replaceInput, sent);
  return transact(host, writer, async (transaction) => {
    const { now } = transaction;
    const find = await lockEvents(transaction, [reference, { idempotencyKey: key }]);
    const before = find(reference) ?? refuse("NOT_FOUND", "There is no such usage event.", ["event"]);
    const known = find({ idempotencyKey: key });
    if (known && known.replacesId === before.id) {
      return { usageEvent: known, replaced: before, created: false };
    }
    if (known) refuse("CONFLICT", "Another event has this idempotency key.", ["idempotencyKey"]);
    if (before.voidedAt) refuse("ILLEGAL_STATE", "The event is voided already.", ["event"]);
    if (changes.timestamp) await refuseUntimely(transaction, before.customerId, changes.timestamp);
    const replaced = { ...before, voidedAt: now, voidReason: reason };
    const usageEvent: UsageEventRow = {
      ...before,
      ...(await measureAgain(transaction, before, changes)),
      id: newId(),
      idempotencyKey: key,
      timestamp: changes.timestamp ?? before.timestamp,
      replacesId: before.id,
      createdAt: now,
    };
    await claimKey(transaction, usageEvent);
    const changed = [before, usageEvent];
    await lockHours(transaction, changed);
    await markVoided(transaction, [before], reason);
    await insertRows(transaction, "UsageEvent", [usageEvent]);
    await recountHours(transaction, changed);
    await unsettle(transaction, [before, usageEvent]);
    await markUsage(transaction, [usageEvent]);
    transaction.emit(objectEvent("usage.replaced", usageEvent));
    return { usageEvent, replaced, created: true };
  });
}

/** Keeps the key of an event for good, before anything else is locked, like ingestion. */
async function claimKey(
  transaction: Transaction,
  { environmentId, idempotencyKey: key, id: eventId, timestamp: instant, replacesId }: UsageEventRow,
): Promise<void> {
  const row = { environmentId, idempotencyKey: key, eventId, timestamp: instant, replacesId };
  await orStartOver(insertRows(transaction, "UsageEventKey", [row]));
}

async function refuseUntimely(transaction: Transaction, customerId: string, instant: Date): Promise<void> {
  const now = (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now;
  const reason = untimely(instant, now);
  if (reason) refuse("INVALID", untimelyMessages[reason], ["timestamp"]);
}
