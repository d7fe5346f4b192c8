import { type Socket, connect } from "node:net";
import { AnswerReader } from "./wire.ts";

/** What was seen of a server under load. */
export interface Run {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds from sending to the last byte of the answer, sorted. */
  readonly latencies: Float64Array;
  readonly failures: number;
}

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** The bytes of the next request of a connection. */
  readonly next: (connection: number) => Buffer;
}

const readBytes = 256 * 1024;

/** Asks as fast as the answers come, on so many connections. Ends with the last answer that was asked for in time. */
export async function drive({ url, connections, seconds, next }: Load): Promise<Run> {
  const { hostname, port } = new URL(url);
  const latencies: number[] = [];
  let failures = 0;
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
        latencies.push(now - sent);
        if (!reader.good) failures += 1;
        if (now < deadline) send();
        else socket.destroy();
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
    requests: latencies.length,
    seconds: (performance.now() - begun) / 1_000,
    latencies: Float64Array.from(latencies).toSorted(),
    failures,
  };
}
