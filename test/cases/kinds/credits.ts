import { burnDown } from "../../../src/domains/credits/burn-down.ts";
import { ledgerAt } from "../../../src/domains/credits/ledger.ts";
import { payableByWallet, spend } from "../../../src/domains/credits/wallets.ts";
import { majorUnits, minorUnits, toMinorUnits } from "../../../src/kit/money.ts";
import { instant } from "./dates.ts";

interface WalletInput {
  line_amount: string;
  line_discount?: string;
  invoice_discount?: string;
  price_type: string;
  currency: string;
  wallets: { id: string; balance: string }[];
}

interface GrantInput {
  id: string;
  amount: string;
  priority?: number;
  expires_at?: string;
}

interface LedgerInput {
  grants: (GrantInput & { effective_at: string; voided_at?: string; recurs_every_days?: number })[];
  usage: { at: string; quantity: string }[];
  until: string;
}

const grantOf = ({ expires_at, ...grant }: GrantInput) => ({
  ...grant,
  expiresAt: expires_at ? instant(expires_at) : null,
});

export const credits = {
  "wallet.apply": ({
    currency,
    wallets,
    line_discount = "0",
    invoice_discount = "0",
    ...line
  }: WalletInput) => {
    const payable = payableByWallet({
      metered: line.price_type === "USAGE",
      amount: toMinorUnits(line.line_amount, currency),
      discounts: [toMinorUnits(line_discount, currency), toMinorUnits(invoice_discount, currency)],
    });
    const { applied, debits } = spend(
      payable,
      wallets.map(({ id, balance }) => ({ id, balance: minorUnits(balance, currency) })),
    );
    return {
      applied: majorUnits(applied, currency),
      debits: Object.fromEntries([...debits].map(([id, debit]) => [id, majorUnits(debit, currency)])),
    };
  },
  "credit.burn_down": ({ grants, usage }: { grants: GrantInput[]; usage: string }) => {
    const { balances, overage } = burnDown(grants.map(grantOf), usage);
    return { balances: Object.fromEntries(balances), overage };
  },
  "credit.ledger": ({ grants, usage, until }: LedgerInput) => {
    const { balances, overage } = ledgerAt(
      instant(until),
      grants.map((grant) => ({
        ...grantOf(grant),
        effectiveAt: instant(grant.effective_at),
        voidedAt: grant.voided_at ? instant(grant.voided_at) : null,
        recursEveryDays: grant.recurs_every_days,
      })),
      usage.map(({ at, quantity }) => ({ at: instant(at), quantity })),
    );
    return { balances: Object.fromEntries(balances), overage };
  },
};
