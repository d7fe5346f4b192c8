import { randomBytes } from "node:crypto";
import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { readByIds } from "../../db/reads.ts";
import type { Transaction } from "../../db/transaction.ts";
import { addDays } from "../../kit/civil-time.ts";
import type { InvoiceRow } from "./compose.ts";

/** What issuing invoices needs to know of the environment. */
export interface Issuer {
  readonly prefix: string;
  readonly paymentTermDays: number;
  /** The seller as invoices show it. */
  readonly seller: object;
  /** Whether any customer has a wallet. */
  readonly hasWallets: boolean;
}

/** How the environment bills. One statement. */
export async function readIssuer(transaction: Transaction): Promise<Issuer> {
  const [row] = await transaction.query<{
    name: string;
    seller: object | null;
    prefix: string | null;
    days: number | null;
    hasWallets: boolean;
  }>(Prisma.sql`
    SELECT e.merchant_name AS name, s.seller, s.invoice_prefix AS prefix, s.payment_term_days AS days,
      EXISTS (SELECT FROM wallets w WHERE w.environment_id = e.id) AS "hasWallets"
    FROM environments e LEFT JOIN billing_settings s ON s.environment_id = e.id
    WHERE e.id = ${transaction.environmentId}::uuid`);
  if (!row) throw new Error("the environment is gone");
  return {
    prefix: row.prefix ?? "INV-",
    paymentTermDays: row.days ?? 0,
    seller: { name: row.name, ...row.seller },
    hasWallets: row.hasWallets,
  };
}

/** The customers with these ids. One statement. */
export async function readCustomers(
  transaction: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Row<"Customer">>> {
  const rows = await readByIds(transaction, transaction.environmentId, "Customer", [...new Set(ids)]);
  return new Map(rows.flatMap((row) => (row ? [[row.id, row]] : [])));
}

/** A customer as invoices show it. */
export function customerSnapshot(customer: Row<"Customer">): object {
  const { name, companyName, email, phone, addressLine1, addressLine2, city, state, region } = customer;
  const { postalCode, country, taxId, taxIdCountry } = customer;
  const address = { line1: addressLine1, line2: addressLine2, city, state, region, postalCode, country };
  return { name, companyName, email, phone, taxId, taxIdCountry, address };
}

/** By when an invoice is to be paid unless it says so itself; null for what is charged automatically. */
export function dueDate(
  invoice: Pick<InvoiceRow, "collectionMethod">,
  customer: Row<"Customer">,
  { paymentTermDays }: Issuer,
  now: Date,
): Date | null {
  if (invoice.collectionMethod !== "SEND_INVOICE") return null;
  return addDays(now, paymentTermDays, customer.timezone);
}

/** What opens an invoice without a key. */
export function newPublicToken(): string {
  return randomBytes(24).toString("base64url");
}
