import { describe, expect, test } from "vitest";
import { creditNoteMachine } from "../../src/domains/credit-notes/status.ts";
import { invoiceMachine } from "../../src/domains/invoices/status.ts";
import { paymentMachine } from "../../src/domains/payments/status.ts";
import { subscriptionMachine } from "../../src/domains/subscriptions/status.ts";
import { Refusal } from "../../src/kit/refusal.ts";
import {
  type StateMachine,
  allowedStates,
  canBecome,
  requireMove,
  target,
} from "../../src/kit/state-machine.ts";

const tables: [string, StateMachine<string, string>, string][] = [
  ["invoice", invoiceMachine, "DRAFT"],
  ["subscription", subscriptionMachine, "PENDING"],
  ["payment", paymentMachine, "INITIATED"],
  ["credit note", creditNoteMachine, "DRAFT"],
];

test.each(tables)("every state of a %s can be reached from its first", (_, machine, first) => {
  const reached = new Set([first]);
  for (const state of reached) for (const next of allowedStates(machine, state)) reached.add(next);
  expect([...reached].toSorted()).toEqual(Object.keys(machine).toSorted());
});

function refusalOf(attempt: () => unknown): Refusal | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return error instanceof Refusal ? error : null;
  }
}

describe("a move", () => {
  test("leads where the table says", () => {
    expect(requireMove(invoiceMachine, "DRAFT", "finalize", { noun: "The invoice" })).toBe("FINALIZED");
    expect(target(invoiceMachine, "PAID", "void")).toBeNull();
    expect(canBecome(invoiceMachine, "PAID", "PAID")).toBe(true);
  });

  test("that is not allowed is refused with those that are", () => {
    const attempt = () =>
      requireMove(subscriptionMachine, "PAUSED", "pause", {
        noun: "The subscription",
        path: ["subscription"],
      });
    const refusal = refusalOf(attempt);
    expect(refusal?.faults).toMatchObject([
      {
        code: "ILLEGAL_STATE",
        path: ["subscription"],
        details: { state: "PAUSED", move: "pause", allowed: ["resume", "startTrial", "cancel", "expire"] },
      },
    ]);
    expect(refusal?.message).toContain("resume, startTrial, cancel, expire");
  });

  test("from a final state says that there is none", () => {
    expect(() => requireMove(invoiceMachine, "VOID", "send", { noun: "The invoice" })).toThrow(
      "no further moves",
    );
  });
});
