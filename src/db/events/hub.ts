import { setTimeout as pause } from "node:timers/promises";
import { reader } from "../reader.ts";
import type { TransactionHost } from "../transaction.ts";
import { type Feed, createFeed } from "./feed.ts";
import type { EventPosition } from "./position.ts";
import { type StoredEvent, currentPosition, eventsAfter } from "./read.ts";

/** Tells other processes that an environment has new events, and is told by them. What it loses is found a moment later anyhow. */
export interface Announcements {
  announce(environmentId: string): void;
  /** Calls `wake` for each environment that another process announces. */
  listen(wake: (environmentId: string) => void): void;
  close(): Promise<void>;
}

export interface HubOptions {
  readonly host: TransactionHost;
  /** How this process and others tell each other of news; without it they find out by looking. */
  readonly announcements?: Announcements | undefined;
  /** How often it looks for news that nobody announced, in milliseconds; each second unless said. */
  readonly lookEveryMs?: number | undefined;
  readonly onError: (error: unknown) => void;
}

/** Where live streams of events come from. */
export interface EventHub {
  /** Says that a transaction with events of this environment has committed. */
  announce(environmentId: string): void;
  /** Where the stream of an environment's events is now. */
  position(environmentId: string): Promise<EventPosition>;
  /**
   * The events of an environment after a position: each once, in the order of their transactions, none left out. It reads
   * on as it is asked for the next one, so that a slow listener holds nothing up. Ends when `signal` aborts, or the
   * hub closes.
   */
  listen(environmentId: string, after: EventPosition, signal: AbortSignal): AsyncGenerator<StoredEvent, void>;
  /** How many listen at the moment. */
  readonly listeners: number;
  /** Aborts when streams are to end because the process does. */
  readonly closing: AbortSignal;
  close(): Promise<void>;
}

/** Events that were announced may not be readable yet, because an older transaction is still open: then it looks again, after so many milliseconds each. */
const lookAgainMs = [20, 60, 180, 500];

/** Makes a hub, which costs nothing until somebody listens. */
export function createHub({ host, announcements, lookEveryMs = 1_000, onError }: HubOptions): EventHub {
  const feeds = new Map<string, { readonly feed: Promise<Feed>; listeners: number }>();
  const closing = new AbortController();

  const readsOf = (environmentId: string) => {
    const executor = reader(host, environmentId);
    return {
      current: () => currentPosition(executor),
      after: (position: EventPosition) => eventsAfter(executor, environmentId, position),
    };
  };

  async function wake(environmentId: string): Promise<void> {
    const entry = feeds.get(environmentId);
    if (!entry) return;
    const feed = await entry.feed;
    const { turn } = feed;
    feed.refresh();
    for (const wait of lookAgainMs) {
      // oxlint-disable-next-line no-await-in-loop
      await pause(wait, undefined, { ref: false });
      if (feed.turn !== turn || feeds.get(environmentId) !== entry) return;
      feed.refresh();
    }
  }

  const rouse = (environmentId: string): void => void wake(environmentId).catch(onError);
  announcements?.listen(rouse);
  const looking = setInterval(() => {
    for (const { feed } of feeds.values()) void feed.then(({ refresh }) => refresh()).catch(() => {});
  }, lookEveryMs);
  looking.unref();

  function join(environmentId: string): Promise<Feed> {
    let entry = feeds.get(environmentId);
    if (!entry) {
      const reads = readsOf(environmentId);
      const feed = reads.current().then((start) => createFeed(start, reads, onError));
      entry = { feed, listeners: 0 };
      feeds.set(environmentId, entry);
    }
    entry.listeners += 1;
    return entry.feed;
  }

  function leave(environmentId: string): void {
    const entry = feeds.get(environmentId);
    if (!entry) return;
    entry.listeners -= 1;
    if (!entry.listeners) feeds.delete(environmentId);
  }

  return {
    closing: closing.signal,
    get listeners() {
      return [...feeds.values()].reduce((sum, entry) => sum + entry.listeners, 0);
    },
    announce: (environmentId) => {
      rouse(environmentId);
      announcements?.announce(environmentId);
    },
    position: (environmentId) => readsOf(environmentId).current(),
    async *listen(environmentId, after, signal) {
      const over = AbortSignal.any([signal, closing.signal]);
      const reads = readsOf(environmentId);
      try {
        const feed = await join(environmentId);
        let position = after;
        while (!over.aborted) {
          const { turn } = feed;
          /* oxlint-disable no-await-in-loop -- each page begins where the one before it ends */
          const events = feed.tailAfter(position) ?? (await reads.after(position));
          for (const event of events) {
            if (over.aborted) return;
            yield event;
            position = event.position;
          }
          if (!events.length) await feed.changed(turn, over);
          /* oxlint-enable no-await-in-loop */
        }
      } finally {
        leave(environmentId);
      }
    },
    close: async () => {
      clearInterval(looking);
      closing.abort();
      await announcements?.close();
    },
  };
}
