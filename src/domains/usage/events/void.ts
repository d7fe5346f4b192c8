import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { newId } from "../../../kit/ids.ts";
import { type Fault, refuse } from "../../../kit/refusal.ts";
import { check, checked, clearable, text } from "../../../kit/validate.ts";
import { lockHours, recountHours } from "../roll-ups/recount.ts";
import { type EventReference, eventReference, mostEvents } from "./fields.ts";
import { type UsageEventRow, lockEvents, markVoided } from "./lock.ts";
import { unsettle } from "./unsettle.ts";

export const voidReason = clearable(text(500));

export type VoidOutcome = "VOIDED" | "UNCHANGED" | "FAILED";

/** What became of an event that was to be voided, at its place in the input. */
export interface VoidResult {
  readonly index: number;
  readonly outcome: VoidOutcome;
  /** The event after the call; null where there is none. */
  readonly event: UsageEventRow | null;
  readonly faults: readonly Fault[];
}

interface Candidate {
  readonly index: number;
  readonly reference: EventReference;
}

/**
 * Takes up to 1,000 events out of all figures; their rows stay. One that is unknown leaves the others alone, and one that
 * was voided before stays as it is. One transaction, of as many statements for a thousand events as for one.
 */
export async function voidUsageEvents(
  host: TransactionHost,
  writer: Writer,
  { events, reason: sentReason }: { readonly events: readonly unknown[]; readonly reason?: unknown },
): Promise<VoidResult[]> {
  const reason = checked(voidReason, sentReason, ["reason"]) ?? null;
  if (!events.length) refuse("REQUIRED", "Name at least one event.", ["events"]);
  if (events.length > mostEvents) {
    refuse("TOO_MANY", `Name at most ${mostEvents} events at once, not ${events.length}.`, ["events"]);
  }
  const results: VoidResult[] = [];
  const candidates: Candidate[] = [];
  for (const [index, sent] of events.entries()) {
    const result = check(eventReference, sent, ["events", String(index)]);
    if ("value" in result) candidates.push({ index, reference: result.value });
    else results.push({ index, outcome: "FAILED", event: null, faults: result.faults });
  }
  if (candidates.length) {
    results.push(...(await transact(host, writer, (transaction) => take(transaction, candidates, reason))));
  }
  return results.toSorted((one, other) => one.index - other.index);
}

async function take(
  transaction: Transaction,
  candidates: readonly Candidate[],
  reason: string | null,
): Promise<VoidResult[]> {
  const { now } = transaction;
  const find = await lockEvents(
    transaction,
    candidates.map(({ reference }) => reference),
  );
  const voided = new Map<string, UsageEventRow>();
  const results = candidates.map(({ index, reference }): VoidResult => {
    const event = find(reference);
    if (!event) {
      const message = "There is no such usage event.";
      const fault: Fault = { code: "NOT_FOUND", message, path: ["events", String(index)] };
      return { index, outcome: "FAILED", event: null, faults: [fault] };
    }
    const known = event.voidedAt ? event : voided.get(event.id);
    if (known) return { index, outcome: "UNCHANGED", event: known, faults: [] };
    const after = { ...event, voidedAt: now, voidReason: reason };
    voided.set(event.id, after);
    return { index, outcome: "VOIDED", event: after, faults: [] };
  });
  const events = [...voided.values()];
  await lockHours(transaction, events);
  await markVoided(transaction, events, reason);
  await recountHours(transaction, events);
  await unsettle(transaction, events);
  if (events.length) {
    transaction.emit({
      type: "usage.voided",
      objectType: "usage",
      objectId: newId(),
      data: {
        eventIds: events.map(({ id }) => id),
        customerIds: [...new Set(events.map(({ customerId }) => customerId))],
        meterIds: [...new Set(events.map(({ meterId }) => meterId))],
        reason,
        voidedAt: now,
      },
    });
  }
  return results;
}
