/** A value, or the promise of one. */
export type Soon<T> = T | Promise<T>;

/** Goes on with a value: at once where it is there already, which saves the promises and turns of waiting for nothing. */
export function andThen<T, R>(value: Soon<T>, then: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}
