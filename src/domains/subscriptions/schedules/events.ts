import { changeEvent, objectEvent } from "../../../db/changes.ts";
import type { EventDraft } from "../../../db/outbox.ts";
import type { Schedule } from "./read.ts";

/** An event about a schedule, with what was there before. */
export function scheduleEvent(type: string, after: Schedule, before: Schedule | null = null): EventDraft {
  const event = before ? changeEvent(type, { before, after }) : objectEvent(type, after);
  return { ...event, objectType: "subscription_schedule" };
}
