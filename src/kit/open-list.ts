/** A place in a list of open things. */
export interface Place<T> {
  readonly value: T;
  before: Place<T> | undefined;
  after: Place<T> | undefined;
}

/**
 * Things that are open for a short time each, in the order of opening. Not a `Set`: when the table of one that has lived for long is made
 * anew, which adding and deleting does all the time, the garbage collector takes what the table before it held for
 * alive, until it looks at the whole heap.
 */
export class OpenList<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;

  add(value: T): Place<T> {
    const last = this.#last;
    const place: Place<T> = { value, before: last, after: undefined };
    if (last) last.after = place;
    else this.#first = place;
    this.#last = place;
    return place;
  }

  /** Takes one out; one that is out already stays out. */
  remove(place: Place<T>): void {
    const { before, after } = place;
    if (before) before.after = after;
    else if (this.#first === place) this.#first = after;
    else return;
    if (after) after.before = before;
    else this.#last = before;
    place.before = undefined;
    place.after = undefined;
  }

  /** The one that was opened first. */
  get first(): Place<T> | undefined {
    return this.#first;
  }

  /** All that are open. */
  all(): T[] {
    const values: T[] = [];
    for (let place = this.#first; place; place = place.after) values.push(place.value);
    return values;
  }
}
