import { EventEmitter } from "node:events";
import { Socket } from "node:net";
import pg from "pg";
import { Deadlines } from "../../kit/deadlines.ts";
import { silence } from "../silence.ts";
import { WireSocket } from "./socket.ts";
import { splitter } from "./splitter.ts";
import { type Awaited, Submission } from "./submission.ts";

/** The parts of a client of node-postgres that reading goes through. */
interface Parts {
  readonly connection: { attachListeners(stream: EventEmitter): void };
  readonly connectionParameters: { readonly query_timeout?: number | false };
  readonly _queryable: boolean;
  readonly _ending: boolean;
  readonly _queryQueue: object[];
  _getActiveQuery(): unknown;
  _handleReadyForQuery(message: { readonly status: string }): void;
  _pulseQueryQueue(): void;
}

const readyForQuery = "Z".charCodeAt(0);

/** A client whose statements may read their rows themselves; all else goes the way of node-postgres. */
export class WireClient extends pg.Client {
  constructor(config: pg.ClientConfig = {}) {
    // Under TLS another stream reads from the socket.
    const stream = ({ ssl }: { readonly ssl?: unknown }) => (ssl ? new Socket() : new WireSocket());
    super({ stream, ...config } as pg.ClientConfig);
    const client = this as unknown as Parts;
    this.#takeOverReading(client);
    this.#takeOverStatements(client);
  }

  #takeOverReading(client: Parts): void {
    const { connection } = client;
    const usual = connection.attachListeners;
    connection.attachListeners = (stream) => {
      const others = new EventEmitter();
      usual.call(connection, others);
      let active: Submission;
      const taker = {
        takeRows: (bytes: Buffer, from: number, to: number) => active.takeRows(bytes, from, to),
        takeMessage: (type: number, bytes: Buffer, at: number) => {
          if (type !== readyForQuery) return active.takeMessage(type);
          client._handleReadyForQuery({ status: String.fromCharCode(bytes[at] ?? 0) });
          return true;
        },
      };
      const takerNow = () => {
        const query = client._getActiveQuery();
        if (!(query instanceof Submission)) return undefined;
        active = query;
        return taker;
      };
      const own = stream instanceof WireSocket;
      // What others are given they may keep.
      const pass = (bytes: Buffer) => void others.emit("data", own ? Buffer.from(bytes) : bytes);
      const take = splitter(takerNow, pass, own);
      if (own) stream.taker = take;
      else stream.on("data", take);
    };
  }

  /** A statement of ours goes to its place in the queue without a timer of its own. */
  #takeOverStatements(client: Parts): void {
    const usual = this.query.bind(this) as (...args: unknown[]) => unknown;
    const timeout = client.connectionParameters.query_timeout;
    const deadlines = timeout ? silenceAfter(timeout) : undefined;
    const query = (statement: unknown, ...more: unknown[]): unknown => {
      const isOurs = statement instanceof Submission && client._queryable && !client._ending;
      if (!isOurs) return usual(statement, ...more);
      statement.watch(deadlines);
      client._queryQueue.push(statement);
      client._pulseQueryQueue();
      return statement;
    };
    this.query = query as typeof this.query;
  }
}

const silences = new Map<number, Deadlines<Awaited>>();

/** Ends the statements that get no answer within so many milliseconds. */
function silenceAfter(ms: number): Deadlines<Awaited> {
  let deadlines = silences.get(ms);
  if (!deadlines) {
    deadlines = new Deadlines(ms, (statement) => statement.giveUp(silence()));
    silences.set(ms, deadlines);
  }
  return deadlines;
}
