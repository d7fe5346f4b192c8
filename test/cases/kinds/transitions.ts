import { creditNoteMachine } from "../../../src/domains/credit-notes/status.ts";
import { invoiceMachine } from "../../../src/domains/invoices/status.ts";
import { paymentMachine } from "../../../src/domains/payments/status.ts";
import { subscriptionMachine } from "../../../src/domains/subscriptions/status.ts";
import { type StateMachine, canBecome } from "../../../src/kit/state-machine.ts";

const between =
  <State extends string>(machine: StateMachine<State, string>) =>
  ({ from, to }: { from: State; to: State }) => ({ allowed: canBecome(machine, from, to) });

export const transitions = {
  "payment.transition": between(paymentMachine),
  "credit_note.transition": between(creditNoteMachine),
  "invoice.transition": between(invoiceMachine),
  "subscription.transition": between(subscriptionMachine),
};
