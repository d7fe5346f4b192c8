import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { readByIds } from "../../db/reads.ts";
import { decimal } from "../../kit/decimal.ts";
import { isId } from "../../kit/ids.ts";
import { mergedMetadata, type Metadata } from "../../kit/metadata.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import type { KnownLineDraft } from "./compose.ts";
import { type Edited, editInvoice } from "./edit.ts";
import { lineFrom } from "./line-from.ts";
import { type LineInput, lineInput, mostLines } from "./line-input.ts";
import { readOffers } from "./offers.ts";

const addInput = z.strictObject({
  invoice: z.unknown(),
  lines: z
    .array(lineInput)
    .min(1, "must not be empty")
    .max(mostLines, `must have at most ${mostLines} entries`),
});

/** Adds lines to a draft, behind those that it has. */
export async function addInvoiceLines(host: TransactionHost, writer: Writer, sent: unknown): Promise<Edited> {
  const input = checked(addInput, sent);
  return editInvoice(host, writer, input.invoice, async ({ transaction, invoice, contents }) => {
    const made = await linesFrom(transaction, input.lines, invoice.currency, ["lines"]);
    const inherited =
      contents.lines.findLast(({ kind }) => kind !== "CARRIED_OVER")?.taxRates ?? contents.taxRates;
    const lines = made.map((line) => ({ ...line, taxRates: line.taxRates ?? inherited }));
    return { contents: { ...contents, lines: [...contents.lines, ...lines] } };
  });
}

/** Makes lines of what was sent under `path`. */
export async function linesFrom(
  transaction: Transaction,
  sent: readonly LineInput[],
  currency: string,
  path: readonly string[],
): Promise<KnownLineDraft[]> {
  const offers = await readOffers(transaction, sent);
  return sent.map((line, index) => lineFrom(line, { currency, offers, path: [...path, String(index)] }));
}

const updateInput = z.strictObject({ ...lineInput.shape, line: z.string() });

/**
 * Changes a line of a draft. Another price, product, quantity or unit amount computes the line again; a field that is left
 * out stays as it is.
 */
export async function updateInvoiceLine(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<Edited> {
  const { line: id, ...changes } = checked(updateInput, sent);
  const found = await findLine(host, writer, id);
  return editInvoice(host, writer, { id: found.invoiceId }, async ({ transaction, invoice, contents }) => {
    const before = requireOwn(contents.lines, found.id);
    const wanted = merged(before, changes);
    const offers = await readOffers(transaction, [wanted]);
    const chosen = wanted.price && offers.price(wanted.price, ["price"]).pricingModel === "PAY_WHAT_YOU_WANT";
    const unitAmount = wanted.unitAmount ?? (chosen ? decimal(before.unitAmount).toFixed() : null);
    const made = lineFrom({ ...wanted, unitAmount }, { currency: invoice.currency, offers, path: [] });
    const { createdAt, kind, subscriptionItemId, usageChargeId } = before;
    const kept = {
      id: found.id,
      createdAt,
      kind,
      subscriptionItemId,
      usageChargeId,
      taxRates: made.taxRates ?? before.taxRates,
    };
    const after = { ...made, ...kept };
    return {
      contents: { ...contents, lines: contents.lines.map((line) => (line === before ? after : line)) },
    };
  });
}

/** A stored line as it would be sent, with changes. */
function merged(
  before: KnownLineDraft,
  { quantity, unitAmount, price, product, ...rest }: Partial<LineInput>,
): LineInput {
  const { description, period } = before;
  const metadata = before.metadata as Metadata;
  const priceId = unitAmount == null && product == null ? before.priceId : null;
  const found = price ?? (price === undefined && priceId ? { id: priceId } : null);
  const productId = product === undefined && price == null ? before.productId : null;
  return {
    ...rest,
    description: rest.description === undefined ? description : rest.description,
    period: rest.period === undefined ? period : rest.period,
    metadata: mergedMetadata(metadata, rest.metadata),
    quantity: quantity ?? decimal(before.quantity).toFixed(),
    price: found,
    product: product ?? (productId ? { id: productId } : null),
    unitAmount: unitAmount ?? (found || product ? null : decimal(before.unitAmount).toFixed()),
  };
}

const removeInput = z.strictObject({ line: z.string() });

/** Takes a line off a draft. */
export async function removeInvoiceLine(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<Edited> {
  const input = checked(removeInput, sent);
  const found = await findLine(host, writer, input.line);
  return editInvoice(host, writer, { id: found.invoiceId }, async ({ contents }) => {
    const before = requireOwn(contents.lines, found.id);
    return { contents: { ...contents, lines: contents.lines.filter((line) => line !== before) } };
  });
}

/** Which line is meant, before its invoice is locked. */
async function findLine(host: TransactionHost, writer: Writer, id: string): Promise<Row<"InvoiceLine">> {
  const [line] = isId(id)
    ? await transact(host, writer, (transaction) =>
        readByIds(transaction, writer.environmentId, "InvoiceLine", [id]),
      )
    : [];
  return line ?? refuse("NOT_FOUND", "There is no such line.", ["line"]);
}

function requireOwn(lines: readonly KnownLineDraft[], id: string): KnownLineDraft {
  return lines.find((line) => line.id === id) ?? refuse("NOT_FOUND", "There is no such line.", ["line"]);
}
