import { changeEvent, objectEvent } from "../../db/changes.ts";
import type { EventDraft } from "../../db/outbox.ts";
import { type Subscription, type SubscriptionState, itemRow } from "./state.ts";

/** An event about a subscription, which tells all of it with its items, and what was there before. */
export function subscriptionEvent(
  type: string,
  { subscription, items }: Pick<SubscriptionState, "subscription" | "items">,
  before: Subscription | null = null,
): EventDraft {
  const event = before ? changeEvent(type, { before, after: subscription }) : objectEvent(type, subscription);
  const rows = items.map((item) => {
    const { environmentId: _, ...row } = itemRow(item);
    return row;
  });
  return { ...event, data: { ...(event.data as object), items: rows } };
}
