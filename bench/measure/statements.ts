import { type AddressInfo, connect, createServer } from "node:net";

/** Stands between a server and PostgreSQL and counts the statements that pass. */
export interface StatementCounter {
  /** The URL of the database, by way of the counter. */
  readonly databaseUrl: string;
  /** How many statements have been run so far, BEGIN and COMMIT included. */
  readonly count: () => number;
  readonly close: () => void;
}

/** `Query` and `Execute` of PostgreSQL's protocol: each runs one statement. */
const runs = new Set(["Q".charCodeAt(0), "E".charCodeAt(0)]);

export async function countStatements(databaseUrl: string): Promise<StatementCounter> {
  const { hostname, port } = new URL(databaseUrl);
  let count = 0;
  const server = createServer((client) => {
    const database = connect(Number(port || 5432), hostname);
    const follow = messageFollower((type) => {
      if (runs.has(type)) count += 1;
    });
    client.on("data", follow);
    client.pipe(database).pipe(client);
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return { databaseUrl: url.href, count: () => count, close: () => server.close() };
}

/** Tells the type of every message of a connection. The first message has none: it is only a length and its rest. */
function messageFollower(onMessage: (type: number) => void): (bytes: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let skip = 0;
  let first = true;
  return (bytes) => {
    pending = pending.length ? Buffer.concat([pending, bytes]) : bytes;
    for (;;) {
      const skipped = Math.min(skip, pending.length);
      pending = pending.subarray(skipped);
      skip -= skipped;
      const head = first ? 4 : 5;
      if (skip > 0 || pending.length < head) return;
      if (!first) onMessage(pending[0] ?? 0);
      // The length counts itself, and not the type.
      skip = pending.readInt32BE(head - 4) + head - 4;
      first = false;
    }
  };
}
