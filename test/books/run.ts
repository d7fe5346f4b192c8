import { Case, Fault } from "./case.ts";
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
  readonly fault: { readonly rule: string; readonly message: string; readonly log: readonly string[] } | null;
}

const off = new Set((process.env["BOOKS_OFF"] ?? "").split(",").filter(Boolean));

/** Runs a sequence in the product and the model side by side, and stops at the first rule that does not hold. */
export async function runSequence(
  shops: readonly Shop[],
  { beginning, operations }: Sequence,
  ignore: ReadonlySet<string> = off,
): Promise<Ran> {
  const shop = shops[beginning.shop % shops.length];
  if (!shop) throw new Error("there is no shop");
  let done = 0;
  let one: Case | null = null;
  try {
    one = await Case.open(shop, beginning);
    if (!one) return { operations: 1, checked: 0, fault: null };
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
    return { operations: done, checked: one.checked, fault: null };
  } catch (error) {
    const log = one?.log ?? [];
    const counted = { operations: done + 1, checked: one?.checked ?? 0 };
    if (error instanceof Broken) {
      if (ignore.has("no-internal-error")) return { ...counted, fault: null };
      return { ...counted, fault: { rule: "no-internal-error", message: error.message, log } };
    }
    if (!(error instanceof Fault)) throw error;
    if (ignore.has(error.rule)) return { ...counted, fault: null };
    return { ...counted, fault: { rule: error.rule, message: error.message, log } };
  }
}

function check(one: Case, ignore: ReadonlySet<string>): void {
  adoptStatus(one);
  for (const [name, rule] of Object.entries(rules)) if (!ignore.has(name)) rule(one);
}
