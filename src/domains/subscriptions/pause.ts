import { z } from "zod";
import type { TransactionHost, Writer } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { requireMove } from "../../kit/state-machine.ts";
import { checked } from "../../kit/validate.ts";
import type { Outcome } from "./carry-out.ts";
import { instant } from "./fields.ts";
import { type Decide, operate, target } from "./operate.ts";
import { planned } from "./plan.ts";
import { inTrial } from "./rules/billing-state.ts";
import { subscriptionMachine } from "./status.ts";

export const pauseInput = z.strictObject({
  ...target,
  behavior: z.enum(["KEEP_AS_DRAFT", "MARK_UNCOLLECTIBLE", "VOID"]).nullish(),
  resumesAt: instant.nullish(),
  atPeriodEnd: z.boolean().nullish(),
});
export const resumeInput = z.strictObject(target);

const named = { noun: "The subscription", path: ["subscriptionId"] };

/** Pauses a subscription now, or when its period ends: its periods go on, but nobody is asked to pay for them. */
export function pauseSubscription(host: TransactionHost, writer: Writer, sent: unknown): Promise<Outcome> {
  const input = checked(pauseInput, sent);
  return operate(host, writer, input, decidePause(input));
}

export function decidePause(input: z.infer<typeof pauseInput>): Decide {
  return (situation) => {
    const { now, state } = situation;
    const { subscription } = state;
    const status = requireMove(subscriptionMachine, subscription.status, "pause", named);
    const from = input.atPeriodEnd ? subscription.currentPeriodEnd : now;
    const resumesAt = input.resumesAt ?? null;
    if (resumesAt && resumesAt <= from)
      refuse("INVALID", "resumesAt is after the pause has begun.", ["resumesAt"]);
    const pauseBehavior = input.behavior ?? "KEEP_AS_DRAFT";
    if (input.atPeriodEnd) return planned(situation, { pauseAtPeriodEnd: true, pauseBehavior, resumesAt });
    return planned(
      situation,
      { status, pausedAt: now, pauseAtPeriodEnd: false, pauseBehavior, resumesAt },
      { events: ["subscription.paused"] },
    );
  };
}

/** Ends a pause, or takes back one that was to come. Invoices that the pause has left are left alone. */
export function resumeSubscription(host: TransactionHost, writer: Writer, sent: unknown): Promise<Outcome> {
  const input = checked(resumeInput, sent);
  return operate(host, writer, input, decideResume());
}

export function decideResume(): Decide {
  return (situation) => {
    const { subscription } = situation.state;
    const { status, pauseAtPeriodEnd } = subscription;
    const over = { pauseBehavior: null, pausedAt: null, resumesAt: null, pauseAtPeriodEnd: false };
    if (pauseAtPeriodEnd && status !== "PAUSED") return planned(situation, over);
    const move = inTrial(subscription) ? "startTrial" : "resume";
    const resumed = requireMove(subscriptionMachine, status, status === "PAUSED" ? move : "resume", named);
    return planned(situation, { ...over, status: resumed }, { events: ["subscription.resumed"] });
  };
}
