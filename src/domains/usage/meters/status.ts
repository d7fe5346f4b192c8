import type { MeterStatus } from "../../../db/generated/prisma/enums.ts";
import type { StateMachine } from "../../../kit/state-machine.ts";

export type MeterMove = "activate" | "archive" | "restore";

/** The life of a meter. A move that leads to where it is changes nothing. */
export const meterMachine: StateMachine<MeterStatus, MeterMove> = {
  DRAFT: { activate: "ACTIVE", archive: "ARCHIVED" },
  ACTIVE: { activate: "ACTIVE", archive: "ARCHIVED", restore: "ACTIVE" },
  ARCHIVED: { archive: "ARCHIVED", restore: "ACTIVE" },
};
