import type { StateMachine } from "../../../kit/state-machine.ts";

export type ScheduleState = "NOT_STARTED" | "ACTIVE" | "COMPLETED" | "CANCELED" | "RELEASED";

export type ScheduleMove = "start" | "update" | "complete" | "cancel" | "release";

/** The life of a schedule: it waits for its first phase, goes through its phases, and is over. */
export const scheduleMachine: StateMachine<ScheduleState, ScheduleMove> = {
  NOT_STARTED: { start: "ACTIVE", update: "NOT_STARTED", cancel: "CANCELED", release: "RELEASED" },
  ACTIVE: { update: "ACTIVE", complete: "COMPLETED", cancel: "CANCELED", release: "RELEASED" },
  COMPLETED: {},
  CANCELED: {},
  RELEASED: {},
};
