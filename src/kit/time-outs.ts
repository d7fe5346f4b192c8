/** How long callers may take, in milliseconds. What they hold meanwhile is memory of everybody's. */
export interface TimeOuts {
  /** For the headers of a request, from its first byte. */
  readonly headersMs: number;
  /** For all of a request, its body included. */
  readonly bodyMs: number;
  /** Until the next request by the same connection. */
  readonly keepAliveMs: number;
  /** For the next piece of an answer, once all that lies between is full. */
  readonly unreadMs: number;
}

export const usualTimeOuts: TimeOuts = {
  headersMs: 10_000,
  bodyMs: 30_000,
  keepAliveMs: 75_000,
  unreadMs: 10_000,
};
