import {
  AckPolicy,
  type JetStreamManager,
  type JsMsg,
  RetentionPolicy,
  StorageType,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { connect, headers } from "@nats-io/transport-node";
import { setTimeout as pause } from "node:timers/promises";
import { Away, isPassing } from "../db/unavailable.ts";

/** What became of a text: it is done with, but for texts that are to be kept aside; or it has to come `again`, because of an error. */
export interface Dealt {
  readonly dead: readonly DeadText[];
  readonly again?: unknown;
}

/** A text that nobody can deal with, and why. */
export interface DeadText {
  readonly reason: string;
  readonly text: string;
}

/** A durable stream of texts: what was appended is kept until somebody has dealt with it. */
export interface DurableStream {
  /** Resolves when the stream has the text for good. */
  append(text: string): Promise<void>;
  /**
   * Hands texts on, some at a time, until `signal` aborts, and is told what became of each. Those that have to come again do so a moment
   * later, and a longer one each time; so do all when `work` rejects, or this process ends before. A text that failed too often is
   * kept aside as a whole, unless it failed because something was away.
   */
  consume(work: (texts: readonly string[]) => Promise<readonly Dealt[]>, signal: AbortSignal): Promise<void>;
  /** How many texts wait. */
  waiting(): Promise<number>;
  /** How many texts are kept aside. */
  dead(): Promise<number>;
  close(): Promise<void>;
}

export interface NatsOptions {
  /** Host and port. */
  readonly server: string;
  readonly user?: string;
  readonly pass?: string;
  /** The name of the stream; it is made where it is missing. */
  readonly name: string;
  readonly onError: (error: unknown) => void;
}

/** For how long a text may be dealt with before another consumer gets it, in nanoseconds: so long do those wait whose consumer has died. */
const dealtWithin = 10e9;
const atOnce = 20;
/** How long to wait for texts, in milliseconds, before asking for them anew. */
const waitMs = 1_000;
/** How long a text waits until it comes again, in milliseconds: at first, and at most. It doubles each time. */
const again = { firstMs: 1_000, mostMs: 60_000 };
/** How often a text is tried that fails for a reason of its own: half an hour. */
const mostDeliveries = 35;
/** What is kept aside: so many texts and bytes, for 90 days. The oldest make room. */
const keptAside = { max_msgs: 100_000, max_bytes: 256 * 1024 ** 2, max_age: 90 * 86_400e9 };

/** A stream of JetStream, kept in files by the NATS server, and one beside it for what nobody can deal with. */
export async function natsStream({ server, name, onError, ...user }: NatsOptions): Promise<DurableStream> {
  const connection = await connect({
    servers: server,
    ...user,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
  });
  const manager = await jetstreamManager(connection);
  const subject = `${name}.batches`;
  const aside = { stream: `${name}-dead`, subject: `${name}.dead` };
  await addStream(manager, { name, subjects: [subject], retention: RetentionPolicy.Workqueue });
  await addStream(manager, { name: aside.stream, subjects: [aside.subject], ...keptAside });
  const durable = "store";
  await manager.consumers.info(name, durable).catch(() =>
    manager.consumers.add(name, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: dealtWithin,
    }),
  );
  const client = jetstream(connection);
  const comeAgain = (message: JsMsg): void =>
    message.nak(Math.min(again.firstMs * 2 ** (message.info.deliveryCount - 1), again.mostMs));
  const settle = async (message: JsMsg, { dead, again: error }: Dealt): Promise<void> => {
    const failed = error !== undefined;
    if (failed && (isPassing(error) || message.info.deliveryCount < mostDeliveries))
      return comeAgain(message);
    const kept = failed ? [{ reason: "GIVEN_UP", text: message.string() }] : dead;
    for (const [index, { reason, text }] of kept.entries()) {
      const head = headers();
      head.set("Reason", reason);
      // One that is kept aside twice, because the answer to the first time was lost, is there once.
      const msgID = `${message.info.streamSequence}:${index}`;
      // oxlint-disable-next-line no-await-in-loop -- a text has one or two
      await client.publish(aside.subject, text, { headers: head, msgID });
    }
    await message.ackAck();
  };
  const count = async (stream: string): Promise<number> =>
    (await manager.streams.info(stream)).state.messages;
  return {
    append: async (text) => {
      try {
        await client.publish(subject, text);
      } catch (error) {
        throw new Away("the stream does not answer", { cause: error });
      }
    },
    consume: async (work, signal) => {
      const consumer = await client.consumers.get(name, durable);
      while (!signal.aborted && !connection.isClosed()) {
        const messages: JsMsg[] = [];
        let error: unknown;
        try {
          /* oxlint-disable no-await-in-loop -- one handful after the other */
          for await (const message of await consumer.fetch({ max_messages: atOnce, expires: waitMs })) {
            messages.push(message);
          }
          if (!messages.length) continue;
          const dealt = await work(messages.map((message) => message.string()));
          await Promise.all(messages.map((message, index) => settle(message, dealt[index] ?? { dead: [] })));
          error = dealt.find((one) => one.again !== undefined)?.again;
        } catch (failure) {
          error = failure;
          for (const message of messages) comeAgain(message);
        }
        if (error === undefined) continue;
        onError(error);
        // What is away will be for a moment; whatever else waits is asked for after it.
        if (isPassing(error)) await pause(again.firstMs, undefined, { signal }).catch(() => {});
        /* oxlint-enable no-await-in-loop */
      }
    },
    waiting: async () => {
      const { num_pending: pending, num_ack_pending: begun } = await manager.consumers.info(name, durable);
      return pending + begun;
    },
    dead: () => count(aside.stream),
    close: () => connection.drain(),
  };
}

type Stream = Parameters<JetStreamManager["streams"]["add"]>[0];

/** Makes a stream that is kept in files, where it is missing. */
async function addStream(
  manager: JetStreamManager,
  config: Stream & { readonly name: string },
): Promise<void> {
  await manager.streams
    .info(config.name)
    .catch(() => manager.streams.add({ ...config, storage: StorageType.File }));
}
