/**
 * A place in the stream of an environment's events: all events up to it were seen. Events are in the order of their
 * transactions, and of writing within one. Both are whole numbers, as texts.
 */
export interface EventPosition {
  /** Which of the histories the numbers are of: a restored database begins a new one. */
  readonly history: number;
  readonly transaction: string;
  readonly sequence: string;
}

/** Whether `one` is after `other`. */
export function isAfter(one: EventPosition, other: EventPosition): boolean {
  const [first, second] = [BigInt(one.transaction), BigInt(other.transaction)];
  return first === second ? BigInt(one.sequence) > BigInt(other.sequence) : first > second;
}
