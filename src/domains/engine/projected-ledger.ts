import type { Row } from "../../db/datamodel.ts";
import { netOf, type GiveBack, type LedgerLine, type InvoiceParts } from "../invoices/index.ts";

type Pending = Row<"PendingInvoiceItem">;

/** The ledger after something was posted that is not written: an invoice that will be paid, what will wait, or what lowers amounts due. */
export function posted(
  ledger: readonly LedgerLine[],
  posting: InvoiceParts | readonly Pending[] | readonly GiveBack[],
): readonly LedgerLine[] {
  if ("invoice" in posting) return withInvoice(ledger, posting);
  const back = posting.flatMap((one) =>
    "line" in one
      ? [{ id: one.line.id, net: one.net, period: one.period }]
      : one.sourceLineId
        ? [{ id: one.sourceLineId, net: -one.amount, period: periodOf(one) }]
        : [],
  );
  return withGivenBack(ledger, back);
}

/** What waits for the next invoice and charges something. */
export function waitingLines(pending: readonly Pending[]): LedgerLine[] {
  return pending.flatMap((row) => {
    const period = periodOf(row);
    if (!row.subscriptionItemId || !row.subscriptionId || !period || row.amount <= 0n) return [];
    return [
      {
        id: row.id,
        invoice: null,
        subscriptionId: row.subscriptionId,
        itemId: row.subscriptionItemId,
        usageChargeId: null,
        description: row.description,
        productId: null,
        priceId: null,
        period,
        amount: row.amount,
        discount: 0n,
        prepaid: 0n,
        taxes: [],
        noted: 0n,
        givenBack: [],
      },
    ];
  });
}

function periodOf({ periodStart: start, periodEnd: end }: Pick<Pending, "periodStart" | "periodEnd">) {
  return start && end ? { start, end } : null;
}

function withGivenBack(
  ledger: readonly LedgerLine[],
  back: readonly (LedgerLine["givenBack"][number] & { readonly id: string })[],
): readonly LedgerLine[] {
  const bySource = Map.groupBy(back, ({ id }) => id);
  return ledger.map((line) => {
    const own = bySource.get(line.id);
    return own ? { ...line, givenBack: [...line.givenBack, ...own] } : line;
  });
}

/** What waited for the invoice is on it now, with the same id; what gives something back is posted against its source. */
function withInvoice(
  ledger: readonly LedgerLine[],
  { invoice, lines, taxes }: InvoiceParts,
): readonly LedgerLine[] {
  const { id, status, version, total, credit, subscriptionId } = invoice;
  const paid = {
    id,
    status,
    version,
    total,
    credit,
    amountDue: 0n,
    amountRefunded: 0n,
    notedWhole: 0n,
    paidByLines: 0n,
  };
  const known = new Set(ledger.map((line) => line.id));
  const charged = lines.flatMap((line): LedgerLine[] => {
    const { subscriptionItemId: itemId, periodStart, periodEnd, amount, discount } = line;
    if (!itemId || !periodStart || !periodEnd || amount <= 0n || line.usageChargeId) return [];
    return [
      {
        ...line,
        invoice: { ...paid, status: "PAID" },
        subscriptionId: subscriptionId ?? "",
        itemId,
        period: { start: periodStart, end: periodEnd },
        prepaid: line.prepaidCredit,
        taxes: taxes.flatMap((tax) =>
          tax.lineId === line.id
            ? [{ ...tax, rateId: tax.taxRateId, percentage: tax.percentage.toFixed() }]
            : [],
        ),
        amount,
        discount,
        noted: 0n,
        givenBack: ledger.find((one) => one.id === line.id)?.givenBack ?? [],
      },
    ];
  });
  const back = lines.flatMap((line) =>
    line.sourceLineId && !known.has(line.id)
      ? [{ id: line.sourceLineId, net: -netOf(line), period: periodOf(line) }]
      : [],
  );
  const replaced = new Set(charged.map((line) => line.id));
  return withGivenBack([...ledger.filter((line) => !replaced.has(line.id)), ...charged], back);
}
