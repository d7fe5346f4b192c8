import { type EventPosition, isAfter } from "./position.ts";
import { type StoredEvent, pageSize } from "./read.ts";

/** Reads an environment's events from the database. */
export interface EventReads {
  current(): Promise<EventPosition>;
  after(position: EventPosition): Promise<StoredEvent[]>;
}

/** What all who listen to one environment share: its newest events, read once, however many listen. */
export interface Feed {
  /** Looks for new events. */
  refresh(): void;
  /** The events after a position; undefined when some of them are not kept here any more, or not yet. */
  tailAfter(position: EventPosition): readonly StoredEvent[] | undefined;
  /** Resolves when there are new events, which may have been a moment ago: `seen` is the `turn` at which the caller looked last. */
  changed(seen: number, signal: AbortSignal): Promise<void>;
  /** Counts the changes. */
  readonly turn: number;
}

/** How many events a feed keeps; who is further behind reads from the database. */
const keptEvents = 1_000;

export function createFeed(start: EventPosition, reads: EventReads, onError: (error: unknown) => void): Feed {
  let tail: StoredEvent[] = [];
  let from = start;
  let to = start;
  let turn = 0;
  let reading = false;
  let again = false;
  const waiting = new Set<() => void>();

  async function readOn(): Promise<void> {
    let events: StoredEvent[];
    do {
      again = false;
      // In turn: each page begins where the one before it ends.
      // oxlint-disable-next-line no-await-in-loop
      events = await reads.after(to);
      const last = events.at(-1);
      if (!last) continue;
      tail.push(...events);
      to = last.position;
      const surplus = tail.length - keptEvents;
      if (surplus > 0) {
        from = tail[surplus - 1]!.position;
        tail = tail.slice(surplus);
      }
      turn += 1;
      for (const wake of waiting) wake();
    } while (again || events.length === pageSize);
  }

  return {
    refresh: () => {
      again = true;
      if (reading) return;
      reading = true;
      readOn()
        .catch(onError)
        .finally(() => (reading = false));
    },
    tailAfter: (position) => {
      if (isAfter(from, position)) return undefined;
      const first = tail.findIndex((event) => isAfter(event.position, position));
      return first === -1 ? [] : tail.slice(first);
    },
    changed: (seen, signal) =>
      new Promise((resolve) => {
        if (seen !== turn || signal.aborted) return resolve();
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake);
      }),
    get turn() {
      return turn;
    },
  };
}
