import type { BenefitType } from "../../../db/generated/prisma/enums.ts";
import { Decimal, sum } from "../../../kit/decimal.ts";
import type { Access, AccessLevel, AccessReason, EntitlementStatus } from "./status.ts";

/** One thing that gives a customer a benefit, or denies it: an item of a subscription, or a grant by hand. */
export interface Source {
  readonly kind: "SUBSCRIPTION" | "GRANT";
  readonly access: Access;
  /** Whether it keeps the customer out, whatever else there is. */
  readonly denies: boolean;
  readonly subscriptionId: string | null;
  readonly subscriptionItemId: string | null;
  readonly grantId: string | null;
  readonly grantedAt: Date;
  readonly expiresAt: Date | null;
  /** Null for no limit. */
  readonly limit: Decimal | null;
  readonly overageAllowed: boolean;
  readonly config: Readonly<Record<string, unknown>>;
  /** What is used of it is counted from here. */
  readonly windowStart: Date | null;
  /** When that starts again from nothing; null for never. */
  readonly windowEnd: Date | null;
  readonly used: Decimal;
  /** How many seats of the pool were taken before the one of the person who was asked for; null when that has none. */
  readonly seatsBefore: number | null;
}

/** What is asked beside the key of a benefit. */
export interface Question {
  /** How much is about to be used; without it, anything at all. */
  readonly quantity?: Decimal | null | undefined;
  /** Whether it is asked for one person, who must have a seat. */
  readonly person?: boolean | undefined;
}

/** What a customer may do with a benefit. */
export interface Decision {
  readonly entitled: boolean;
  readonly reason: AccessReason;
  readonly accessLevel: AccessLevel;
  /** Null when nothing ever gave the customer the benefit. */
  readonly status: EntitlementStatus | null;
  readonly limit: Decimal | null;
  /** Whether it is counted and has no limit. */
  readonly unlimited: boolean;
  readonly overageAllowed: boolean;
  readonly used: Decimal | null;
  readonly remaining: Decimal | null;
  readonly windowStart: Date | null;
  readonly resetsAt: Date | null;
  /** All that gives or denies the benefit, what decides first. */
  readonly sources: readonly Source[];
}

const levels: readonly AccessLevel[] = ["FULL", "PARTIAL", "NONE"];

/** Of what gives no access, the reasons that can be mended come first. */
const reasons: readonly AccessReason[] = [
  "PAYMENT_FAILED",
  "PAUSED",
  "PAYMENT_PENDING",
  "EXPIRED",
  "SUBSCRIPTION_ENDED",
];

const uncounted = {
  limit: null,
  unlimited: false,
  overageAllowed: false,
  used: null,
  remaining: null,
  windowStart: null,
  resetsAt: null,
};

/** The answer where nothing says anything about the benefit. */
export function refused(reason: AccessReason): Decision {
  return { ...uncounted, entitled: false, reason, accessLevel: "NONE", status: null, sources: [] };
}

/**
 * What all that gives a customer a benefit comes to. A denial outweighs the rest, then the widest access counts. Limits
 * whose usage is counted over the same span are added; where spans differ, that one answers which leaves the most.
 */
export function combine(type: BenefitType, all: readonly Source[], question: Question = {}): Decision {
  const sources = all.toSorted(byWeight);
  const [first] = sources;
  if (!first) return refused("NOT_GRANTED");
  const { level: accessLevel, status, reason } = first.access;
  const base = { ...uncounted, reason, accessLevel, status, sources };
  if (accessLevel === "NONE") return { ...base, entitled: false };
  if (type === "BOOLEAN" || type === "STATIC") return { ...base, entitled: true };
  const open = sources.filter(({ access }) => access.level !== "NONE");
  const allowance = widest(type, open);
  const counted = { ...base, ...allowance };
  if (type === "SEATS" && question.person) {
    const seated = open.some(
      ({ seatsBefore, limit }) => seatsBefore !== null && (limit?.gt(seatsBefore) ?? true),
    );
    return { ...counted, entitled: seated, reason: seated ? reason : "NO_SEAT" };
  }
  if (hasRoom(allowance, question.quantity)) return { ...counted, entitled: true };
  const { overageAllowed } = allowance;
  return { ...counted, entitled: overageAllowed, reason: overageAllowed ? "OVERAGE" : "LIMIT_REACHED" };
}

function byWeight(one: Source, other: Source): number {
  return (
    Number(denying(other)) - Number(denying(one)) ||
    levels.indexOf(one.access.level) - levels.indexOf(other.access.level) ||
    reasons.indexOf(one.access.reason) - reasons.indexOf(other.access.reason) ||
    other.grantedAt.getTime() - one.grantedAt.getTime()
  );
}

const denying = ({ denies, access }: Source): boolean => denies && access.reason === "REVOKED";

type Allowance = Pick<
  Decision,
  "limit" | "unlimited" | "overageAllowed" | "used" | "remaining" | "windowStart" | "resetsAt"
>;

/** Of the spans that usage is counted over the one that leaves the most. */
function widest(type: BenefitType, open: readonly Source[]): Allowance {
  const span = ({ windowStart, windowEnd }: Source) =>
    type === "METERED" ? `${windowStart?.getTime()} ${windowEnd?.getTime()}` : "";
  const [best] = [...Map.groupBy(open, span).values()]
    .map((sources) => added(type, sources))
    .toSorted(
      (one, other) =>
        Number(other.unlimited) - Number(one.unlimited) ||
        (other.remaining?.cmp(one.remaining ?? 0) ?? 0) ||
        Number(other.overageAllowed) - Number(one.overageAllowed),
    );
  return best ?? uncounted;
}

function added(type: BenefitType, sources: readonly Source[]): Allowance {
  const limits = sources.flatMap(({ limit }) => (limit ? [limit] : []));
  const unlimited = limits.length < sources.length;
  const limit = unlimited ? null : sum(limits);
  const [first] = sources;
  // Every pool of seats has its own; all else is counted for the customer.
  const used = type === "SEATS" ? sum(sources.map((source) => source.used)) : (first?.used ?? new Decimal(0));
  return {
    limit,
    unlimited,
    overageAllowed: sources.some(({ overageAllowed }) => overageAllowed),
    used,
    remaining: limit && Decimal.max(limit.minus(used), 0),
    windowStart: first?.windowStart ?? null,
    resetsAt: type === "METERED" ? (first?.windowEnd ?? null) : null,
  };
}

function hasRoom({ limit, used }: Allowance, quantity: Decimal | null | undefined): boolean {
  if (limit === null || used === null) return true;
  return quantity ? used.plus(quantity).lte(limit) : used.lt(limit);
}
