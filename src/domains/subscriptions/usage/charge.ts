import type { Row } from "../../../db/datamodel.ts";
import type { Condition } from "../../usage/index.ts";

export type UsageCharge = Row<"UsageCharge">;

/** A span of time of a metered item, with what it is billed by. */
export type ChargeState = UsageCharge & {
  readonly price: Row<"Price">;
  readonly productName: string;
  /** What invoices call it; null for the name of the product. */
  readonly description: string | null;
};

/** Which events of a meter a charge counts. */
export interface Matching {
  /** All of these hold. */
  readonly only: readonly Condition[];
  /** Not all of any of these: those are another price's. */
  readonly except: readonly (readonly Condition[])[];
}

/** A charge as it is stored. */
export function chargeRow({ price: _, productName: __, description: ___, ...row }: ChargeState): UsageCharge {
  return row;
}
