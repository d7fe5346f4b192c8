import { createHash } from "node:crypto";
import { z } from "zod";
import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { type Decimal, decimal } from "../../kit/decimal.ts";
import { newMetadata, metadataInput } from "../../kit/metadata.ts";
import { refuse } from "../../kit/refusal.ts";
import { sortedJson } from "../../kit/sorted-json.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { type WalletRow, grantsOf } from "./book.ts";
import { burn } from "./burn.ts";
import { amountIn, creditAmount } from "./fields.ts";
import { openWallet, requireActive, walletReference } from "./find.ts";
import { isUsable } from "./grant-steps.ts";
import { move } from "./move.ts";
import { writeBook } from "./write-book.ts";

const consumeInput = z.strictObject({
  wallet: walletReference,
  amount: creditAmount,
  description: clearable(text(500)),
  metadata: metadataInput.nullish(),
  idempotencyKey: clearable(text(255)),
});

type ConsumeInput = z.infer<typeof consumeInput>;

/** What was consumed, and whether it is new or was consumed by an earlier call with the same key. */
export interface Consumed {
  readonly transaction: Row<"CreditTransaction">;
  readonly wallet: WalletRow;
  readonly created: boolean;
}

/**
 * Uses up credit of a wallet: grants in the order of their priority, then those that expire first, then the oldest. All or nothing:
 * refused when there is not enough.
 */
export async function consumeCredits(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<Consumed> {
  const input = checked(consumeInput, sent);
  return transact(host, writer, async (transaction) => {
    const { book, wallet, now } = await openWallet(transaction, input.wallet);
    const known = await findByKey(transaction, input, wallet);
    if (known) return { transaction: known, wallet, created: false };
    requireActive(wallet);
    const amount = amountIn(wallet, input.amount, ["amount"]);
    const usable = grantsOf(book, wallet.id).filter((grant) => isUsable(grant, now));
    const { parts, missing } = burn(usable, amount);
    if (missing.gt(0)) refuseMissing(amount, missing);
    const entry = move(book, {
      walletId: wallet.id,
      type: "CONSUMPTION",
      parts,
      at: now,
      values: {
        description: input.description ?? null,
        metadata: newMetadata(input.metadata),
        idempotencyKey: input.idempotencyKey ?? null,
        contentHash: input.idempotencyKey == null ? null : contentHash(input, wallet.id),
      },
    });
    await writeBook(transaction, book);
    return { transaction: entry, wallet: book.wallets.get(wallet.id) ?? wallet, created: true };
  });
}

function refuseMissing(wanted: Decimal, missing: Decimal): never {
  const available = wanted.minus(missing).toFixed();
  const message = `Only ${available} can be used, and ${wanted.toFixed()} would be. Grant or sell more first.`;
  return refuse("INSUFFICIENT_CREDITS", message, ["amount"], { available, wanted: wanted.toFixed() });
}

/** What was consumed with this key; refuses a key that was used for something else. */
async function findByKey(
  { environmentId, query }: Transaction,
  input: ConsumeInput,
  wallet: WalletRow,
): Promise<Row<"CreditTransaction"> | null> {
  if (input.idempotencyKey == null) return null;
  const { name, select } = tableOf("CreditTransaction");
  const [entry] = await query<Row<"CreditTransaction">>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.idempotency_key = ${input.idempotencyKey}`);
  if (!entry || entry.contentHash === contentHash(input, wallet.id)) return entry ?? null;
  const message = `The key was used for the transaction ${entry.id}, which says something else. Send a key of its own with each consumption.`;
  return refuse("CONFLICT", message, ["idempotencyKey"], { existingId: entry.id });
}

function contentHash({ amount, description, metadata }: ConsumeInput, walletId: string): string {
  const said = {
    walletId,
    amount: decimal(amount).toFixed(),
    description: description ?? null,
    metadata: metadata ?? {},
  };
  return createHash("sha256").update(sortedJson(said)).digest("hex");
}
