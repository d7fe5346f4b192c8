import { z } from "zod";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { text } from "../../kit/validate.ts";
import { lockCustomers } from "../customers/index.ts";
import {
  type Redeemed,
  giveRedemptionsBack,
  redeem,
  redemptionsOf,
  requireRedeemable,
  takenOff,
} from "../discounts/index.ts";
import type { InvoiceRow } from "./compose.ts";
import type { DiscountDraft, InvoiceLineDraft } from "./draft.ts";

/** Codes of discounts, in the order in which they are taken off. */
export const discountCodes = z.array(text(50)).max(10, "must have at most 10 entries");

/** An invoice that codes are redeemed for. */
interface Buyer extends Pick<InvoiceRow, "id" | "customerId" | "currency"> {
  readonly lines: readonly Pick<InvoiceLineDraft, "productId">[];
  readonly now: Date;
}

/** The redemptions of codes that may be redeemed for an invoice, whose customer is locked; they are to be written once the invoice is there. */
export async function redemptionsFor(
  transaction: Transaction,
  codes: readonly string[],
  { id: invoiceId, customerId, currency, lines, now }: Buyer,
  except: ReadonlySet<string> = new Set(),
): Promise<Redeemed[]> {
  const redeemable = await requireRedeemable(
    transaction,
    codes.flatMap((code, index) =>
      except.has(code.toUpperCase()) ? [] : [{ code, path: ["discountCodes", String(index)] }],
    ),
    {
      customerId,
      currency,
      productIds: lines.flatMap(({ productId }) => productId ?? []),
      for: "INVOICE",
      now,
    },
  );
  return redemptionsOf(transaction, redeemable, { customerId, invoiceId, now });
}

/**
 * Puts other codes in the place of those of a draft: what stays is not redeemed again, and what goes is given back. Gives the
 * discounts that the draft has from now on.
 */
export async function replaceDiscounts(
  transaction: Transaction,
  codes: readonly string[],
  buyer: Buyer,
  before: readonly DiscountDraft[],
): Promise<DiscountDraft[]> {
  const wanted = new Set(codes.map((code) => code.toUpperCase()));
  const rows = await transaction.query<{ id: string; code: string }>(Prisma.sql`
    SELECT r.id, d.code FROM discount_redemptions r
    JOIN discounts d ON d.environment_id = r.environment_id AND d.id = r.discount_id
    WHERE r.environment_id = ${transaction.environmentId}::uuid AND r.invoice_id = ${buyer.id}::uuid`);
  const kept = new Map(rows.filter(({ code }) => wanted.has(code)).map(({ id, code }) => [code, id]));
  const gone = rows.filter(({ code }) => !wanted.has(code)).map(({ id }) => id);
  if (gone.length) await giveRedemptionsBack(transaction, { ids: gone });
  // What new customers may redeem is asked by one request at a time.
  await lockCustomers(transaction, [buyer.customerId]);
  const redeemed = await redemptionsFor(transaction, codes, buyer, new Set(kept.keys()));
  await redeem(transaction, redeemed);
  const added = new Map(redeemed.map((one) => [one.discount.code, takenOff(one)]));
  return codes.flatMap((code) => {
    const key = code.toUpperCase();
    return before.find(({ redemptionId }) => redemptionId === kept.get(key)) ?? added.get(key) ?? [];
  });
}
