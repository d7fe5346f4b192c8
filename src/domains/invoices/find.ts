import { z } from "zod";
import { tableOf } from "../../db/datamodel.ts";
import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, text } from "../../kit/validate.ts";
import { externalReference } from "../customers/index.ts";
import type { InvoiceRow } from "./compose.ts";

/** How an input names an invoice: by our id, by its number, or by its id in another system. */
const invoiceReference = z.union(
  [
    z.strictObject({ id: z.string() }),
    z.strictObject({ number: text(64) }),
    z.strictObject({ external: externalReference }),
  ],
  "must name an invoice by one of id, number or external",
);

type InvoiceReference = z.infer<typeof invoiceReference>;

/** Who works for which environment. */
type Scoped = Pick<Transaction, "environmentId" | "query">;

const forChange = Prisma.sql`FOR NO KEY UPDATE`;

/** The invoice that a reference names; refuses, at `path`, one that names none. One statement. */
export async function readInvoice(
  executor: Executor,
  environmentId: string,
  sent: unknown,
  path: readonly string[] = ["invoice"],
): Promise<InvoiceRow> {
  return one({ environmentId, query: executor.query }, sent, path, Prisma.empty);
}

/** Locks the invoice that a reference names until the transaction ends; refuses, at `path`, one that names none. One statement. */
export async function lockInvoice(
  transaction: Transaction,
  sent: unknown,
  path: readonly string[] = ["invoice"],
): Promise<InvoiceRow> {
  return one(transaction, sent, path, forChange);
}

async function one(
  scoped: Scoped,
  sent: unknown,
  path: readonly string[],
  lock: Prisma.Sql,
): Promise<InvoiceRow> {
  const condition = conditionOf(checked(invoiceReference, sent, path));
  const [invoice] = condition ? await find(scoped, condition, lock) : [];
  return invoice ?? refuse("NOT_FOUND", "There is no such invoice.", path);
}

/** Locks the invoices with these ids, and gives them by id. One statement. */
export async function lockInvoices(
  transaction: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, InvoiceRow>> {
  if (!ids.length) return new Map();
  const rows = await find(transaction, Prisma.sql`t.id = ANY(${[...new Set(ids)]}::uuid[])`, forChange);
  return new Map(rows.map((row) => [row.id, row]));
}

function find(
  { environmentId, query }: Scoped,
  condition: Prisma.Sql,
  lock: Prisma.Sql,
): Promise<InvoiceRow[]> {
  const { name, select } = tableOf("Invoice");
  return query<InvoiceRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid AND ${condition}
    ORDER BY t.id ${lock}`);
}

function conditionOf(reference: InvoiceReference): Prisma.Sql | null {
  if ("number" in reference) return Prisma.sql`t.number = ${reference.number}`;
  if ("external" in reference) {
    const { source, id } = reference.external;
    return Prisma.sql`t.external_source = ${source} AND t.external_id = ${id}`;
  }
  return isId(reference.id) ? Prisma.sql`t.id = ${reference.id}::uuid` : null;
}
