import type { Case } from "./case.ts";
import { day, iso, short } from "./calendar.ts";
import type { Operation } from "./operations.ts";

/** Changes when a subscription ends by itself. */
export async function changeEnd(
  one: Case,
  operation: Extract<Operation, { op: "endsOn" | "maxCycles" | "indefinite" }>,
): Promise<void> {
  const { model } = one;
  const endsOn = operation.op === "endsOn" ? one.now + operation.days * day : null;
  const maxCycles = operation.op === "maxCycles" ? Math.max(1, model.cycles + operation.more) : null;
  const input = endsOn
    ? { billingEndsOn: iso(endsOn) }
    : maxCycles
      ? { billingMaxCycles: maxCycles }
      : { billingEndStrategy: "INDEFINITE" };
  if (!(await one.operate("updateSubscription", input))) return;
  takeBackCut(one, () => {
    model.endsOn = endsOn;
    model.maxCycles = maxCycles;
  });
}

/** What of a period is billed beyond an end that is taken back, and when, is not ruled: only what it comes to in the end. */
function takeBackCut(one: Case, change: () => void): void {
  const { model } = one;
  const { period } = model;
  change();
  if (period.to < period.uncut.to && !period.trial) {
    model.uncertainUntil = Math.max(model.uncertainUntil, period.uncut.to);
    period.to = Math.max(period.to, Math.min(one.ledger.subscription?.to ?? 0, period.uncut.to));
  }
}

/** Cancels, pauses, and takes either back. */
export async function performOnLife(one: Case, operation: Operation): Promise<void> {
  const { model } = one;
  switch (operation.op) {
    case "cancelNow": {
      const { prorate } = operation;
      if (!(await one.operate("cancelSubscription", { mode: "NOW", prorate }))) return;
      model.status = "CANCELED";
      model.cancelAt = null;
      model.cancelAtPeriodEnd = false;
      return model.end(one.now, prorate);
    }
    case "cancelAtPeriodEnd":
      if (!(await one.operate("cancelSubscription", { mode: "PERIOD_END" }))) return;
      return takeBackCut(one, () => {
        model.cancelAtPeriodEnd = true;
        model.cancelAt = null;
      });
    case "cancelAt": {
      const cancelAt = one.now + operation.days * day;
      if (!(await one.operate("cancelSubscription", { mode: "AT_DATE", cancelAt: iso(cancelAt) }))) return;
      return takeBackCut(one, () => {
        model.cancelAt = cancelAt;
        model.cancelAtPeriodEnd = false;
      });
    }
    case "reactivate":
      return reactivate(one);
    case "pause":
    case "pauseAtPeriodEnd": {
      const { behavior, resumesIn, op } = operation;
      const atPeriodEnd = op === "pauseAtPeriodEnd";
      const resumesAt =
        resumesIn === undefined ? null : (atPeriodEnd ? model.period.to : one.now) + resumesIn * day;
      const input = { behavior, atPeriodEnd, ...(resumesAt && { resumesAt: iso(resumesAt) }) };
      if (!(await one.operate("pauseSubscription", input))) return;
      if (!atPeriodEnd) return model.pause(one.now, behavior, resumesAt);
      model.pauseAtPeriodEnd = true;
      model.pauseBehavior = behavior;
      model.resumesAt = resumesAt;
      return;
    }
    case "resume":
      if (!(await one.operate("resumeSubscription"))) return;
      if (model.status === "PAUSED") return model.resume(one.now);
      model.pauseAtPeriodEnd = false;
      model.resumesAt = null;
      model.pauseBehavior = null;
      return;
    default:
      return;
  }
}

async function reactivate(one: Case): Promise<void> {
  const { model } = one;
  if (!(await one.operate("reactivateSubscription"))) return;
  const over = model.over;
  model.cancelAtPeriodEnd = false;
  if (!over) return takeBackCut(one, () => void (model.cancelAt = null));
  model.cancelAt = null;
  const last = model.gaps.at(-1);
  if (last?.to === Infinity) model.gaps[model.gaps.length - 1] = { from: last.from, to: one.now };
  const { period } = model;
  const told = one.ledger.subscription?.to ?? period.to;
  if (told > period.to) {
    if (last?.from !== period.to) model.gaps.push({ from: period.to, to: one.now });
    period.to = Math.min(told, period.uncut.to);
  }
  const inTrial = model.trialEnd !== null && model.trialEnd > one.now;
  const future = !period.billed && model.start > one.now;
  model.status = future ? "PENDING" : inTrial ? "TRIALING" : "ACTIVE";
  model.setState(one.now, future ? "PENDING" : inTrial ? "TRIAL" : "ACTIVE");
  const unpaid = ["PAST_DUE", "UNPAID", "PENDING"] as const;
  const told2 = unpaid.find((status) => status === one.status);
  if (told2) model.adopt(told2);
  one.note(`is ${one.status} again, period to ${short(period.to)}`);
}
