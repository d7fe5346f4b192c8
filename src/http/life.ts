import type { ServerResponse } from "node:http";
import { Abandoned, CallerGone, Wanted } from "../db/abandon.ts";
import { Deadlines, type Opened } from "../kit/deadlines.ts";

/** For how long a stream may wait for its reader, in milliseconds, once all that lies between is full. */
const patienceMs = 10_000;

/** How long a request lives: until it is answered, its caller hangs up, or its time is over. */
export class Life extends Wanted {
  readonly #response: ServerResponse;
  readonly #deadlines: Deadlines<Life>;
  readonly #patience: number;
  readonly #opened: Opened<Life>;

  constructor(response: ServerResponse, deadlines: Deadlines<Life>, patience = patienceMs) {
    super();
    this.#response = response;
    this.#deadlines = deadlines;
    this.#patience = patience;
    this.#opened = deadlines.open(this);
    response.on("close", () => {
      deadlines.close(this.#opened);
      if (!response.writableFinished) this.abandon(new CallerGone());
    });
  }

  /** Takes the deadline away, for an answer that is a stream. Whoever leaves it unread is cut off instead. */
  stayOpen(): void {
    this.#deadlines.close(this.#opened);
    cutOffWhenUnread(this.#response, this.#patience);
  }
}

/** Ends the requests that take longer than this. */
export function requestDeadlines(timeoutMs: number): Deadlines<Life> {
  return new Deadlines(timeoutMs, (life) => life.abandon(new Abandoned("the request took too long")));
}

function cutOffWhenUnread(response: ServerResponse, patience: number): void {
  let unreadSince: number | undefined;
  const watch = setInterval(() => {
    if (!response.writableNeedDrain) unreadSince = undefined;
    else if (unreadSince === undefined) unreadSince = performance.now();
    else if (performance.now() - unreadSince >= patience) response.destroy();
  }, patience / 10);
  response.once("close", () => clearInterval(watch));
}
