export { type Collected, type Collection, collect } from "./collect.ts";
export type { Charge, ChargeOutcome, PaymentGateway } from "./gateway.ts";
