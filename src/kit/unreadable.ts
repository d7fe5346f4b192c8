/**
 * Stands for an input value that its scalar could not read. Scalars return it instead of throwing, so that one
 * unreadable date in a batch of a hundred rows is that row's error and not the end of the request.
 */
export class Unreadable {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}
