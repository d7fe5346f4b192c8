import { equals, idEquals, isOneOf, isWithin } from "../../db/conditions.ts";
import { columnOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { BenefitType, GrantEffect } from "../../db/generated/prisma/enums.ts";
import { byInstant, byNumber } from "../../db/orders.ts";
import type { Context } from "../../graph/context.ts";
import { loader } from "../../graph/loaders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange } from "../../graph/values.ts";
import { decimal } from "../../kit/decimal.ts";
import { type Entitlement, readEntitlements } from "./access/read.ts";
import type { Asked } from "./access/statement.ts";

export interface BenefitFilter {
  readonly key?: string | null | undefined;
  readonly type?: readonly BenefitType[] | null | undefined;
  readonly category?: string | null | undefined;
  readonly active?: boolean | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const benefits: List<"Benefit", BenefitFilter> = {
  model: "Benefit",
  orders: {
    CREATED_AT: byInstant("Benefit", "createdAt"),
    DISPLAY_ORDER: byNumber("Benefit", "displayOrder"),
  },
  where: (filter) => [
    ...equals(columnOf("Benefit", "key"), filter.key),
    ...isOneOf(columnOf("Benefit", "type"), filter.type),
    ...equals(columnOf("Benefit", "category"), filter.category),
    ...equals(columnOf("Benefit", "active"), filter.active),
    ...isWithin(columnOf("Benefit", "createdAt"), filter.created),
  ],
};

export interface ProductBenefitFilter {
  readonly productId?: string | null | undefined;
  readonly benefitId?: string | null | undefined;
}

export const productBenefits: List<"ProductBenefit", ProductBenefitFilter> = {
  model: "ProductBenefit",
  orders: { CREATED_AT: byInstant("ProductBenefit", "createdAt") },
  where: (filter) => [
    ...idEquals(columnOf("ProductBenefit", "productId"), filter.productId),
    ...idEquals(columnOf("ProductBenefit", "benefitId"), filter.benefitId),
  ],
};

export interface GrantFilter {
  readonly customerId?: string | null | undefined;
  readonly benefitId?: string | null | undefined;
  readonly effect?: GrantEffect | null | undefined;
  readonly revoked?: boolean | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const grants: List<"EntitlementGrant", GrantFilter> = {
  model: "EntitlementGrant",
  orders: { CREATED_AT: byInstant("EntitlementGrant", "createdAt") },
  where: (filter) => [
    ...idEquals(columnOf("EntitlementGrant", "customerId"), filter.customerId),
    ...idEquals(columnOf("EntitlementGrant", "benefitId"), filter.benefitId),
    ...equals(columnOf("EntitlementGrant", "effect"), filter.effect),
    ...isSet(columnOf("EntitlementGrant", "revokedAt"), filter.revoked),
    ...isWithin(columnOf("EntitlementGrant", "createdAt"), filter.created),
  ],
};

export interface SeatFilter {
  readonly customerId?: string | null | undefined;
  readonly subscriptionItemId?: string | null | undefined;
  readonly benefitId?: string | null | undefined;
  readonly userId?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly assigned?: boolean | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const seats: List<"Seat", SeatFilter> = {
  model: "Seat",
  orders: { CREATED_AT: byInstant("Seat", "createdAt") },
  where: (filter) => [
    ...idEquals(columnOf("Seat", "customerId"), filter.customerId),
    ...idEquals(columnOf("Seat", "subscriptionItemId"), filter.subscriptionItemId),
    ...idEquals(columnOf("Seat", "benefitId"), filter.benefitId),
    ...equals(columnOf("Seat", "userId"), filter.userId),
    ...equals(columnOf("Seat", "email"), filter.email?.toLowerCase()),
    ...isSet(columnOf("Seat", "unassignedAt"), filter.assigned == null ? null : !filter.assigned),
    ...isWithin(columnOf("Seat", "createdAt"), filter.created),
  ],
};

export interface QuotaFilter {
  readonly customerId?: string | null | undefined;
  readonly benefitId?: string | null | undefined;
}

export const quotas: List<"QuotaBalance", QuotaFilter> = {
  model: "QuotaBalance",
  orders: { CREATED_AT: byInstant("QuotaBalance", "createdAt") },
  where: (filter) => [
    ...idEquals(columnOf("QuotaBalance", "customerId"), filter.customerId),
    ...idEquals(columnOf("QuotaBalance", "benefitId"), filter.benefitId),
  ],
};

function isSet(column: Prisma.Sql, wanted: boolean | null | undefined): Prisma.Sql[] {
  if (wanted == null) return [];
  return [wanted ? Prisma.sql`${column} IS NOT NULL` : Prisma.sql`${column} IS NULL`];
}

/** What is asked of one customer by the keys of benefits. */
export interface Check {
  readonly customer: Asked["customer"];
  readonly keys: readonly string[];
  readonly person?: Asked["person"];
  /** How much is about to be used. */
  readonly quantity?: string | null | undefined;
}

/** What a customer may do with the benefits of these keys, in their order; null for no customer. One statement for all that is asked at a level. */
export function loadChecks(context: Context, check: Check): Promise<Entitlement[] | null> {
  return loader<Entitlement[] | null>(context, "entitlementChecks", async (texts) => {
    const checks = texts.map((text) => JSON.parse(text) as Check);
    const asked = checks.flatMap(({ customer, keys, person, quantity }) =>
      keys.map((key) => ({ customer, key, person, quantity: quantity == null ? null : decimal(quantity) })),
    );
    const answers = await readEntitlements(context.reads, context.viewer.environmentId, asked, new Date());
    let place = 0;
    return checks.map(({ keys }) => {
      const own = answers.slice(place, (place += keys.length));
      return own.every((one) => one !== null) ? own.flat() : null;
    });
  }).load(JSON.stringify(check));
}

/** Which of a customer's entitlements. */
export interface EntitlementFilter {
  readonly keys?: readonly string[] | null | undefined;
  readonly type?: readonly BenefitType[] | null | undefined;
  readonly category?: string | null | undefined;
  readonly includeExpired?: boolean | null | undefined;
}

/** All that a customer has been given; of all customers of a level in one statement, whatever they are filtered by. */
export async function loadEntitlements(
  context: Context,
  customerId: string,
  { keys, type, category, includeExpired }: EntitlementFilter,
): Promise<Entitlement[]> {
  const all = await loader<Entitlement[]>(context, "entitlementsOfCustomer", async (ids) => {
    const asked = ids.map((id) => ({ customer: { id }, key: null }));
    const answers = await readEntitlements(context.reads, context.viewer.environmentId, asked, new Date());
    return answers.map((one) => one ?? []);
  }).load(customerId);
  return all.filter(
    (one) =>
      (includeExpired || one.status !== "CANCELED" || one.reason === "REVOKED") &&
      (keys?.includes(one.key) ?? true) &&
      (type == null || (one.type !== null && type.includes(one.type))) &&
      (category == null || one.category === category),
  );
}
