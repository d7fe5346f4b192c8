import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { readByIds } from "../../db/reads.ts";
import { Decimal, decimal, sum } from "../../kit/decimal.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { fetchGrants } from "./book.ts";
import type { GrantPart } from "./burn.ts";
import { amountIn, creditAmount } from "./fields.ts";
import { openWallet } from "./find.ts";
import { lapse } from "./lapse.ts";
import { move } from "./move.ts";
import { writeBook } from "./write-book.ts";

const returnInput = z.strictObject({
  transactionId: z.string(),
  amount: creditAmount.nullish(),
  reason: clearable(text(500)),
});

/**
 * Gives back what was consumed, all that is left of it or a part: to the grants that it was taken from, the one that was used last first. What has
 * ended since then lapses at once.
 */
export async function returnCredits(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ transaction: Row<"CreditTransaction"> }> {
  const input = checked(returnInput, sent);
  return transact(host, writer, async (transaction) => {
    const consumed = await requireConsumption(transaction, input.transactionId);
    const { book, wallet, now } = await openWallet(transaction, { id: consumed.walletId });
    const used = await readUsed(transaction, consumed.id);
    const left = sum(used.map(({ amount }) => amount));
    const wanted = input.amount == null ? left : amountIn(wallet, input.amount, ["amount"]);
    if (wanted.gt(left) || left.isZero()) {
      const message = `Only ${left.toFixed()} of it is left to be given back.`;
      refuse("LIMIT_EXCEEDED", message, [input.amount == null ? "transactionId" : "amount"], {
        limit: decimal(consumed.amount).negated().floor().toNumber(),
        used: decimal(consumed.amount).negated().minus(left).floor().toNumber(),
      });
    }
    const parts = partsOf(used, wanted);
    await fetchGrants(
      transaction,
      book,
      parts.map(({ grantId }) => grantId),
    );
    const entry = move(book, {
      walletId: wallet.id,
      type: "GIVE_BACK",
      against: "CONSUMED",
      parts,
      at: now,
      values: { returnsId: consumed.id, description: input.reason ?? null },
    });
    for (const part of parts) lapse(book, wallet.id, part, now);
    await writeBook(transaction, book);
    return { transaction: entry };
  });
}

async function requireConsumption(transaction: Transaction, id: string): Promise<Row<"CreditTransaction">> {
  const [found] = isId(id)
    ? await readByIds(transaction, transaction.environmentId, "CreditTransaction", [id])
    : [];
  if (!found) return refuse("NOT_FOUND", "There is no such transaction.", ["transactionId"]);
  if (found.type === "CONSUMPTION") return found;
  return refuse("INVALID", "Only what was consumed can be given back.", ["transactionId"]);
}

/** What is left used of each grant by a consumption, the one that was used last first. */
async function readUsed({ environmentId, query }: Transaction, id: string): Promise<GrantPart[]> {
  const rows = await query<{ grantId: string; amount: Prisma.Decimal }>(Prisma.sql`
    SELECT p.grant_id AS "grantId", -sum(p.amount) AS amount
    FROM credit_transactions t
    JOIN credit_postings p ON p.environment_id = t.environment_id AND p.transaction_id = t.id
    WHERE t.environment_id = ${environmentId}::uuid AND (t.id = ${id}::uuid OR t.returns_id = ${id}::uuid)
      AND p.grant_id IS NOT NULL
    GROUP BY p.grant_id HAVING sum(p.amount) < 0
    ORDER BY min(p.position) FILTER (WHERE t.id = ${id}::uuid) DESC`);
  return rows.map(({ grantId, amount }) => ({ grantId, amount: decimal(amount) }));
}

function partsOf(used: readonly GrantPart[], wanted: Decimal): GrantPart[] {
  let left = wanted;
  return used.flatMap(({ grantId, amount }) => {
    const part = Decimal.min(amount, left);
    left = left.minus(part);
    return part.isZero() ? [] : [{ grantId, amount: part }];
  });
}
