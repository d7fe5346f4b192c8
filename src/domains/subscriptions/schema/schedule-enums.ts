import type {
  ScheduleEndBehavior as EndBehavior,
  ScheduleStatus as Status,
} from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const ScheduleStatus = describedEnum<Status>(
  "SubscriptionScheduleStatus",
  "Where a schedule stands. COMPLETED, CANCELED and RELEASED are final.",
  {
    NOT_STARTED: "Waits for its first phase. Goes on to ACTIVE, CANCELED or RELEASED.",
    ACTIVE: "In one of its phases. Goes on to COMPLETED, CANCELED or RELEASED.",
    COMPLETED: "All phases are over, and its subscription was canceled.",
    CANCELED: "It was canceled, and its subscription with it.",
    RELEASED: "Its subscription goes on without it.",
  },
);

export const ScheduleEndBehavior = describedEnum<EndBehavior>(
  "SubscriptionScheduleEndBehavior",
  "What comes after the last phase, if that has an end.",
  {
    CANCEL: "The subscription is canceled.",
    RELEASE: "The subscription goes on as it was in the last phase.",
  },
);
