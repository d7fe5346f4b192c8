import type { Instant } from "./calendar.ts";
import type { Simulation } from "./simulation.ts";
import type { StepKind } from "./states.ts";

export interface Step {
  readonly at: Instant;
  readonly kind: StepKind;
}

/** What a subscription does next by itself. Of steps at one instant the first of this list comes first. */
export function nextStep(model: Simulation): Step | null {
  if (model.over) return null;
  const steps: Step[] = [];
  if (model.endsOn !== null) steps.push({ at: model.endsOn, kind: "EXPIRE" });
  if (model.cancelAt !== null) steps.push({ at: model.cancelAt, kind: "CANCEL" });
  if (model.status === "PAUSED" && model.resumesAt !== null) {
    steps.push({ at: model.resumesAt, kind: "RESUME" });
  }
  const { to } = model.period;
  if (model.status === "PENDING") {
    steps.push(model.period.billed ? { at: to, kind: "EXPIRE" } : { at: model.start, kind: "START" });
  } else if (model.cancelAtPeriodEnd) {
    steps.push({ at: to, kind: "CANCEL" });
  } else if (model.status !== "UNPAID") {
    const done = model.maxCycles !== null && model.cycles >= model.maxCycles;
    const kind = model.status === "TRIALING" ? "END_TRIAL" : "RENEW";
    steps.push({ at: to, kind: done ? "EXPIRE" : kind });
  }
  return steps.toSorted((some, other) => some.at - other.at)[0] ?? null;
}
