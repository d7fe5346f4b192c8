import { OpenList, type Place } from "./open-list.ts";

/** Something that has a deadline. */
export type Opened<T> = Place<{ readonly one: T; readonly end: number }>;

/**
 * Tells of things that are still open after the same time for all of them. One timer looks at the oldest: opening and closing
 * cost next to nothing, as most things are closed in time.
 */
export class Deadlines<T> {
  readonly #ms: number;
  readonly #over: (late: T) => void;
  readonly #open = new OpenList<{ readonly one: T; readonly end: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, over: (late: T) => void) {
    this.#ms = ms;
    this.#over = over;
  }

  open(one: T): Opened<T> {
    if (!this.#timer) this.#lookIn(this.#ms);
    return this.#open.add({ one, end: performance.now() + this.#ms });
  }

  close(opened: Opened<T>): void {
    this.#open.remove(opened);
  }

  #lookIn(ms: number): void {
    // What is open keeps the process alive by itself.
    this.#timer = setTimeout(() => this.#look(), Math.ceil(ms)).unref();
  }

  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (let oldest = this.#open.first; oldest; oldest = this.#open.first) {
      const { one, end } = oldest.value;
      if (end > now) return this.#lookIn(end - now);
      this.#open.remove(oldest);
      this.#over(one);
    }
  }
}
