import { changedValues } from "../../db/changes.ts";
import type { Fault } from "../../kit/refusal.ts";
import { staleFault } from "../../kit/upsert.ts";
import { metadataFaults } from "../../kit/metadata.ts";
import type { CustomerFields } from "./fields.ts";
import type { Resolved } from "./identities.ts";
import { type CustomerRow, type CustomerValues, emptyCustomer, mergeFields } from "./merge.ts";

/** A record of another system, checked. */
export interface ExternalRecord {
  readonly source: string;
  readonly externalId: string;
  readonly externalUpdatedAt: string | null;
  readonly fields: CustomerFields;
}

/** What is to be done with a record. */
export type UpsertPlan =
  | { readonly outcome: "FAILED"; readonly faults: readonly Fault[] }
  | { readonly outcome: "STALE"; readonly customer: CustomerRow; readonly faults: readonly Fault[] }
  | {
      readonly outcome: "UNCHANGED";
      readonly customer: CustomerRow;
      readonly touch: string | null;
      readonly warnings: readonly string[];
    }
  | { readonly outcome: "CREATED"; readonly values: CustomerValues }
  | {
      readonly outcome: "UPDATED";
      readonly before: CustomerRow;
      readonly values: Partial<CustomerRow>;
      /** Whether the customer gets the external id: it has none of the source. */
      readonly link: boolean;
      readonly touch: string | null;
      readonly warnings: readonly string[];
    };

/**
 * Decides what a record does to whom it names. The customer that has the external id is updated, unless the record is
 * older than what is stored; failing that, the active customer with the e-mail address is linked, unless it has another
 * external id of the same source; failing that too, a customer is created. `path` leads to the record in the input.
 */
export function planUpsert(record: ExternalRecord, resolved: Resolved, path: readonly string[]): UpsertPlan {
  const { customer, emailOwner } = resolved;
  if (customer) return planUpdate(record, resolved, customer, path);
  if (emailOwner) return planLink(record, resolved, emailOwner, path);
  const { email } = record.fields;
  if (email === undefined) {
    return failed("REQUIRED", "A new customer needs an e-mail address.", [...path, "email"]);
  }
  const values = { ...mergeFields(emptyCustomer, record.fields), email };
  return tooManyKeys(values, path) ?? { outcome: "CREATED", values };
}

function planUpdate(
  { fields, externalUpdatedAt }: ExternalRecord,
  { stale, storedUpdatedAt, linkId, emailOwner }: Resolved,
  customer: CustomerRow,
  path: readonly string[],
): UpsertPlan {
  if (stale) {
    const fault = staleFault(storedUpdatedAt, externalUpdatedAt, path);
    return { outcome: "STALE", customer, faults: [fault] };
  }
  const taken = emailOwner !== null && emailOwner.id !== customer.id;
  const warnings = taken ? ["email was not applied: another active customer has it."] : [];
  const after = mergeFields(customer, taken ? { ...fields, email: undefined } : fields);
  // A customer that is known by an old id only has lost the newer one to somebody else, and gets the old one back.
  const link = linkId === null;
  if (!link && !changedValues(customer, after)) {
    const newer = externalUpdatedAt !== null && externalUpdatedAt !== storedUpdatedAt;
    return { outcome: "UNCHANGED", customer, touch: newer ? linkId : null, warnings };
  }
  // The stored time is written even where it is the same: that fails, and starts over, if it has moved on meanwhile.
  const touch = externalUpdatedAt === null ? null : linkId;
  return (
    tooManyKeys(after, path) ?? {
      outcome: "UPDATED",
      before: customer,
      values: after,
      link,
      touch,
      warnings,
    }
  );
}

function planLink(
  { source, externalId, fields }: ExternalRecord,
  { emailOwnerExternalId }: Resolved,
  owner: CustomerRow,
  path: readonly string[],
): UpsertPlan {
  if (emailOwnerExternalId !== null) {
    const message = `The e-mail address belongs to the customer that ${source} calls ${emailOwnerExternalId}.`;
    return failed("EMAIL_TAKEN", message, [...path, "email"]);
  }
  const warnings = [
    `The customer was found by its e-mail address and is now linked to ${source} ${externalId}.`,
  ];
  const values = mergeFields(owner, fields);
  return (
    tooManyKeys(values, path) ?? {
      outcome: "UPDATED",
      before: owner,
      values,
      link: true,
      touch: null,
      warnings,
    }
  );
}

function tooManyKeys(
  values: Pick<CustomerValues, "metadata" | "customFields">,
  path: readonly string[],
): UpsertPlan | null {
  const faults = [
    ...metadataFaults(values.metadata, [...path, "metadata"]),
    ...metadataFaults(values.customFields, [...path, "customFields"]),
  ];
  return faults.length ? { outcome: "FAILED", faults } : null;
}

function failed(code: Fault["code"], message: string, path: readonly string[]): UpsertPlan {
  return { outcome: "FAILED", faults: [{ code, message, path }] };
}
