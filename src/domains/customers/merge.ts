import type { Row } from "../../db/datamodel.ts";
import { mergedMetadata } from "../../kit/metadata.ts";
import type { CustomerFields } from "./fields.ts";

export type CustomerRow = Row<"Customer">;

/** The columns that callers set. */
export type CustomerValues = Pick<
  CustomerRow,
  | "email"
  | "name"
  | "phone"
  | "companyName"
  | "addressLine1"
  | "addressLine2"
  | "city"
  | "state"
  | "region"
  | "postalCode"
  | "country"
  | "taxId"
  | "taxIdCountry"
  | "notes"
  | "timezone"
  | "merchantRefId"
  | "authUserId"
  | "metadata"
  | "customFields"
>;

/** What a customer has of whom nothing was said. */
export const emptyCustomer: Omit<CustomerValues, "email"> = {
  name: null,
  phone: null,
  companyName: null,
  addressLine1: null,
  addressLine2: null,
  city: null,
  state: null,
  region: null,
  postalCode: null,
  country: null,
  taxId: null,
  taxIdCountry: null,
  notes: null,
  timezone: "UTC",
  merchantRefId: null,
  authUserId: null,
  metadata: {},
  customFields: {},
};

/**
 * The values of a customer after `sent` arrived: what was left out stays, null clears (the time zone back to UTC), and the
 * keys of metadata and custom fields are merged, unless they are to be replaced.
 */
export function mergeFields<V extends Omit<CustomerValues, "email">>(
  stored: V,
  sent: CustomerFields,
  replace: { readonly metadata: boolean; readonly customFields: boolean } = {
    metadata: false,
    customFields: false,
  },
): V & Partial<Pick<CustomerValues, "email">> {
  const { address, metadata, customFields, timezone, ...plain } = sent;
  const merged = { ...stored, ...withoutUndefined(plain) };
  if (timezone !== undefined) merged.timezone = timezone ?? "UTC";
  if (address !== undefined) Object.assign(merged, withoutUndefined(addressValues(address)));
  if (metadata !== undefined) {
    merged.metadata = mergedMetadata(stored.metadata, metadata, replace.metadata);
  }
  if (customFields !== undefined) {
    merged.customFields = mergedMetadata(stored.customFields, customFields, replace.customFields);
  }
  return merged as V;
}

const addressColumns = {
  line1: "addressLine1",
  line2: "addressLine2",
  city: "city",
  state: "state",
  region: "region",
  postalCode: "postalCode",
  country: "country",
} as const;

function addressValues(address: CustomerFields["address"]): Record<string, unknown> {
  const parts = Object.keys(addressColumns) as (keyof typeof addressColumns)[];
  return Object.fromEntries(parts.map((part) => [addressColumns[part], address ? address[part] : null]));
}

function withoutUndefined(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
