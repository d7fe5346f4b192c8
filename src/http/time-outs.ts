import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { TimeOuts } from "../kit/time-outs.ts";

/** Where a connection keeps the answer that is under way. A map by connections would be a burden to the garbage collector. */
const answering = Symbol("answering");

interface Connection extends Socket {
  [answering]?: ServerResponse | undefined;
}

/** How often Node looks for requests that take too long, in milliseconds. */
export const lookEveryMs = (times: TimeOuts): number => Math.min(times.headersMs, times.bodyMs, 1_000);

/** Has a server cut off callers who keep it waiting. How long a request may take to be answered is not its concern. */
export function limitTimes(server: Server, times: TimeOuts): void {
  const { headersMs, bodyMs, keepAliveMs, unreadMs } = times;
  server.headersTimeout = headersMs;
  server.requestTimeout = Math.max(bodyMs, headersMs);
  server.keepAliveTimeout = keepAliveMs;
  // Node counts what is written, and whether anything of it was taken: only who takes nothing is quiet.
  server.timeout = unreadMs;
  server.on("timeout", (socket: Connection) => {
    const response = socket[answering];
    if (!response || isUnread(socket, response)) socket.destroy();
    // Else the caller waits for us.
    else socket.setTimeout(unreadMs);
  });
  server.on("connection", (socket) => socket.setTimeout(keepAliveMs));
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection: Connection = socket;
    connection[answering] = response;
    socket.setTimeout(unreadMs);
    response.once("close", () => {
      if (connection[answering] === response) connection[answering] = undefined;
    });
  });
}

function isUnread(socket: Socket, response: ServerResponse): boolean {
  return (
    response.headersSent &&
    (response.writableNeedDrain || response.writableLength + socket.writableLength > 0)
  );
}
