/**
 * Stands for an input value that its scalar could not read. Scalars return it instead of throwing, so that one
 * unreadable date in a batch of a hundred rows is that row's error and not the end of the request.
 */
export class Unreadable {
  readonly reason: string;
  /** What was sent. */
  readonly sent: unknown;

  constructor(reason: string, sent: unknown = null) {
    this.reason = reason;
    this.sent = sent;
  }

  /** Where an input is told back to its sender, it reads as it was sent. */
  toJSON(): unknown {
    return this.sent;
  }
}
