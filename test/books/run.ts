import { Case } from "./case.ts";
import { Fault } from "./fault.ts";
import { mostInvoices } from "./ledger.ts";
import { perform } from "./perform.ts";
import type { Sequence } from "./operations.ts";
import { adoptStatus } from "./run-clock.ts";
import { rules } from "./rules.ts";
import { Broken, type Shop } from "./shop.ts";

/** What came of a sequence. */
export interface Ran {
  readonly operations: number;
  readonly checked: number;
  /** The case as it was left, where it could be opened. */
  readonly one: Case | null;
  readonly fault: { readonly rule: string; readonly message: string; readonly log: readonly string[] } | null;
}

const off = new Set((process.env["BOOKS_OFF"] ?? "").split(",").filter(Boolean));

/** Runs a sequence in the product and the model side by side, and stops at the first rule that does not hold. */
export async function runSequence(
  shops: readonly Shop[],
  { beginning, operations }: Sequence,
  /** The rules that are left out; with ALL only that nothing breaks, and that the clock arrives. */
  ignore: ReadonlySet<string> | "ALL" = off,
): Promise<Ran> {
  const shop = shops[beginning.shop % shops.length];
  if (!shop) throw new Error("there is no shop");
  let done = 0;
  let one: Case | null = null;
  try {
    one = await Case.open(shop, beginning);
    if (!one) return { operations: 1, checked: 0, fault: null, one };
    done += 1;
    check(one, ignore);
    for (const operation of operations) {
      const before = one.ledger;
      // Each step builds on the one before.
      // oxlint-disable-next-line no-await-in-loop
      await perform(one, operation);
      done += 1;
      if (one.ledger.invoices.length >= mostInvoices) break;
      if (one.ledger !== before) check(one, ignore);
    }
    return { operations: done, checked: one.checked, fault: null, one };
  } catch (error) {
    const ran = { operations: done + 1, checked: one?.checked ?? 0, one };
    const rule = error instanceof Broken ? "no-internal-error" : error instanceof Fault ? error.rule : null;
    if (rule === null) throw error;
    // Books that the model does not understand any more say nothing of those that they are held against.
    if (ignore === "ALL" && !essential.has(rule)) return { ...ran, fault: null, one: null };
    if (ignore !== "ALL" && ignore.has(rule)) return { ...ran, fault: null };
    return { ...ran, fault: { rule, message: (error as Error).message, log: one?.log ?? [] } };
  }
}

const essential = new Set(["no-internal-error", "clock-arrives"]);

function check(one: Case, ignore: ReadonlySet<string> | "ALL"): void {
  adoptStatus(one);
  if (ignore === "ALL") return;
  for (const [name, rule] of Object.entries(rules)) if (!ignore.has(name)) rule(one);
}
