import { creditAmounts } from "../../../src/domains/credit-notes/estimate.ts";
import { creditEligibility, creditPreview } from "../../../src/domains/credit-notes/limit.ts";
import {
  type Termination,
  refundablePart,
  terminationCredit,
} from "../../../src/domains/credit-notes/termination.ts";
import { majorUnits, toMinorUnits } from "../../../src/kit/money.ts";
import { daysFrom, instant } from "./dates.ts";

interface TerminationInput {
  plan_amount: string;
  fee_amount: string;
  fee_coupon?: string;
  period_from: string;
  period_to: string;
  terminated_at: string;
  timezone: string;
  tax_percent: string;
  paid?: string;
  refund_requested?: boolean;
  invoice_total?: string;
  trial_ends_on?: string;
  replaced_by_upgrade?: boolean;
  already_credited?: string;
}

interface Limit {
  type: "ADJUSTMENT" | "REFUND";
  total: string;
  paid: string;
  already_refunded?: string;
  requested: string;
}

/** The currency of amounts that come without one. */
const unsaid = "USD";

const moneyOf = (total: string, paid: string, credited: string) => ({
  total: toMinorUnits(total, unsaid),
  paid: toMinorUnits(paid, unsaid),
  credited: toMinorUnits(credited, unsaid),
});

export const creditNotes = {
  "credit_note.limit": ({ type, total, paid, already_refunded = "0", requested }: Limit) => {
    const preview = creditPreview(
      type,
      moneyOf(total, paid, already_refunded),
      toMinorUnits(requested, unsaid),
    );
    return { max: majorUnits(preview.maxCreditable, unsaid), accepted: preview.accepted };
  },
  "credit_note.eligibility": ({ total, paid, credited }: Record<"total" | "paid" | "credited", string>) => {
    const { eligible, maxCreditable, reason } = creditEligibility(moneyOf(total, paid, credited));
    return { eligible, max: majorUnits(maxCreditable, unsaid), reason };
  },
  "credit_note.estimate": (input: {
    items: { fee_amount: string; fee_coupon?: string; amount: string }[];
    tax_percent: string;
  }) => {
    const amounts = creditAmounts(
      input.items.map((item) => ({
        lineAmount: item.fee_amount,
        lineDiscount: item.fee_coupon,
        taxPercentage: input.tax_percent,
        amount: item.amount,
      })),
    );
    return {
      coupons: amounts.discount,
      sub_total: amounts.subtotal,
      taxes: amounts.tax,
      total: amounts.total,
    };
  },
  "credit_note.termination": (input: TerminationInput) => {
    const { timezone } = input;
    const termination: Termination = {
      planAmount: input.plan_amount,
      lineAmount: input.fee_amount,
      lineDiscount: input.fee_coupon,
      taxPercentage: input.tax_percent,
      period: daysFrom(input.period_from, input.period_to, timezone),
      terminatedAt: instant(input.terminated_at, timezone),
      zone: timezone,
      replaced: input.replaced_by_upgrade,
      trialEndsAt: input.trial_ends_on ? instant(input.trial_ends_on, timezone) : null,
      credited: input.already_credited,
    };
    const note = terminationCredit(termination);
    if (!note) return { created: false };
    const parts = input.refund_requested
      ? refundablePart(termination, note.total, {
          paid: input.paid ?? "0",
          total: input.invoice_total ?? "0",
        })
      : { refund: 0n, credit: note.total };
    return { created: true, ...note, ...parts };
  },
};
