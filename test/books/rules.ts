import type { Case } from "./case.ts";
import { billedIsOwed } from "./rules/billed-is-owed.ts";
import { discountsAreCounted } from "./rules/discounts.ts";
import { invoicesAddUp } from "./rules/invoices.ts";
import { neverMoreThanPaid, moneyAddsUp } from "./rules/money.ts";
import { periodByTheRules } from "./rules/periods.ts";
import { taxOfLines } from "./rules/tax.ts";

/** What must hold after every step. Throws a `Fault`. */
export type Rule = (one: Case) => void;

/** The rules that are looked at after each step, by name: `BOOKS_OFF` names those that are left out. */
export const rules: Readonly<Record<string, Rule>> = {
  "invoices-add-up": invoicesAddUp,
  "tax-is-that-of-lines": taxOfLines,
  "never-more-than-paid": neverMoreThanPaid,
  "money-adds-up": moneyAddsUp,
  "period-by-the-rules": periodByTheRules,
  "billed-is-owed": billedIsOwed,
  "discounts-are-counted": discountsAreCounted,
};
