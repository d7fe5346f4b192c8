import type { IncomingMessage, ServerResponse } from "node:http";
import compression from "compression";
import { type HeaderSink, securityHeaders } from "./headers.ts";

/**
 * The answer to a request. As long as nothing is written its headers are gathered in the form that `writeHead` takes as it is: each
 * one that is set on a response is checked and stored by itself.
 */
export class Answer implements HeaderSink {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #gathered: (string | number)[] = [...securityHeaders];
  #handedOver = false;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  setHeader(name: string, value: string | number): void {
    if (this.#handedOver) {
      // A stream goes on after its headers have left.
      if (!this.#response.headersSent) this.#response.setHeader(name, value);
      return;
    }
    const at = this.#placeOf(name);
    if (at < 0) this.#gathered.push(name, value);
    else this.#gathered[at + 1] = value;
  }

  removeHeader(name: string): void {
    if (this.#handedOver) return this.#response.removeHeader(name);
    const at = this.#placeOf(name);
    if (at >= 0) this.#gathered.splice(at, 2);
  }

  /** For whoever writes the answer as any response: it has the headers that were set, and is compressed where that pays. */
  handOver(): ServerResponse {
    const response = this.#response;
    if (this.#handedOver) return response;
    this.#handedOver = true;
    if (this.#takesCompressed()) compress(this.#request, response, () => {});
    const headers = this.#gathered;
    for (let at = 0; at < headers.length; at += 2) response.setHeader(String(headers[at]), headers[at + 1]!);
    return response;
  }

  /** Sends the whole answer in one piece: with its length, head and body leave together. */
  send(type: string, text: string | Buffer): void {
    // It was answered already that its time is over.
    if (this.#response.headersSent) return;
    const length = Buffer.byteLength(text);
    this.setHeader("content-type", type);
    this.setHeader("content-length", length);
    if (length >= smallestCompressed && this.#takesCompressed()) this.handOver();
    const response = this.#response;
    if (!this.#handedOver) response.writeHead(200, this.#gathered);
    response.end(text);
  }

  #takesCompressed(): boolean {
    return this.#request.headers["accept-encoding"] !== undefined;
  }

  #placeOf(name: string): number {
    const headers = this.#gathered;
    for (let at = securityHeaders.length; at < headers.length; at += 2) if (headers[at] === name) return at;
    return -1;
  }
}

/** Answers of fewer bytes are sent as they are. */
const smallestCompressed = 1_024;

/** Streams are sent as they are: compressing them would hold events back. */
const isWhole: compression.CompressionFilter = (request, response) => {
  const type = String(response.getHeader("content-type"));
  return !type.startsWith("text/event-stream") && compression.filter(request, response);
};

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** It changes how an answer is written. Pages that are compressed already stay as they are. */
const compress = compression({ threshold: smallestCompressed, filter: isWhole }) as unknown as Middleware;
