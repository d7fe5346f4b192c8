import { z } from "zod";
import { objectEvent } from "../../db/changes.ts";
import type { Row } from "../../db/datamodel.ts";
import { readByIds } from "../../db/reads.ts";
import type { Transaction } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { type WalletRow, lockActiveCustomer, settlePurchases } from "../credits/index.ts";
import { createInvoices } from "../invoices/index.ts";
import { collect } from "../payments/index.ts";
import { requireTaxRates } from "../subscriptions/index.ts";

export type PurchaseRow = Row<"CreditPurchase">;

/** Credit that is sold is used after what was given, unless the priorities of grants say otherwise. */
const soldPriority = 100;

/** How a sale is paid for. */
export const saleFields = {
  collectionMethod: z.enum(["CHARGE_AUTOMATICALLY", "SEND_INVOICE"]).nullish(),
  taxRates: z.array(z.string()).max(10, "must have at most 10 entries").nullish(),
};

/** Credit that is to be sold. */
interface Sale {
  readonly collectionMethod?: "CHARGE_AUTOMATICALLY" | "SEND_INVOICE" | null | undefined;
  readonly taxRates?: readonly string[] | null | undefined;
  readonly reason: "CREDIT_PURCHASE" | "WALLET_TOP_UP";
  readonly creditPackId: string | null;
  readonly subscriptionId: string | null;
  /** In the unit of the wallet. */
  readonly amount: PurchaseRow["amount"];
  /** Minor units, without tax. */
  readonly price: bigint;
  readonly currency: string;
  readonly description: string;
  readonly now: Date;
}

/**
 * Makes the invoice of a sale, and charges for it: what is charged automatically and declined is refused, and then there is no invoice. What waits
 * for its payment is granted when that comes.
 */
export async function sell(transaction: Transaction, wallet: WalletRow, sale: Sale): Promise<PurchaseRow> {
  const { environmentId } = transaction;
  const { customerId, id: walletId } = wallet;
  const { reason, creditPackId, subscriptionId, amount, price, currency, description, now } = sale;
  await lockActiveCustomer(transaction, customerId, ["wallet"]);
  const [created] = await createInvoices(transaction, [
    {
      customerId,
      subscriptionId,
      billingReason: reason,
      currency,
      collectionMethod: sale.collectionMethod ?? "CHARGE_AUTOMATICALLY",
      lines: [{ description, quantity: 1n, unitAmount: price, amount: price }],
      taxRates: await requireTaxRates(transaction, sale.taxRates ?? [], ["taxRates"]),
      takePending: false,
      finalize: true,
      advanceTo: "SENT",
      now,
    },
  ]);
  if (!created) throw new Error("an invoice was lost");
  const { invoice } = created;
  const purchase: PurchaseRow = {
    environmentId,
    id: newId(),
    walletId,
    customerId,
    invoiceId: invoice.id,
    creditPackId,
    grantId: null,
    status: "PENDING",
    amount,
    priority: soldPriority,
    completedAt: null,
    canceledAt: null,
    createdAt: now,
    updatedAt: now,
  };
  await insertRows(transaction, "CreditPurchase", [purchase]);
  transaction.emit(objectEvent("credit_purchase.created", purchase));
  // With nothing to pay it is paid by now.
  await settlePurchases(transaction, [invoice], now);
  const [outcome] = await collect(transaction, [{ invoice, earlierAttempts: 0 }], now);
  if (outcome === "DECLINED" || outcome === "HARD_DECLINED") {
    const message =
      "The customer's means of payment was declined. Nothing was sold. Send an invoice instead.";
    refuse("PAYMENT_FAILED", message, ["wallet"]);
  }
  const [sold] = await readByIds(transaction, environmentId, "CreditPurchase", [purchase.id]);
  return sold ?? purchase;
}
