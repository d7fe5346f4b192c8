import type { Writer } from "../../../db/transaction.ts";
import type { NewEvent } from "../events/store.ts";

/** Events that were accepted and are to be stored: one text of the stream. */
export interface DeferredEvents {
  readonly environmentId: string;
  readonly actor: string;
  readonly requestId: string | null;
  /** When they were accepted. */
  readonly acceptedAt: string;
  readonly events: readonly NewEvent[];
}

/** Streams take texts of 1 MB, less what they wrap them in. */
const longestText = 512_000;

/**
 * Leaves events in the stream. It ends when the stream has all of them; when it fails, some may be in it, which does no harm: they are sent
 * again, and each key counts once.
 */
export async function deferEvents(
  defer: (text: string) => Promise<void>,
  { environmentId, actor, requestId, now }: Writer,
  events: readonly NewEvent[],
): Promise<void> {
  const head = { environmentId, actor, requestId, acceptedAt: now.toISOString() };
  const texts = partsOf(events).map((part) =>
    JSON.stringify({ ...head, events: part } satisfies DeferredEvents),
  );
  await Promise.all(texts.map(defer));
}

/** The events in parts that make texts of the length that will do. */
function partsOf(events: readonly NewEvent[]): NewEvent[][] {
  const parts: NewEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const length = Buffer.byteLength(JSON.stringify(event));
    if (length > room) {
      parts.push([]);
      room = longestText;
    }
    room -= length;
    parts.at(-1)?.push(event);
  }
  return parts;
}
