import type {
  CreditAccount as Account,
  CreditGrantSource as Source,
  CreditGrantStatus as GrantStatus,
  CreditTransactionType as Type,
  WalletPays as Pays,
  WalletStatus as Status,
  WalletUnit as Unit,
} from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const WalletUnit = describedEnum<Unit>("WalletUnit", "What a wallet is counted in.", {
  CURRENCY: "Whole minor units of its currency.",
  CREDITS: "The merchant's own credits, to 12 decimals.",
});

export const WalletStatus = describedEnum<Status>("WalletStatus", "Where a wallet stands.", {
  ACTIVE: "Takes credit in and gives it out. Goes on to CLOSED.",
  CLOSED: "Holds nothing any more. Final.",
});

export const WalletPays = describedEnum<Pays>(
  "WalletPays",
  "Which lines of invoices a wallet pays, after discounts and before tax, when they are finalized.",
  {
    NOTHING: "None: credit goes by `consumeCredits` only.",
    USAGE: "Those that bill what meters measured.",
    EVERYTHING: "All that are above zero.",
  },
);

export const CreditGrantStatus = describedEnum<GrantStatus>(
  "CreditGrantStatus",
  "Where a grant stands. EXPIRED and VOID are final.",
  {
    SCHEDULED: "Begins later. Goes on to ACTIVE or VOID.",
    ACTIVE: "What is left of it can be used. Goes on to EXPIRED or VOID.",
    EXPIRED: "Its time is over: what was left of it is gone.",
    VOID: "What was left of it was taken back.",
  },
);

export const CreditGrantSource = describedEnum<Source>("CreditGrantSource", "Where credit comes from.", {
  GRANT: "The merchant gave it.",
  PURCHASE: "The customer bought a credit pack.",
  TOP_UP: "The customer topped its wallet up.",
});

export const CreditTransactionType = describedEnum<Type>(
  "CreditTransactionType",
  "Why credit of a wallet moved.",
  {
    GRANT: "A grant began.",
    PURCHASE: "Credit was paid for.",
    RECURRENCE: "A grant came again.",
    CONSUMPTION: "It was consumed.",
    INVOICE: "It paid for an invoice.",
    GIVE_BACK: "What was consumed was given back, or the invoice that it had paid for came to nothing.",
    EXPIRY: "It was not used in time.",
    VOID: "It was taken back.",
  },
);

export const CreditAccount = describedEnum<Account>(
  "CreditAccount",
  "An account of a wallet in the double-entry ledger.",
  {
    BALANCE: "What the customer has.",
    GRANTED: "What it was given.",
    PURCHASED: "What it paid for.",
    CONSUMED: "What it consumed.",
    INVOICED: "What paid for invoices.",
    EXPIRED: "What was not used in time.",
    REVOKED: "What was taken back.",
  },
);
