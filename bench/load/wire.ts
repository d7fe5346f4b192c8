/** Where requests go, and what each has in its head. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A whole HTTP request as bytes. */
export function requestBytes({ url, headers }: Target, body: string): Buffer {
  const { host, pathname } = new URL(url);
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    "content-type: application/json",
    "accept: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

const headEnd = Buffer.from("\r\n\r\n");
const lastChunk = "0\r\n\r\n";

/** Follows the answers on one connection, with as little work as possible: their bodies are not read. */
export class AnswerReader {
  #remaining = 0;
  #chunked = false;
  #tail = "";
  #inBody = false;
  /** Whether the last answer was a good one: status 200, and no errors at its start. */
  good = false;
  /** In how many milliseconds whoever sent the last answer wants to be asked again; 0 where it does not say. */
  retryAfterMs = 0;

  /** Takes what came; true once the answer is whole. */
  take(bytes: Buffer): boolean {
    if (this.#inBody) return this.#body(bytes);
    const end = bytes.indexOf(headEnd);
    // A head comes in one piece: it is the first thing written to an idle connection.
    if (end < 0) throw new Error("an answer whose head came in pieces");
    const head = bytes.toString("latin1", 0, end).toLowerCase();
    this.retryAfterMs = 1_000 * Number(/\nretry-after: *(\d+)/.exec(head)?.[1] ?? 0);
    const body = bytes.subarray(end + 4);
    const length = /\ncontent-length: *(\d+)/.exec(head)?.[1];
    this.#chunked = length === undefined;
    this.#remaining = Number(length ?? 0);
    this.#tail = "";
    this.#inBody = true;
    this.good = head.startsWith("http/1.1 200") && !body.toString("latin1", 0, 24).includes('{"errors"');
    return this.#body(body);
  }

  #body(bytes: Buffer): boolean {
    if (this.#chunked) {
      this.#tail = (this.#tail + bytes.toString("latin1", Math.max(0, bytes.length - 5))).slice(-5);
      this.#inBody = this.#tail !== lastChunk;
    } else {
      this.#remaining -= bytes.length;
      this.#inBody = this.#remaining > 0;
    }
    return !this.#inBody;
  }
}
