import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { requestError } from "../graph/errors.ts";
import { limits } from "./operations/limits.ts";

/** Where a request keeps its body. A map by requests would be a burden to the garbage collector. */
const read = Symbol("body");

interface Read {
  [read]?: Promise<Buffer>;
}

/** The body of a request, which is read once however often it is asked for. Throws INVALID_REQUEST for one that is too large. */
export function bodyOf(request: IncomingMessage & Read): Promise<Buffer> {
  return (request[read] ??= readBody(request));
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () =>
      requestError("INVALID_REQUEST", `The body may have at most ${limits.bodyBytes} bytes.`);
    if (Number(request.headers["content-length"]) > limits.bodyBytes) return reject(tooLarge());
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= limits.bodyBytes) return void parts.push(part);
      // The rest is not kept. The connection stays open for the answer.
      request.pause();
      reject(tooLarge());
    });
    request.on("end", () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
    request.on("error", reject);
  });
}

/** Leaves a body that was read already where Yoga looks for it: as a stream, because of bytes it makes a list of their places. */
export async function leaveBody(request: IncomingMessage & Read): Promise<void> {
  const body = await request[read];
  if (body) Object.assign(request, { body: Readable.from([body]) });
}
