import { z } from "zod";
import { objectEvent } from "../../db/changes.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { decimal } from "../../kit/decimal.ts";
import { newId } from "../../kit/ids.ts";
import { newMetadata, metadataInput } from "../../kit/metadata.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { stored } from "../../db/decimals.ts";
import type { Book, WalletRow } from "./book.ts";
import { amountIn, creditAmount, creditFromZero, instant, largestBalance, priority } from "./fields.ts";
import { openWallet, requireActive, walletReference } from "./find.ts";
import { type GrantRow, nextGrantStep } from "./grant-steps.ts";
import { move } from "./move.ts";
import { writeBook } from "./write-book.ts";

const recurrence = z.strictObject({
  interval: z.enum(["DAY", "WEEK", "MONTH", "YEAR"]),
  count: z.number().int().min(1, "must be at least 1").max(1_000, "must be at most 1000").nullish(),
  rollOverLimit: creditFromZero.nullish(),
});

const grantInput = z.strictObject({
  wallet: walletReference,
  amount: creditAmount,
  name: clearable(text(255)),
  priority: priority.nullish(),
  effectiveAt: instant.nullish(),
  expiresAt: instant.nullish(),
  recurrence: recurrence.nullish(),
  metadata: metadataInput.nullish(),
});

/** Gives a customer credit, at once or from an instant on, once or again and again. */
export async function grantCredits(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ grant: GrantRow; wallet: WalletRow }> {
  const input = checked(grantInput, sent);
  return transact(host, writer, async (transaction) => {
    const { book, wallet, now } = await openWallet(transaction, input.wallet);
    requireActive(wallet);
    amountIn(wallet, input.amount, ["amount"]);
    if (input.recurrence?.rollOverLimit != null) {
      amountIn(wallet, input.recurrence.rollOverLimit, ["recurrence", "rollOverLimit"]);
    }
    const effectiveAt = input.effectiveAt ?? now;
    if (effectiveAt < now) refuse("INVALID", "effectiveAt must not be in the past.", ["effectiveAt"]);
    if (input.expiresAt && input.expiresAt <= effectiveAt) {
      refuse("INVALID", "expiresAt must be later than effectiveAt.", ["expiresAt"]);
    }
    const grant = newGrant(wallet, {
      amount: stored(input.amount),
      name: input.name ?? null,
      priority: input.priority ?? 50,
      effectiveAt,
      expiresAt: input.expiresAt ?? null,
      recurrenceInterval: input.recurrence?.interval ?? null,
      recurrenceCount: input.recurrence ? (input.recurrence.count ?? 1) : null,
      rollOverLimit: input.recurrence?.rollOverLimit == null ? null : stored(input.recurrence.rollOverLimit),
      timezone: await timezoneOf(transaction, wallet.customerId),
      metadata: newMetadata(input.metadata),
      status: effectiveAt > now ? "SCHEDULED" : "ACTIVE",
      createdAt: now,
      updatedAt: now,
    });
    const added = addGrant(book, grant, "GRANT");
    await writeBook(transaction, book);
    return { grant: added, wallet: book.wallets.get(wallet.id) ?? wallet };
  });
}

/** Puts a new grant into an open wallet; one that holds already brings its credit. */
export function addGrant(book: Book, grant: GrantRow, type: "GRANT" | "PURCHASE"): GrantRow {
  const { id: grantId, walletId, amount, createdAt: at } = grant;
  const balance = decimal(book.wallets.get(walletId)?.balance ?? 0);
  if (balance.plus(decimal(amount)).gt(largestBalance)) {
    refuse("LIMIT_EXCEEDED", `A wallet holds at most ${largestBalance}.`, ["amount"], {
      limit: largestBalance,
      used: balance.floor().toNumber(),
    });
  }
  book.grants.set(grantId, grant);
  book.events.push(objectEvent("credit_grant.created", { ...grant, remaining: stored(0) }));
  if (grant.status !== "ACTIVE") return grant;
  move(book, { walletId, type, parts: [{ grantId, amount: decimal(amount) }], at, values: { grantId } });
  return book.grants.get(grantId) ?? grant;
}

/** The row of a grant, which has nothing of its amount as yet. */
export function newGrant(
  { environmentId, id: walletId, customerId }: WalletRow,
  values: Pick<GrantRow, "amount" | "priority" | "status" | "effectiveAt" | "createdAt" | "updatedAt"> &
    Partial<GrantRow>,
): GrantRow {
  const grant: GrantRow = {
    environmentId,
    id: newId(),
    walletId,
    customerId,
    name: null,
    source: "GRANT",
    remaining: stored(0),
    expiresAt: null,
    recurrenceInterval: null,
    recurrenceCount: null,
    rollOverLimit: null,
    recurrences: 0,
    timezone: "UTC",
    nextStepAt: null,
    voidedAt: null,
    voidReason: null,
    metadata: {},
    version: 1,
    ...values,
  };
  return { ...grant, nextStepAt: nextGrantStep(grant)?.at ?? null };
}

async function timezoneOf({ environmentId, query }: Transaction, customerId: string): Promise<string> {
  const [row] = await query<{ timezone: string }>(Prisma.sql`
    SELECT c.timezone FROM customers c
    WHERE c.environment_id = ${environmentId}::uuid AND c.id = ${customerId}::uuid`);
  return row?.timezone ?? "UTC";
}
