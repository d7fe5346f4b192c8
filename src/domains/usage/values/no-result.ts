/** Why there is no value. */
export class NoResult extends Error {
  readonly reason: "NO_VALUE" | "DIVISION_BY_ZERO" | "OUT_OF_RANGE";

  constructor(reason: NoResult["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}
