import type { BenefitType, SubscriptionStatus } from "../../../db/generated/prisma/enums.ts";
import type { Executor } from "../../../db/executor.ts";
import type { Prisma } from "../../../db/generated/prisma/client.ts";
import { type Decimal, decimal } from "../../../kit/decimal.ts";
import { isId } from "../../../kit/ids.ts";
import { usageFigures } from "../../usage/index.ts";
import { type Decision, type Question, type Source, combine, refused } from "./combine.ts";
import { type Asked, sourcesStatement } from "./statement.ts";
import { type Access, accessBy, accessByGrant } from "./status.ts";

/** A question about a customer and a benefit, with what is about to be done. */
export type Inquiry = Asked & Pick<Question, "quantity">;

/** What a customer may do with one benefit. */
export interface Entitlement extends Decision {
  readonly key: string;
  readonly customerId: string;
  /** Null for a key that no benefit has. */
  readonly benefitId: string | null;
  readonly type: BenefitType | null;
  readonly category: string | null;
  readonly config: Readonly<Record<string, unknown>>;
}

interface SourceRow {
  readonly position: number;
  readonly customerId: string;
  readonly now: Date;
  readonly customerStatus: "ACTIVE" | "ARCHIVED";
  readonly benefitId: string | null;
  readonly key: string | null;
  readonly type: BenefitType | null;
  readonly category: string | null;
  readonly displayOrder: number | null;
  readonly benefitConfig: Record<string, unknown> | null;
  readonly kind: Source["kind"] | null;
  readonly subscriptionId: string | null;
  readonly subscriptionItemId: string | null;
  readonly grantId: string | null;
  readonly status: SubscriptionStatus | "ALLOW" | "DENY";
  readonly dunningSince: Date | null;
  readonly dunningRetries: number | null;
  readonly timezone: string;
  readonly retryDays: readonly number[] | null;
  readonly grantedAt: Date;
  readonly expiresAt: Date | null;
  readonly config: Record<string, unknown>;
  readonly limit: Prisma.Decimal | null;
  readonly overageAllowed: boolean;
  readonly windowStart: Date | null;
  readonly windowEnd: Date | null;
  /** Whose figure is used up, up to `countedUntil`; null where nothing can be. */
  readonly meterId: string | null;
  readonly countedUntil: Date;
  readonly used: Prisma.Decimal | bigint | null;
  readonly seatsBefore: number | null;
}

const usualRetryDays = [1, 3, 7];

/**
 * What customers may do, in the order of the questions: one entitlement for a key, and all that a customer has without one;
 * null for a customer that there is not. One statement, however many questions there are, and another one where a
 * meter does not just count or add up.
 */
export async function readEntitlements(
  executor: Executor,
  environmentId: string,
  asked: readonly Inquiry[],
  now: Date,
): Promise<(Entitlement[] | null)[]> {
  const readable = asked.map((one) =>
    "id" in one.customer && !isId(one.customer.id) ? { ...one, customer: nobody } : one,
  );
  const found = await executor.query<SourceRow>(sourcesStatement(environmentId, readable, now));
  const rows = await withAllFigures(executor, environmentId, found);
  const byPosition = Map.groupBy(rows, ({ position }) => position);
  return asked.map((one, index) => {
    const own = byPosition.get(index + 1);
    if (one.key !== null) return own ? [entitlementOf(one, one.key, own)] : null;
    const byKey = Map.groupBy((own ?? []).toSorted(asShown), ({ key }) => key ?? "");
    return [...byKey].map(([key, ofKey]) => entitlementOf(one, key, ofKey));
  });
}

/** The rows with what meters measured that the statement leaves out. */
async function withAllFigures(
  executor: Executor,
  environmentId: string,
  rows: readonly SourceRow[],
): Promise<readonly SourceRow[]> {
  const missing = rows.flatMap((row) => {
    const { customerId, meterId, windowStart: from, countedUntil: to, used } = row;
    return meterId && from && used === null ? [{ row, request: { customerId, meterId, from, to } }] : [];
  });
  if (!missing.length) return rows;
  const figures = await usageFigures(
    executor,
    environmentId,
    missing.map(({ request }) => request),
  );
  const read = new Map(missing.map(({ row }, place) => [row, figures[place]]));
  return rows.map((row) => ({ ...row, used: read.get(row)?.figure ?? row.used }));
}

/** In the order that benefits are shown in. */
function asShown(one: SourceRow, other: SourceRow): number {
  const byOrder = (one.displayOrder ?? 0) - (other.displayOrder ?? 0);
  return byOrder || ((one.key ?? "") < (other.key ?? "") ? -1 : 1);
}

/** No customer has this id. */
const nobody = { id: "00000000-0000-0000-0000-000000000000" };

function entitlementOf({ quantity, person }: Inquiry, key: string, rows: readonly SourceRow[]): Entitlement {
  const [first] = rows;
  if (!first) throw new Error(`nothing was read of ${key}`);
  const { customerId, benefitId, type, category, benefitConfig } = first;
  const decision =
    type === null
      ? refused("UNKNOWN_BENEFIT")
      : combine(type, rows.flatMap(sourceOf), { quantity, person: person !== undefined });
  // What decides has the last word on settings.
  const config = Object.assign(
    {},
    benefitConfig,
    ...decision.sources
      .toReversed()
      .filter(gives)
      .map((one) => one.config),
  );
  return { ...decision, key, customerId, benefitId, type, category, config };
}

const gives = ({ access }: Source): boolean => access.level !== "NONE";

function sourceOf(row: SourceRow): Source[] {
  const { kind, used } = row;
  if (kind === null) return [];
  return [
    {
      ...row,
      kind,
      access: accessOf(row),
      denies: row.status === "DENY",
      limit: exact(row.limit),
      used: exact(used) ?? decimal(0),
    },
  ];
}

function accessOf(row: SourceRow): Access {
  if (row.customerStatus === "ARCHIVED") {
    return { level: "NONE", status: "CANCELED", reason: "CUSTOMER_ARCHIVED" };
  }
  const { status, dunningSince, timezone, expiresAt, now } = row;
  if (status === "ALLOW" || status === "DENY") return accessByGrant({ effect: status, expiresAt }, now);
  const { dunningRetries, retryDays } = row;
  return accessBy(
    {
      status,
      dunningSince,
      dunningRetries: dunningRetries ?? 0,
      timezone,
      retryDays: retryDays ?? usualRetryDays,
    },
    now,
  );
}

/** Usage that was taken back can leave less than nothing. */
function exact(value: Prisma.Decimal | bigint | null): Decimal | null {
  if (value === null) return null;
  const number = decimal(value);
  return number.lt(0) ? decimal(0) : number;
}
