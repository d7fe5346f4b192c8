import { iso } from "../calendar.ts";
import type { Case } from "../case.ts";
import { Fault } from "../fault.ts";

/** The period that the product tells is the one that the rules lead to. */
export function periodByTheRules({ model, ledger }: Case): void {
  const told = ledger.subscription;
  if (!told || model.over || model.status === "UNPAID" || !model.period.billed) return;
  const { from, to } = model.period;
  const ends = model.cancelAt === null && model.endsOn === null && model.uncertainUntil <= model.now;
  if (told.from === from && (!ends || told.to === to)) return;
  throw new Fault(
    "period-by-the-rules",
    `expected ${iso(from)} to ${iso(to)}, is ${iso(told.from)} to ${iso(told.to)}`,
  );
}
