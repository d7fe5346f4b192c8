import { z } from "zod";
import { orStartOver } from "../../../db/changes.ts";
import { reader } from "../../../db/reader.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { newId } from "../../../kit/ids.ts";
import { type Fault, refuse } from "../../../kit/refusal.ts";
import { check, text } from "../../../kit/validate.ts";
import { customerReference } from "../../customers/index.ts";
import { idempotencyKey, mostEvents, properties, quantity, timestamp } from "./fields.ts";
import { deferEvents } from "../stream/defer.ts";
import { type IngestReason, type Judgement, type SentEvent, judge } from "./judge.ts";
import { resolveNames } from "./resolve.ts";
import { type NewEvent, findByKeys } from "./store.ts";
import { takeIn } from "./take-in.ts";

export type IngestOutcome = "INGESTED" | "DUPLICATE" | "SKIPPED" | "FAILED";

/** What became of an event, at its place in the input. */
export interface IngestResult {
  readonly index: number;
  readonly outcome: IngestOutcome;
  readonly reason: IngestReason | null;
  /** The event that is stored under the key, be it this one or one that was sent before. */
  readonly eventId: string | null;
  /** What the meter measures of it; null where it measures nothing, or did before. */
  readonly value: string | null;
  readonly faults: readonly Fault[];
}

const sentEvent = z.strictObject({
  name: text(255),
  customer: customerReference.nullish(),
  subscriptionId: text(255).nullish(),
  quantity: quantity.nullish(),
  timestamp: timestamp.nullish(),
  properties: properties.nullish(),
  idempotencyKey,
});

/** An event whose form is right, at its place in the input. */
interface Candidate {
  readonly index: number;
  readonly event: SentEvent;
}

const nothing = { reason: null, eventId: null, value: null, faults: [] } as const;

const pathOf = (index: number): readonly string[] => ["events", String(index)];

/**
 * Stores up to 1,000 usage events, each on its own; one that is refused or known leaves the others alone. One
 * transaction, and as many statements for a thousand events as for one. With `dryRun` nothing is stored. Where the host
 * defers work, events are judged now, kept in its stream for good, and stored by a worker: see `store-deferred.ts`.
 */
export async function ingestUsageEvents(
  host: TransactionHost,
  writer: Writer,
  { events, dryRun }: { readonly events: readonly unknown[]; readonly dryRun?: boolean | null },
): Promise<IngestResult[]> {
  if (!events.length) refuse("REQUIRED", "Send at least one event.", ["events"]);
  if (events.length > mostEvents) {
    refuse("TOO_MANY", `Send at most ${mostEvents} events at once, not ${events.length}.`, ["events"]);
  }
  const { defer } = host;
  const mode = dryRun ? "try" : defer ? "defer" : "store";
  const results: IngestResult[] = [];
  const candidates: Candidate[] = [];
  for (const [index, sent] of events.entries()) {
    const result = check<SentEvent>(sentEvent, sent, pathOf(index));
    if ("value" in result) candidates.push({ index, event: result.value });
    else results.push({ ...nothing, index, outcome: "FAILED", reason: "INVALID", faults: result.faults });
  }
  if (candidates.length) {
    const taken = await transact(host, writer, (transaction) => take(transaction, candidates, mode));
    const before = await sentBefore(host, writer, candidates, taken);
    const isNew = ({ idempotencyKey: key }: NewEvent): boolean => !before.has(key);
    if (mode === "defer" && defer) await deferEvents(defer, writer, [...taken.first.values()].filter(isNew));
    results.push(...resultsOf(candidates, taken, before, mode));
  }
  return results.toSorted((one, other) => one.index - other.index);
}

/** Whether events are stored now, later, or only looked at. */
type Mode = "store" | "defer" | "try";

/** What a transaction found out about candidates, and did with them. */
interface Taken {
  readonly judged: readonly Judgement[];
  /** The events that are good, by key. */
  readonly first: ReadonlyMap<string, NewEvent>;
  /** The ids of those whose keys others have; null where none was to be stored. */
  readonly leftOut: ReadonlySet<string> | null;
}

async function take(transaction: Transaction, candidates: readonly Candidate[], mode: Mode): Promise<Taken> {
  const known = await resolveNames(
    transaction,
    candidates.map(({ event }) => event),
  );
  const judged = candidates.map(({ index, event }) => judge(event, known, pathOf(index)));
  const first = firstOfEachKey(candidates, judged);
  // What an event names may be deleted meanwhile: then it is looked for again, and is not found.
  const leftOut = mode === "store" ? await orStartOver(takeIn(transaction, [...first.values()])) : null;
  return { judged, first, leftOut };
}

/**
 * The events that have the keys of candidates which were not stored, by key: whatever was not may have been before, and then it is no
 * failure, whatever has changed since. Keys are for good, so nothing that was left out can be missed after the transaction.
 */
async function sentBefore(
  host: TransactionHost,
  { environmentId }: Writer,
  candidates: readonly Candidate[],
  { first, leftOut }: Taken,
): Promise<ReadonlyMap<string, string>> {
  const keys = new Set<string>();
  for (const { event } of candidates) {
    const stored = first.get(event.idempotencyKey);
    if (!stored || !leftOut || leftOut.has(stored.id)) keys.add(event.idempotencyKey);
  }
  return findByKeys(reader(host, environmentId), environmentId, [...keys]);
}

function resultsOf(
  candidates: readonly Candidate[],
  { judged, first }: Taken,
  before: ReadonlyMap<string, string>,
  mode: Mode,
): IngestResult[] {
  const counted = new Set<string>();
  return candidates.map(({ index, event: { idempotencyKey: key } }, place): IngestResult => {
    const eventId = before.get(key);
    if (eventId) return { ...nothing, index, outcome: "DUPLICATE", eventId };
    const judgement = judged[place] as Judgement;
    if (!("stored" in judgement)) return { ...nothing, index, ...judgement };
    const id = mode === "try" ? null : (first.get(key)?.id ?? null);
    if (counted.has(key)) return { ...nothing, index, outcome: "DUPLICATE", eventId: id };
    counted.add(key);
    const { value, quantity: sent } = judgement.stored;
    return { ...nothing, index, outcome: "INGESTED", eventId: id, value: value ?? sent };
  });
}

/** The events to store, by key: of several with the same one the first that is good. */
function firstOfEachKey(
  candidates: readonly Candidate[],
  judged: readonly Judgement[],
): ReadonlyMap<string, NewEvent> {
  const first = new Map<string, NewEvent>();
  for (const [place, { event }] of candidates.entries()) {
    const judgement = judged[place];
    if (!judgement || !("stored" in judgement) || first.has(event.idempotencyKey)) continue;
    // Of events at the same instant, the one that was sent last has the largest id.
    first.set(event.idempotencyKey, {
      ...judgement.stored,
      id: newId(),
      idempotencyKey: event.idempotencyKey,
    });
  }
  return first;
}
