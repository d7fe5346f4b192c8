import { z } from "zod";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { readByIds } from "../../db/reads.ts";
import { decimal } from "../../kit/decimal.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../kit/versions.ts";
import { type Book, fetchGrants } from "./book.ts";
import { openWallet } from "./find.ts";
import type { GrantRow } from "./grant-steps.ts";
import { move } from "./move.ts";
import { changeGrant } from "./settle.ts";
import { writeBook } from "./write-book.ts";

const voidInput = z.strictObject({ grantId: z.string(), reason: clearable(text(500)), expectedVersion });

/** Takes back what is left of a grant; what was used of it stays used. Twice is the same as once; refused once it has expired. */
export async function voidCreditGrant(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ grant: GrantRow }> {
  const input = checked(voidInput, sent);
  return transact(host, writer, async (transaction) => {
    const { environmentId } = transaction;
    const [found] = isId(input.grantId)
      ? await readByIds(transaction, environmentId, "CreditGrant", [input.grantId])
      : [];
    if (!found) return refuse("NOT_FOUND", "There is no such grant.", ["grantId"]);
    const { book, now } = await openWallet(transaction, { id: found.walletId });
    await fetchGrants(transaction, book, [found.id]);
    const grant = book.grants.get(found.id) ?? found;
    checkVersion("grant", grant.version, input.expectedVersion);
    if (grant.status === "VOID") return { grant };
    if (grant.status === "EXPIRED") {
      const details = { state: grant.status, move: "void", allowed: [] };
      refuse("ILLEGAL_STATE", "The grant has expired: nothing is left of it.", ["grantId"], details);
    }
    const [voided] = voidGrants(book, [grant], { reason: input.reason ?? null, now });
    await writeBook(transaction, book);
    return { grant: voided ?? grant };
  });
}

/** Voids grants of an open wallet. */
export function voidGrants(
  book: Book,
  grants: readonly GrantRow[],
  { reason: voidReason, now }: { readonly reason: string | null; readonly now: Date },
): GrantRow[] {
  return grants.map((grant) => {
    const { id: grantId, walletId, remaining } = grant;
    const left = decimal(remaining);
    if (left.gt(0)) {
      const values = { grantId, description: voidReason };
      move(book, { walletId, type: "VOID", parts: [{ grantId, amount: left.negated() }], at: now, values });
    }
    const values: Partial<GrantRow> = { status: "VOID", voidedAt: now, voidReason, nextStepAt: null };
    return changeGrant(book, book.grants.get(grantId) ?? grant, values, "credit_grant.voided", now);
  });
}
