import type { Row } from "../../db/datamodel.ts";
import { objectEvent } from "../../db/changes.ts";
import type { CreditAccount, CreditTransactionType } from "../../db/generated/prisma/enums.ts";
import { decimal, sum } from "../../kit/decimal.ts";
import { newId } from "../../kit/ids.ts";
import { stored } from "../../db/decimals.ts";
import type { Book, WalletRow } from "./book.ts";
import type { GrantPart } from "./burn.ts";
import type { GrantRow } from "./grant-steps.ts";

type TransactionRow = Row<"CreditTransaction">;

/** A movement of a wallet: what it does to grants, and the account on the other side. */
export interface Movement {
  readonly walletId: string;
  readonly type: CreditTransactionType;
  readonly parts: readonly GrantPart[];
  /** Left out, it is the one that the type stands for. */
  readonly against?: CreditAccount;
  /** When it happened, on the customer's clock. */
  readonly at: Date;
  readonly values?: Partial<
    Pick<
      TransactionRow,
      "description" | "grantId" | "invoiceId" | "returnsId" | "idempotencyKey" | "contentHash" | "metadata"
    >
  >;
}

/** The other side of each type of movement. */
const accounts: Readonly<Record<CreditTransactionType, CreditAccount>> = {
  GRANT: "GRANTED",
  PURCHASE: "PURCHASED",
  RECURRENCE: "GRANTED",
  CONSUMPTION: "CONSUMED",
  INVOICE: "INVOICED",
  GIVE_BACK: "INVOICED",
  EXPIRY: "EXPIRED",
  VOID: "REVOKED",
};

/** Moves credit in an open wallet: an entry, and postings that add up to zero. */
export function move(book: Book, { walletId, type, parts, against, at, values }: Movement): TransactionRow {
  const wallet = book.wallets.get(walletId);
  if (!wallet) throw new Error(`the wallet ${walletId} is not open`);
  const amount = sum(parts.map((part) => part.amount));
  const balance = stored(decimal(wallet.balance).plus(amount));
  const { environmentId, customerId } = wallet;
  const entry: TransactionRow = {
    environmentId,
    id: newId(),
    walletId,
    customerId,
    type,
    amount: stored(amount),
    balance,
    description: null,
    grantId: null,
    invoiceId: null,
    returnsId: null,
    idempotencyKey: null,
    contentHash: null,
    metadata: {},
    ...values,
    createdAt: at,
  };
  const sides = [
    ...parts.map((part) => ({
      account: "BALANCE" as const,
      grantId: part.grantId,
      amount: stored(part.amount),
    })),
    { account: against ?? accounts[type], grantId: null, amount: stored(amount.negated()) },
  ];
  book.transactions.push(entry);
  book.postings.push(
    ...sides.map((side, index) => ({ environmentId, transactionId: entry.id, position: index + 1, ...side })),
  );
  book.wallets.set(walletId, { ...wallet, balance } satisfies WalletRow);
  for (const part of parts) {
    const grant = book.grants.get(part.grantId);
    if (!grant) throw new Error(`the grant ${part.grantId} is not open`);
    const remaining = stored(decimal(grant.remaining).plus(part.amount));
    book.grants.set(grant.id, { ...grant, remaining } satisfies GrantRow);
  }
  const { contentHash: _, ...told } = entry;
  book.events.push(objectEvent("credit_transaction.created", told));
  return entry;
}
