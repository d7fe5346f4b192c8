import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { startOver } from "../../../db/changes.ts";
import type { LineTax } from "../../catalog/index.ts";
import type { InvoiceLineDraft } from "../draft.ts";
import { lockInvoices } from "../find.ts";
import type { Postings } from "./give-back.ts";
import type { GivenBack, LedgerInvoice, LedgerLine } from "./fold.ts";

type Reading = Pick<Transaction, "environmentId" | "query">;

/** Whose lines are wanted: those of items for the time after an instant, by subscription, or those of usage charges. */
export type LedgerOf =
  | { readonly subscriptions: readonly { readonly id: string; readonly from: Date }[] }
  | { readonly usageChargeIds: readonly string[] };

interface StoredRow {
  readonly id: string;
  readonly invoice: StoredInvoice | null;
  readonly subscriptionId: string;
  readonly itemId: string;
  readonly usageChargeId: string | null;
  readonly description: string;
  readonly productId: string | null;
  readonly priceId: string | null;
  readonly start: Date;
  readonly end: Date;
  readonly amount: bigint;
  readonly discount: bigint;
  readonly prepaid: bigint;
  readonly taxes: readonly StoredTax[];
  readonly noted: bigint;
  readonly back: readonly { net: number; start: string | null; end: string | null }[];
  readonly sourceLineId: string | null;
}

type StoredInvoice = {
  [F in keyof LedgerInvoice]: LedgerInvoice[F] extends bigint ? number : LedgerInvoice[F];
};
type StoredTax = Omit<LineTax, "amount" | "taxable"> & { amount: number; taxable: number };

/**
 * The lines that have billed something, on whatever invoices or waiting for one, with all that was posted against them; by the end of
 * their time, the earliest first. One statement.
 */
export async function readLedger(reading: Reading, of: LedgerOf): Promise<LedgerLine[]> {
  const none = "subscriptions" in of ? !of.subscriptions.length : !of.usageChargeIds.length;
  if (none) return [];
  const environment = Prisma.sql`${reading.environmentId}::uuid`;
  const wanted =
    "subscriptions" in of
      ? Prisma.sql`unnest(${of.subscriptions.map(({ id }) => id)}::uuid[], ${of.subscriptions.map(({ from }) => from)}::timestamptz[])
          AS w(subscription_id, since)`
      : null;
  const invoiceLines = wanted
    ? Prisma.sql`${wanted}
        JOIN invoices i ON i.environment_id = ${environment} AND i.subscription_id = w.subscription_id
        JOIN invoice_lines l ON l.environment_id = ${environment} AND l.invoice_id = i.id AND l.usage_charge_id IS NULL
          AND l.period_end > w.since AND l.subscription_item_id IS NOT NULL`
    : Prisma.sql`invoice_lines l
        JOIN invoices i ON i.environment_id = ${environment} AND i.id = l.invoice_id
          AND l.usage_charge_id = ANY(${"usageChargeIds" in of ? of.usageChargeIds : []}::uuid[])`;
  const pending = wanted
    ? Prisma.sql`UNION ALL
      SELECT p.id, NULL, p.subscription_id, p.subscription_item_id, NULL, p.description, NULL, NULL, p.period_start, p.period_end,
        p.amount, ${settledDiscount}, 0::bigint, '[]'::json, 0::bigint, ${givenBack(environment, "p")},
        p.source_line_id
      FROM ${wanted}
      JOIN pending_invoice_items p ON p.environment_id = ${environment} AND p.subscription_id = w.subscription_id
      WHERE p.invoice_id IS NULL AND p.period_end > w.since AND p.subscription_item_id IS NOT NULL
      UNION ALL
      SELECT v.id, ${waivedInvoice}, v.subscription_id, v.subscription_item_id, NULL, v.description, NULL, v.price_id,
        v.period_start, v.period_end, v.amount, v.discount, 0::bigint, '[]'::json, 0::bigint, '[]'::json, NULL
      FROM ${wanted}
      JOIN waived_lines v ON v.environment_id = ${environment} AND v.subscription_id = w.subscription_id
      WHERE v.period_end > w.since`
    : Prisma.empty;
  const rows = await reading.query<StoredRow>(Prisma.sql`
    SELECT * FROM (
      SELECT l.id, json_build_object('id', i.id, 'status', i.status, 'version', i.version, 'total', i.total, 'credit', i.credit,
          'amountDue', i.amount_due, 'amountRefunded', i.amount_refunded, 'notedWhole', ${wholeNotes(environment)},
          'paidByLines', ${paidByLines(environment)}) AS invoice,
        i.subscription_id AS "subscriptionId", l.subscription_item_id AS "itemId", l.usage_charge_id AS "usageChargeId",
        l.description, l.product_id AS "productId", l.price_id AS "priceId", l.period_start AS start, l.period_end AS "end",
        l.amount, l.discount, l.prepaid_credit AS prepaid, ${taxes(environment)} AS taxes, ${noted(environment)} AS noted,
        ${givenBack(environment, "l")} AS back, l.source_line_id AS "sourceLineId"
      FROM ${invoiceLines}
      WHERE l.environment_id = ${environment} AND l.period_end IS NOT NULL
      ${pending}
    ) ledger ORDER BY "end", start, id`);
  return linesOf(rows);
}

/** Stands for the draft that was deleted. */
const waivedInvoice = Prisma.sql`json_build_object('id', v.id, 'status', 'VOID', 'version', 0, 'total', 0, 'credit', 0,
  'amountDue', 0, 'amountRefunded', 0, 'notedWhole', 0, 'paidByLines', 0)`;

const settledDiscount = Prisma.sql`coalesce((
  SELECT sum((d ->> 'amount')::bigint) FROM jsonb_array_elements(p.settled -> 'discounts') d), 0)::bigint`;

function taxes(environment: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`coalesce((
    SELECT json_agg(json_build_object('rateId', x.tax_rate_id, 'percentage', x.percentage::text, 'inclusive', x.inclusive,
      'taxable', x.taxable, 'amount', x.amount) ORDER BY x.tax_rate_id)
    FROM invoice_line_taxes x WHERE x.environment_id = ${environment} AND x.line_id = l.id), '[]'::json)`;
}

/** What lines below zero have paid of the others, less what went on to the customer's balance. */
function paidByLines(environment: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT coalesce(-sum(CASE WHEN b.kind = 'CARRIED_OVER' THEN b.amount
      ELSE b.amount - b.discount - b.prepaid_credit + b.tax END), 0)::bigint
    FROM invoice_lines b WHERE b.environment_id = ${environment} AND b.invoice_id = i.id
      AND (b.amount < 0 OR b.kind = 'CARRIED_OVER'))`;
}

function wholeNotes(environment: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT coalesce(sum(n.amount), 0)::bigint FROM credit_notes n
    WHERE n.environment_id = ${environment} AND n.invoice_id = i.id AND n.status <> 'VOID' AND NOT EXISTS (
      SELECT FROM credit_note_lines c
      WHERE c.environment_id = ${environment} AND c.credit_note_id = n.id AND c.invoice_line_id IS NOT NULL))`;
}

function notesOf(environment: Prisma.Sql, what: Prisma.Sql, condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT ${what} FROM credit_note_lines c
    JOIN credit_notes n ON n.environment_id = ${environment} AND n.id = c.credit_note_id
    WHERE c.environment_id = ${environment} AND c.invoice_line_id = l.id AND n.status <> 'VOID' AND ${condition}`;
}

function noted(environment: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(${notesOf(environment, Prisma.sql`coalesce(sum(c.amount), 0)::bigint`, Prisma.sql`c.period_start IS NULL`)})`;
}

/**
 * The parts of the line `source` that other lines give back: `net` before tax, and the time. Lines of invoices that are not void count, and
 * those that wait.
 */
export function givingBack(environment: Prisma.Sql, source: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT -(b.amount - b.discount) AS net, b.period_start, b.period_end FROM invoice_lines b
    JOIN invoices o ON o.environment_id = ${environment} AND o.id = b.invoice_id
    WHERE b.environment_id = ${environment} AND b.source_line_id = ${source} AND o.status <> 'VOID'
    UNION ALL
    SELECT -b.amount, b.period_start, b.period_end FROM pending_invoice_items b
    WHERE b.environment_id = ${environment} AND b.source_line_id = ${source} AND b.invoice_id IS NULL`;
}

/** What was given back of a line: by lines of invoices that are not void, by what waits, and by credit notes for a time. */
function givenBack(environment: Prisma.Sql, table: "l" | "p"): Prisma.Sql {
  const id = Prisma.raw(`${table}.id`);
  const notes =
    table === "l"
      ? Prisma.sql`UNION ALL ${notesOf(environment, Prisma.sql`c.amount, c.period_start, c.period_end`, Prisma.sql`c.period_start IS NOT NULL`)}`
      : Prisma.empty;
  return Prisma.sql`coalesce((SELECT json_agg(json_build_object('net', g.net, 'start', g.period_start, 'end', g.period_end)) FROM (
    ${givingBack(environment, id)}
    ${notes}
  ) g), '[]'::json)`;
}

/**
 * Lines below zero are not lines of the ledger: they are posted against the line that they give back. Those that name none are
 * from before lines did; they are posted against the first line of their item that covers their time.
 */
function linesOf(rows: readonly StoredRow[]): LedgerLine[] {
  const charged = rows.filter(({ amount }) => amount > 0n);
  const orphans = rows.filter(
    ({ amount, sourceLineId, invoice }) => amount < 0n && sourceLineId === null && invoice?.status !== "VOID",
  );
  const adopted = new Map<string, GivenBack[]>();
  for (const orphan of orphans) {
    const parent = charged.find(
      ({ itemId, usageChargeId, start, end }) =>
        itemId === orphan.itemId &&
        usageChargeId === orphan.usageChargeId &&
        start < orphan.end &&
        end > orphan.start,
    );
    if (!parent) continue;
    const one = { net: -orphan.amount, period: { start: orphan.start, end: orphan.end } };
    adopted.set(parent.id, [...(adopted.get(parent.id) ?? []), one]);
  }
  return charged.map((row) => ({
    id: row.id,
    invoice: row.invoice && invoiceOf(row.invoice),
    subscriptionId: row.subscriptionId,
    itemId: row.itemId,
    usageChargeId: row.usageChargeId,
    description: row.description,
    productId: row.productId,
    priceId: row.priceId,
    period: { start: row.start, end: row.end },
    amount: row.amount,
    discount: row.discount,
    prepaid: row.prepaid,
    taxes: row.taxes.map((tax) => ({ ...tax, taxable: BigInt(tax.taxable), amount: BigInt(tax.amount) })),
    noted: row.noted,
    givenBack: [
      ...row.back.map(({ net, start, end }) => ({
        net: BigInt(net),
        period: start && end ? { start: new Date(start), end: new Date(end) } : null,
      })),
      ...(adopted.get(row.id) ?? []),
    ],
  }));
}

function invoiceOf({
  total,
  credit,
  amountDue,
  amountRefunded,
  notedWhole,
  paidByLines: byLines,
  ...rest
}: StoredInvoice): LedgerInvoice {
  return {
    ...rest,
    total: BigInt(total),
    credit: BigInt(credit),
    amountDue: BigInt(amountDue),
    amountRefunded: BigInt(amountRefunded),
    notedWhole: BigInt(notedWhole),
    paidByLines: BigInt(byLines),
  };
}

/** The lines of a ledger that these new lines and postings give back. */
export function sourcesOf(
  ledger: readonly LedgerLine[],
  lines: readonly InvoiceLineDraft[],
  { adjustments, onDrafts }: Postings,
): LedgerLine[] {
  const ids = new Set(
    [...lines, ...onDrafts.map(({ line }) => line)].map(({ sourceLineId }) => sourceLineId),
  );
  return [...ledger.filter(({ id }) => ids.has(id)), ...adjustments.map(({ line }) => line)];
}

/**
 * Locks the invoices that these lines are on until the transaction ends: nobody pays, refunds or voids them meanwhile. Starts over where
 * somebody did since they were read. One statement, or none.
 */
export async function lockLedger(transaction: Transaction, lines: readonly LedgerLine[]): Promise<void> {
  const known = new Map(lines.flatMap(({ invoice }) => (invoice ? [[invoice.id, invoice.version]] : [])));
  const locked = await lockInvoices(transaction, [...known.keys()]);
  for (const [id, version] of known) if (locked.get(id)?.version !== version) startOver();
}
