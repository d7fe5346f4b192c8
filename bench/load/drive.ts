import { type Socket, connect } from "node:net";
import { AnswerReader } from "./wire.ts";

/** What was seen of a server under load. */
export interface Run {
  /** All that were answered, well or not. */
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds from sending to the last byte of the good answers, sorted. */
  readonly latencies: Float64Array;
  readonly failures: number;
  /** How many of the failures asked for another try later. */
  readonly refusals: number;
}

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** The bytes of the next request of a connection. */
  readonly next: (connection: number) => Buffer;
  /** Whether a connection that is asked to come back later does so, and not at once. */
  readonly patient?: boolean;
}

const readBytes = 256 * 1024;

/** Asks as fast as the answers come, on so many connections. Ends with the last answer that was asked for in time. */
export async function drive({ url, connections, seconds, next, patient = false }: Load): Promise<Run> {
  const { hostname, port } = new URL(url);
  const latencies: number[] = [];
  let [requests, failures, refusals] = [0, 0, 0];
  const begun = performance.now();
  const deadline = begun + seconds * 1_000;

  const runConnection = (connection: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const reader = new AnswerReader();
      const buffer = Buffer.allocUnsafe(readBytes);
      let sent = 0;
      const send = (): void => {
        const bytes = next(connection);
        sent = performance.now();
        socket.write(bytes);
      };
      const answered = (): void => {
        const now = performance.now();
        requests += 1;
        if (reader.good) latencies.push(now - sent);
        else failures += 1;
        const { retryAfterMs } = reader;
        if (!reader.good && retryAfterMs) refusals += 1;
        const wait = patient && !reader.good ? retryAfterMs * (1 + Math.random()) : 0;
        if (now + wait >= deadline) socket.destroy();
        else if (wait) setTimeout(send, wait);
        else send();
      };
      // `onread` leaves out the stream's own buffers, which would cost more than all else here.
      const socket: Socket = connect({
        host: hostname,
        port: Number(port),
        noDelay: true,
        onread: {
          buffer,
          callback: (length) => {
            if (reader.take(buffer.subarray(0, length))) answered();
            return true;
          },
        },
      });
      socket.once("connect", send);
      socket.once("error", reject);
      socket.once("close", () => resolve());
    });

  await Promise.all(Array.from({ length: connections }, (_, connection) => runConnection(connection)));
  return {
    requests,
    seconds: (performance.now() - begun) / 1_000,
    latencies: Float64Array.from(latencies).toSorted(),
    failures,
    refusals,
  };
}
