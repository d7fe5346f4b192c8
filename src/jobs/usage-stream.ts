import type { Backlog } from "../db/outbox.ts";
import type { TransactionHost } from "../db/transaction.ts";
import { type DeadLetter, storeDeferred } from "../domains/usage/index.ts";
import { natsStream } from "./nats-stream.ts";

export interface UsageStreamOptions {
  /** Such as `nats://localhost:4222/usage`, where the path is the name of the stream: `billgraph-usage` unless said. */
  readonly url: string;
  readonly host: TransactionHost;
  /** Whether this process stores what is in the stream; if not, it only puts events there. */
  readonly works: boolean;
  readonly onError: (error: unknown, message: string) => void;
}

/** Usage events on their way through a durable stream. */
export interface UsageStream {
  readonly defer: NonNullable<TransactionHost["defer"]>;
  /** How many batches wait in the stream. */
  backlog(): Promise<Backlog>;
  /** How many texts of events that can never be stored are kept aside. */
  dead(): Promise<Backlog>;
  /** Stores what was begun, and takes no more. */
  stop(): Promise<void>;
}

export async function startUsageStream({
  url,
  host,
  works,
  onError,
}: UsageStreamOptions): Promise<UsageStream> {
  const { host: server, pathname, username, password } = new URL(url);
  const stream = await natsStream({
    server,
    name: pathname.slice(1) || "billgraph-usage",
    ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    onError: (error) => onError(error, "usage events are held up in the stream"),
  });
  const stopping = new AbortController();
  const consuming = works
    ? stream.consume(async (texts) => {
        const handled = await storeDeferred(host, texts);
        for (const letter of handled.flatMap(({ dead }) => dead)) onError(...tellOf(letter));
        return handled;
      }, stopping.signal)
    : Promise.resolve();
  return {
    defer: stream.append,
    backlog: async () => ({ waiting: await stream.waiting(), oldestSeconds: 0 }),
    dead: async () => ({ waiting: await stream.dead(), oldestSeconds: 0 }),
    stop: async () => {
      stopping.abort();
      await consuming;
      await stream.close();
    },
  };
}

/** Events are named by a few ids alone: what they measure is nobody's business. */
const mostNamed = 5;

function tellOf({ reason, environmentId, eventIds }: DeadLetter): [error: Error, message: string] {
  const some = eventIds.slice(0, mostNamed).join(", ") + (eventIds.length > mostNamed ? ", …" : "");
  const which =
    environmentId === null ? "a text" : `${eventIds.length} of the environment ${environmentId}: ${some}`;
  return [new Error(reason), `usage events cannot be stored, and are kept aside: ${which}`];
}
