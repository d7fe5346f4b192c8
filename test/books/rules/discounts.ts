import type { Case } from "../case.ts";
import { Fault } from "../fault.ts";
import { discountOf } from "../catalog.ts";

/** A discount has been used as often as invoices have billed a period with it. */
export function discountsAreCounted({ model, ledger }: Case): void {
  const [told] = ledger.subscription?.discounts ?? [];
  if (!model.discount || !told || model.status === "PENDING") return;
  if (model.countIsOpen) {
    model.applied = told.cyclesApplied;
    model.countIsOpen = false;
  }
  if (discountOf(model.discount).duration === "FOREVER" || told.cyclesApplied === model.applied) return;
  throw new Fault(
    "discounts-are-counted",
    `${model.discount} was used for ${model.applied} periods, told are ${told.cyclesApplied}`,
  );
}
