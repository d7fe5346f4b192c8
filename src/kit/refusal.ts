/**
 * What a caller can cause, and so can mend. `path` leads to the wrong part of the input, list indexes included:
 * `["customers", "3", "email"]`. Further facts (timestamps, allowed moves) stand in `details`.
 */
export interface Fault {
  readonly code: FaultCode;
  readonly message: string;
  readonly path: readonly string[];
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Every code a fault may carry, with what it means. The GraphQL enum `UserErrorCode` is made from this table. */
export const faultCodes = {
  INVALID: "The value does not have the form that the field asks for.",
  REQUIRED: "The value is missing or empty.",
  TOO_LONG: "The text is longer, or the list has more entries, than the field allows.",
  TOO_MANY: "More rows were sent than one request may carry.",
  NOT_FOUND: "No such object is visible to this key.",
  CONFLICT: "The change clashes with the state of another object.",
  EMAIL_TAKEN: "Another active customer has this e-mail address.",
  EXTERNAL_ID_TAKEN: "The external id belongs to another customer.",
  STALE_UPDATE: "The record's `externalUpdatedAt` is older than the stored one, so it was not applied.",
  VERSION_MISMATCH: "The object has changed since the version that the caller expected.",
  LIMIT_EXCEEDED: "The change would go beyond a limit that was set.",
  INSUFFICIENT_CREDITS: "The wallet holds less than is to be used.",
  PAYMENT_FAILED: "The customer's means of payment was declined.",
  ILLEGAL_STATE: "The object's state does not allow this operation.",
  CONTACT_MISSING: "The customer has no address or number for that channel.",
} as const;

export type FaultCode = keyof typeof faultCodes;

/** Thrown by a use case that refuses its input: nothing was changed, and `faults` say why. */
export class Refusal extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map((fault) => fault.message).join(" "));
    this.name = "Refusal";
    this.faults = faults;
  }
}

/** Refuses with a single fault. */
export function refuse(
  code: FaultCode,
  message: string,
  path: readonly string[] = [],
  details?: Fault["details"],
): never {
  throw new Refusal([details ? { code, message, path, details } : { code, message, path }]);
}
