/** The resources that a key's scopes speak of. */
export const resources = [
  "clocks",
  "credit_notes",
  "credits",
  "customers",
  "discounts",
  "entitlements",
  "events",
  "invoices",
  "meters",
  "prices",
  "products",
  "settings",
  "subscription_schedules",
  "subscriptions",
  "tax_rates",
  "usage",
] as const;

export type Resource = (typeof resources)[number];

/** What an operation asks of a key: to read, or to write, one kind of resource. */
export type Scope = `${Resource}:${"read" | "write"}`;

/** Every scope that a key may hold, with the wildcards. */
export const grantableScopes: readonly string[] = [
  "*",
  ...resources.flatMap((resource) => [`${resource}:read`, `${resource}:write`, `${resource}:*`]),
];

/** Whether a key with `granted` scopes may do what `needed` asks. Writing does not include reading. */
export function covers(granted: readonly string[], needed: Scope): boolean {
  return (
    granted.includes(needed) ||
    granted.includes("*") ||
    granted.includes(`${needed.slice(0, needed.indexOf(":"))}:*`)
  );
}
