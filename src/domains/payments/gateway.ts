/** Money that a customer's means of payment is to be charged with. */
export interface Charge {
  /** The same for the same attempt at the same invoice, so that a gateway can tell a repeated call from a new one. */
  readonly idempotencyKey: string;
  readonly invoiceId: string;
  readonly customerId: string;
  readonly customerMetadata: Readonly<Record<string, unknown>>;
  /** Minor units of the currency. */
  readonly amount: bigint;
  readonly currency: string;
  /** How often it was tried before, from 0. */
  readonly earlierAttempts: number;
}

/** What came of a charge. */
export type ChargeOutcome =
  | { readonly status: "SUCCEEDED"; readonly reference: string }
  | {
      readonly status: "DECLINED";
      readonly code: string;
      /** Whether trying again is of no use: a stolen card, a closed account. */
      readonly hard: boolean;
    };

/** Whoever moves the money. */
export interface PaymentGateway {
  /** As payments name it. */
  readonly name: string;
  /** Tries charges, and gives what came of each, in their order. */
  charge(charges: readonly Charge[]): Promise<readonly ChargeOutcome[]>;
}
