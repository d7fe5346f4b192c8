import { z } from "zod";
import type { TransactionHost, Writer } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, readable } from "../../kit/validate.ts";
import type { InvoiceRow } from "./compose.ts";
import { discountCodes, replaceDiscounts } from "./draft-discounts.ts";
import { editInvoice } from "./edit.ts";
import { invoiceFields } from "./fields.ts";
import { ratesOf } from "./line-from.ts";
import { taxRateIds } from "./line-input.ts";
import { valuesFrom } from "./merge.ts";
import { readOffers } from "./offers.ts";

const updateInput = z.strictObject({
  ...invoiceFields,
  invoice: z.unknown(),
  taxRates: taxRateIds.nullish(),
  discountCodes: discountCodes.nullish(),
  replaceMetadata: z.boolean().nullish(),
  replaceCustomFields: z.boolean().nullish(),
  expectedVersion: readable(z.number().int()).nullish(),
});

/** Changes what was sent of a draft; tax rates are set for all its lines. */
export async function updateInvoice(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<InvoiceRow> {
  const input = checked(updateInput, sent);
  const { expectedVersion } = input;
  const edited = await editInvoice(
    host,
    writer,
    input.invoice,
    async ({ transaction, invoice, contents: before, now }) => {
      if (expectedVersion != null && expectedVersion !== invoice.version) {
        const details = { expectedVersion, currentVersion: invoice.version };
        const message = `The invoice is at version ${invoice.version}, not ${expectedVersion}. Read it again.`;
        refuse("VERSION_MISMATCH", message, ["expectedVersion"], details);
      }
      const replace = {
        metadata: input.replaceMetadata ?? null,
        customFields: input.replaceCustomFields ?? null,
      };
      const after = { ...invoice, ...valuesFrom(input, invoice, replace) };
      const contents =
        input.discountCodes === undefined
          ? before
          : {
              ...before,
              discounts: await replaceDiscounts(
                transaction,
                input.discountCodes ?? [],
                { ...invoice, lines: before.lines, now },
                before.discounts,
              ),
            };
      if (input.taxRates == null) return { invoice: after, ...(contents !== before && { contents }) };
      const offers = await readOffers(transaction, [], input.taxRates);
      const taxRates = ratesOf(input.taxRates, offers, ["taxRates"]);
      return {
        invoice: after,
        contents: { ...contents, lines: contents.lines.map((line) => ({ ...line, taxRates })) },
      };
    },
  );
  return edited.invoice;
}
