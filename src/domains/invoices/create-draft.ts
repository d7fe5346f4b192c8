import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { newId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { nowFor } from "../clocks/index.ts";
import { customerReference, lockCustomers, requireCustomerId } from "../customers/index.ts";
import { redeem, takenOff } from "../discounts/index.ts";
import type { InvoiceRow } from "./compose.ts";
import { createInvoices } from "./create.ts";
import { discountCodes, redemptionsFor } from "./draft-discounts.ts";
import { currency, invoiceFields, period } from "./fields.ts";
import { lineFrom, ratesOf } from "./line-from.ts";
import { lineInput, mostLines, taxRateIds } from "./line-input.ts";
import { valuesFrom } from "./merge.ts";
import { readOffers } from "./offers.ts";

const newInvoiceInput = z.strictObject({
  ...invoiceFields,
  customer: customerReference,
  currency,
  period: period.nullish(),
  lines: z.array(lineInput).max(mostLines, `must have at most ${mostLines} entries`).nullish(),
  taxRates: taxRateIds.nullish(),
  takePending: z.boolean().nullish(),
  discountCodes: discountCodes.nullish(),
});

/** Creates a draft for an active customer, with lines at prices of the catalog or for amounts of their own. */
export async function createInvoice(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<InvoiceRow> {
  const input = checked(newInvoiceInput, sent);
  return transact(host, writer, async (transaction) => {
    const customer = await lockBillable(transaction, input.customer);
    const now = (await nowFor(transaction, [customer.id])).get(customer.id) ?? transaction.now;
    const lines = input.lines ?? [];
    const offers = await readOffers(transaction, lines, input.taxRates ?? []);
    const { currency: paidIn } = input;
    const billed = lines.map((line, index) =>
      lineFrom(line, { currency: paidIn, offers, path: ["lines", String(index)] }),
    );
    const id = newId();
    const buyer = { id, customerId: customer.id, currency: paidIn, lines: billed, now };
    const redeemed = await redemptionsFor(transaction, input.discountCodes ?? [], buyer);
    const [created] = await createInvoices(transaction, [
      {
        customerId: customer.id,
        billingReason: "MANUAL",
        currency: paidIn,
        collectionMethod: input.collectionMethod ?? "SEND_INVOICE",
        period: input.period,
        lines: billed,
        discounts: redeemed.map(takenOff),
        taxRates: ratesOf(input.taxRates ?? [], offers, ["taxRates"]),
        takePending: input.takePending ?? false,
        finalize: false,
        values: { ...valuesFrom(input), id },
        now,
      },
    ]);
    if (!created) throw new Error("an invoice was lost");
    await redeem(transaction, redeemed);
    return created.invoice;
  });
}

/** The customer that is to be billed, locked; refuses one that is archived. */
async function lockBillable(transaction: Transaction, reference: unknown): Promise<Row<"Customer">> {
  const id = await requireCustomerId(transaction, transaction.environmentId, reference, ["customer"]);
  const customer = (await lockCustomers(transaction, [id])).get(id);
  if (!customer) refuse("NOT_FOUND", "There is no such customer.", ["customer"]);
  if (customer.status === "ARCHIVED") {
    refuse("ILLEGAL_STATE", "The customer is archived, and cannot be billed.", ["customer"]);
  }
  return customer;
}
