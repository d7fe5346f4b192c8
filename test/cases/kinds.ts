import { creditNotes } from "./kinds/credit-notes.ts";
import { credits } from "./kinds/credits.ts";
import { invoices } from "./kinds/invoices.ts";
import { periods } from "./kinds/periods.ts";
import { prices } from "./kinds/prices.ts";
import { proration } from "./kinds/proration.ts";
import { rounding } from "./kinds/rounding.ts";
import { transitions } from "./kinds/transitions.ts";
import { usage } from "./kinds/usage.ts";
import { usagePrices } from "./kinds/usage-prices.ts";

/** What computes each kind of case. An adapter reads the input and calls a function: it computes nothing itself. */
export const kinds: ReadonlyMap<string, (input: never) => unknown> = new Map(
  Object.entries({
    ...rounding,
    ...periods,
    ...prices,
    ...usagePrices,
    ...proration,
    ...invoices,
    ...creditNotes,
    ...usage,
    ...credits,
    ...transitions,
  }),
);
