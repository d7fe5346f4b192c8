import type { ServerResponse } from "node:http";
import { Abandoned, CallerGone, Wanted } from "../db/abandon.ts";
import { Deadlines, type Opened } from "../kit/deadlines.ts";

/** How long after its deadline, in milliseconds, a request is answered though what it began has not ended. */
const graceMs = 1_500;

/** How long a request lives: until it is answered, its caller hangs up, or its time is over. */
export class Life extends Wanted {
  readonly #response: ServerResponse;
  readonly #deadlines: Deadlines<Life>;
  readonly #patience: number;
  readonly #opened: Opened<Life>;
  #stuck: ((reason: Error) => void) | undefined;

  constructor(response: ServerResponse, deadlines: Deadlines<Life>, patience: number) {
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

  /** Answers by `answer` where the request's time is over and nothing comes of giving it up, as when the database's line is silent. */
  whenStuck(answer: (reason: Error) => void): void {
    this.#stuck = answer;
  }

  /** The time is over. */
  expire(): void {
    const reason = new Abandoned("the request took too long");
    this.abandon(reason);
    setTimeout(() => {
      if (!this.#response.headersSent && !this.#response.destroyed) this.#stuck?.(reason);
    }, graceMs).unref();
  }

  /** Takes the deadline away, for an answer that is a stream. Whoever leaves it unread is cut off instead. */
  stayOpen(): void {
    this.#deadlines.close(this.#opened);
    cutOffWhenUnread(this.#response, this.#patience);
  }
}

/** Ends the requests that take longer than this. */
export function requestDeadlines(timeoutMs: number): Deadlines<Life> {
  return new Deadlines(timeoutMs, (life) => life.expire());
}

function cutOffWhenUnread(response: ServerResponse, patience: number): void {
  if (response.closed) return;
  let unreadSince: number | undefined;
  const watch = setInterval(() => {
    if (!response.writableNeedDrain) unreadSince = undefined;
    else if (unreadSince === undefined) unreadSince = performance.now();
    else if (performance.now() - unreadSince >= patience) response.destroy();
  }, patience / 10);
  response.once("close", () => clearInterval(watch));
}
