import {
  AckPolicy,
  type JsMsg,
  RetentionPolicy,
  StorageType,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Away } from "../db/unavailable.ts";

/** A durable stream of texts: what was appended is kept until somebody has dealt with it. */
export interface DurableStream {
  /** Resolves when the stream has the text for good. */
  append(text: string): Promise<void>;
  /**
   * Hands texts on, some at a time, until `signal` aborts. Those for which `work` resolves are done with; when it rejects, they come again
   * a moment later, as they do when this process ends before.
   */
  consume(work: (texts: readonly string[]) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** How many texts wait. */
  waiting(): Promise<number>;
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
const again = { ms: 1_000 };
const atOnce = 20;
/** How long to wait for texts, in milliseconds, before asking for them anew. */
const waitMs = 1_000;

/** A stream of JetStream, kept in files by the NATS server. */
export async function natsStream({ server, name, onError, ...user }: NatsOptions): Promise<DurableStream> {
  const connection = await connect({
    servers: server,
    ...user,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
  });
  const manager = await jetstreamManager(connection);
  const subject = `${name}.batches`;
  const config = {
    name,
    subjects: [subject],
    storage: StorageType.File,
    retention: RetentionPolicy.Workqueue,
  };
  await manager.streams.info(name).catch(() => manager.streams.add(config));
  const durable = "store";
  await manager.consumers.info(name, durable).catch(() =>
    manager.consumers.add(name, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: dealtWithin,
    }),
  );
  const client = jetstream(connection);
  const done = (messages: readonly JsMsg[]) => Promise.all(messages.map((message) => message.ackAck()));
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
        try {
          /* oxlint-disable no-await-in-loop -- one handful after the other */
          for await (const message of await consumer.fetch({ max_messages: atOnce, expires: waitMs })) {
            messages.push(message);
          }
          if (!messages.length) continue;
          await work(messages.map((message) => message.string()));
          await done(messages);
          /* oxlint-enable no-await-in-loop */
        } catch (error) {
          onError(error);
          for (const message of messages) message.nak(again.ms);
        }
      }
    },
    waiting: async () => {
      const { num_pending: pending, num_ack_pending: begun } = await manager.consumers.info(name, durable);
      return pending + begun;
    },
    close: () => connection.drain(),
  };
}
