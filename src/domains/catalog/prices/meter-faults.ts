import type { Fault } from "../../../kit/refusal.ts";

/** What of a definition has to do with a meter. */
interface MeteredDefinition {
  readonly type: "ONE_TIME" | "RECURRING";
  readonly pricingModel?: string | null | undefined;
  readonly usageFilter?: readonly unknown[] | null | undefined;
  readonly filterPriority?: number | null | undefined;
  readonly billZeroUsage?: boolean | null | undefined;
}

/** What of a definition does not fit a price with, or without, a meter. `path` leads to it. */
export function meterFaults(sent: MeteredDefinition, path: readonly string[], metered: boolean): Fault[] {
  const faults: Fault[] = [];
  const fault = (message: string, field: string): void => {
    faults.push({ code: "INVALID", message, path: [...path, field] });
  };
  if (metered) {
    if (sent.type === "ONE_TIME") fault("What a meter measures is billed again and again.", "type");
    if (sent.pricingModel === "PAY_WHAT_YOU_WANT") {
      fault("What a meter measures is not for the customer to price.", "pricingModel");
    }
    return faults;
  }
  for (const field of ["usageFilter", "filterPriority", "billZeroUsage"] as const) {
    if (sent[field] != null) fault(`A price without a meter has no ${field}: leave it out.`, field);
  }
  return faults;
}
