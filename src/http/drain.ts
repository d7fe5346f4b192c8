import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { OpenList } from "../kit/open-list.ts";
import type { PageHandler } from "./server.ts";

/** How long each step of taking a server out of service may last, in milliseconds. */
export interface DrainTimes {
  /** It serves as before but says that it is not ready, so that whoever shares out the load sees it in time. */
  readonly noticeMs: number;
  /** It takes no more connections. Those that are open stay for a last request, in case one is on its way. */
  readonly idleMs: number;
  /** Requests under way are answered; those that take longer than this are cut off. */
  readonly mostMs: number;
}

/** Takes a server out of service without losing a request. */
export interface Drain {
  /** Answers `/ready` with 503 once `drain` was called. Goes before the other pages. */
  readonly page: PageHandler;
  /** Has to hear of every request before the server answers it. */
  readonly watch: (request: IncomingMessage, response: ServerResponse) => void;
  /** Closes a server step by step. */
  drain(server: Server, times: DrainTimes): Promise<void>;
}

export function createDrain(): Drain {
  const open = new OpenList<ServerResponse>();
  let notReady = false;
  let closing = false;
  return {
    page: (request, response) => {
      if (!notReady || request.method !== "GET" || request.url?.split("?", 1)[0] !== "/ready")
        return undefined;
      response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "1" });
      return Promise.resolve(void response.end("the server is stopping\n"));
    },
    watch: (_, response) => {
      const place = open.add(response);
      response.on("close", () => open.remove(place));
      if (closing) dismiss(response);
    },
    drain: async (server, { noticeMs, idleMs, mostMs }) => {
      notReady = true;
      await pause(noticeMs);
      // Not before: callers would come back at once by new connections, and closing the door loses those in its queue.
      closing = true;
      const closed = new Promise<void>((resolve) => server.once("close", resolve));
      // Not the `close` of HTTP servers: that cuts idle connections at once, requests on their way included.
      NetServer.prototype.close.call(server);
      for (const response of open.all()) dismiss(response);
      const idle = setTimeout(() => setImmediate(() => server.closeIdleConnections()), idleMs);
      const deadline = setTimeout(() => server.closeAllConnections(), mostMs);
      await closed;
      clearTimeout(idle);
      clearTimeout(deadline);
    },
  };
}

/** Asks the caller to send what comes next by another connection. */
function dismiss(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}
