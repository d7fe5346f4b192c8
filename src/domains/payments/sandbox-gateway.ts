import type { Charge, ChargeOutcome, PaymentGateway } from "./gateway.ts";

const declined = { status: "DECLINED", code: "card_declined", hard: false } as const;

const behaviors: ReadonlyMap<unknown, (charge: Charge) => ChargeOutcome> = new Map([
  ["succeed", succeed],
  ["decline", () => declined],
  ["hard_decline", () => ({ status: "DECLINED", code: "stolen_card", hard: true })],
  ["decline_then_succeed", (charge) => (charge.earlierAttempts ? succeed(charge) : declined)],
]);

/**
 * The gateway of test mode. It moves no money and calls nobody: what the metadata of a customer says under
 * `sandbox_payment` (`succeed`, `decline`, `hard_decline`, `decline_then_succeed`) happens, and without it charges succeed.
 */
export const sandboxGateway: PaymentGateway = {
  name: "sandbox",
  charge: async (charges) =>
    charges.map((charge) => (behaviors.get(charge.customerMetadata["sandbox_payment"]) ?? succeed)(charge)),
};

function succeed({ idempotencyKey }: Charge): ChargeOutcome {
  return { status: "SUCCEEDED", reference: `sandbox:${idempotencyKey}` };
}
