/** How long a line may be, in milliseconds of waiting: after a burst, which ends, and once somebody has waited all the time for a while. */
const burstMs = 1_000;
const standingMs = 250;
const aWhileMs = 500;

/** The part of the last interval in the average. */
const weight = 1 / 16;

/** How fast those who wait in a line have their turns. */
export class Pace {
  /** The average time from one turn to the next, in milliseconds, while somebody waits. */
  #interval = 0;
  #servedAt = 0;
  #waiting = 0;
  #waitingSince = 0;

  joined(): void {
    if (!this.#waiting) this.#waitingSince = this.#servedAt = performance.now();
    this.#waiting += 1;
  }

  left(): void {
    this.#waiting -= 1;
  }

  served(): void {
    const now = performance.now();
    const interval = now - this.#servedAt;
    this.#interval = this.#interval ? this.#interval + weight * (interval - this.#interval) : interval;
    this.#servedAt = now;
    this.#waiting -= 1;
  }

  /** Whether so many turns come soon enough. */
  bears(turns: number): boolean {
    const stands = this.#waiting > 0 && performance.now() - this.#waitingSince > aWhileMs;
    return turns * this.#interval <= (stands ? standingMs : burstMs);
  }

  /** In how many seconds so many turns will have been. */
  secondsFor(turns: number): number {
    return Math.min(30, Math.max(1, Math.ceil((turns * this.#interval) / 1_000)));
  }
}
