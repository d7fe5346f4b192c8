import type { Row } from "../../../db/datamodel.ts";
import type { Fault } from "../../../kit/refusal.ts";
import type { Surroundings } from "./known.ts";
import type { ExternalInvoice } from "./record.ts";

/** Why a record is not applied. */
export interface NoPlan {
  readonly outcome: "FAILED" | "STALE";
  readonly faults: readonly Fault[];
}

/** The customer that a record names; null when it names none. */
export function customerOf(
  record: ExternalInvoice,
  { customers, known }: Surroundings,
): Row<"Customer"> | NoPlan | null {
  if (record.customer == null) return null;
  const customer = customers.get(record);
  const path = [...record.path, "customer"];
  if (!customer) return failed("NOT_FOUND", "There is no such customer.", path);
  const billed = known.get(record.externalId)?.invoice.customerId === customer.id;
  if (customer.status === "ARCHIVED" && !billed) {
    return failed("ILLEGAL_STATE", "The customer is archived, and cannot be billed.", path);
  }
  return customer;
}

/** One warning for each line whose product there is not. */
export function unknownProducts({ lines }: ExternalInvoice, { productIds }: Surroundings): string[] {
  return (lines ?? []).flatMap((line, index) =>
    line.product != null && !productIds.has(line)
      ? [`lines ${index} names no product that there is: the line is without one.`]
      : [],
  );
}

/** A record whose number is somebody else's. */
export function numberTaken({ path }: ExternalInvoice): NoPlan {
  return failed("CONFLICT", "Another invoice has this number.", [...path, "number"]);
}

/** A record that fails for one reason. */
export function failed(code: Fault["code"], message: string, path: readonly string[]): NoPlan {
  return { outcome: "FAILED", faults: [{ code, message, path }] };
}
