import type { Fault } from "../../../kit/refusal.ts";
import { meets } from "../values/meets.ts";
import { type UnmeasurableReason, measure } from "../values/measure.ts";
import type { EventNames, Known } from "./resolve.ts";
import { untimely, untimelyMessages } from "./window.ts";

/** Why an event was not counted. */
export type IngestReason =
  | "INVALID"
  | "UNKNOWN_METER"
  | "ARCHIVED_METER"
  | "DRAFT_METER"
  | "FILTERED_OUT"
  | UnmeasurableReason
  | "UNKNOWN_CUSTOMER"
  | "ARCHIVED_CUSTOMER"
  | "UNKNOWN_SUBSCRIPTION"
  | "OTHER_CUSTOMER"
  | "IN_FUTURE"
  | "TOO_OLD";

/** An event whose form is right. */
export interface SentEvent extends EventNames {
  readonly quantity?: string | null | undefined;
  readonly timestamp?: Date | null | undefined;
  readonly properties?: Record<string, unknown> | null | undefined;
  readonly idempotencyKey: string;
}

/** What is stored of an event, or why nothing is. */
export type Judgement =
  | { readonly stored: StoredFacts }
  | {
      readonly outcome: "SKIPPED" | "FAILED";
      readonly reason: IngestReason;
      readonly faults: readonly Fault[];
    };

export interface StoredFacts {
  readonly customerId: string;
  readonly meterId: string;
  readonly subscriptionId: string | null;
  readonly quantity: string;
  /** What the meter measures of it, where that is not the quantity. */
  readonly value: string | null;
  /** Whether the meter counts different values of a property. */
  readonly unique: boolean;
  /** Whether the meter tells of thresholds, or is billed while periods run. */
  readonly watched: boolean;
  readonly timestamp: Date;
  readonly properties: Record<string, unknown>;
}

/** Decides on one event, by what is known of all that it names. Faults lead to their place behind `path`. */
export function judge(event: SentEvent, known: Known, path: readonly string[]): Judgement {
  const failed = (reason: IngestReason, code: Fault["code"], message: string, field: string): Judgement => ({
    outcome: "FAILED",
    reason,
    faults: [{ code, message, path: [...path, field] }],
  });
  const { customer: reference, subscriptionId } = event;
  const customer = reference ? known.customer(reference) : undefined;
  const subscription = subscriptionId == null ? undefined : known.subscription(subscriptionId);
  if (reference && !customer) {
    return failed("UNKNOWN_CUSTOMER", "NOT_FOUND", "There is no such customer.", "customer");
  }
  if (subscriptionId != null && !subscription) {
    return failed("UNKNOWN_SUBSCRIPTION", "NOT_FOUND", "There is no such subscription.", "subscriptionId");
  }
  if (customer && subscription && customer.id !== subscription.customerId) {
    const message = "The subscription is another customer's.";
    return failed("OTHER_CUSTOMER", "CONFLICT", message, "subscriptionId");
  }
  const customerId = customer?.id ?? subscription?.customerId;
  if (customerId === undefined) {
    return failed("INVALID", "REQUIRED", "Name a customer or a subscription.", "customer");
  }
  if (!(customer ?? subscription)?.active) {
    const field = customer ? "customer" : "subscriptionId";
    const message = "The customer is archived. Restore it first.";
    return failed("ARCHIVED_CUSTOMER", "ILLEGAL_STATE", message, field);
  }
  const now = known.now(customerId);
  const timestamp = event.timestamp ?? now;
  const reason = untimely(timestamp, now);
  if (reason) return failed(reason, "INVALID", untimelyMessages[reason], "timestamp");
  const skipped = (why: IngestReason): Judgement => ({ outcome: "SKIPPED", reason: why, faults: [] });
  const meter = known.meter(event.name);
  if (!meter) return skipped("UNKNOWN_METER");
  if (meter.status !== "ACTIVE") return skipped(meter.status === "DRAFT" ? "DRAFT_METER" : "ARCHIVED_METER");
  const { quantity: sent, properties: told } = event;
  const [quantity, properties] = [sent ?? "1", told ?? {}];
  if (!meets(properties, meter.filters)) return skipped("FILTERED_OUT");
  const measured = measure(meter, { quantity, properties });
  if ("reason" in measured) return failed(measured.reason, "INVALID", measured.message, "properties");
  return {
    stored: {
      customerId,
      meterId: meter.id,
      subscriptionId: subscription?.id ?? null,
      quantity,
      value: measured.value,
      unique: meter.uniqueKey !== null,
      watched: meter.watched,
      timestamp,
      properties,
    },
  };
}
