import type { MeterAggregation } from "../../../db/generated/prisma/enums.ts";
import type { Condition } from "./conditions.ts";

/** Whose usage is read: a customer's, a subscription's of its customer, or that of a meter by all customers. */
export type Parent =
  | { readonly customerId: string; readonly subscriptionId?: string | null }
  | { readonly meterId: string };

/** A half-open span of time. */
export interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** The parts of a figure that are read only where they are asked for. */
export const figureParts = ["total", "eventCount", "firstEventAt", "lastEventAt"] as const;
export type FigurePart = (typeof figureParts)[number] | "current";

/** The most meters that are read of one object: an environment with more has to name those that are wanted. */
export const mostMeters = 100;

export interface UsageQuery {
  /** All of one kind. */
  readonly parents: readonly Parent[];
  readonly spans: readonly Span[];
  /** Which meters of customers and subscriptions; all of the environment when missing. Ids of no meter are passed over. */
  readonly meterIds?: readonly string[] | undefined;
  /** Only events that meet all of these. */
  readonly conditions?: readonly Condition[] | undefined;
  /** The property whose different texts events are told apart by. */
  readonly groupBy?: string | undefined;
  readonly parts: readonly FigurePart[];
  /** The most rows that there may be. */
  readonly most: number;
}

/** Thrown when there are more rows than a query may give. */
export class TooMuchUsage extends Error {}

/** What a meter measured of a parent in a span; figures that were not asked for are missing. */
export interface UsageRow {
  /** The places of the parent and the span in the query. */
  readonly parent: number;
  readonly span: number;
  readonly meterId: string;
  readonly aggregation: MeterAggregation;
  /** The text of the property; null for events without it, for other groups together, and where none is asked for. */
  readonly group: string | null;
  /** How many groups it is of together; 0 for one of its own. */
  readonly otherGroups: number;
  readonly total: string | null;
  /** The figure, but of WEIGHTED_SUM what is held in the end. */
  readonly current: string | null;
  readonly eventCount: bigint;
  readonly firstEventAt: string | null;
  readonly lastEventAt: string | null;
}
