import { equals, idEquals, isOneOf, isWithin } from "../../db/conditions.ts";
import { type Row, columnOf, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type {
  CreditGrantStatus,
  CreditTransactionType,
  WalletStatus,
} from "../../db/generated/prisma/enums.ts";
import { byInstant } from "../../db/orders.ts";
import type { Context } from "../../graph/context.ts";
import { loader } from "../../graph/loaders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange } from "../../graph/values.ts";

export interface WalletFilter {
  readonly status?: WalletStatus | null | undefined;
  readonly customerId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const wallets: List<"Wallet", WalletFilter> = {
  model: "Wallet",
  orders: { CREATED_AT: byInstant("Wallet", "createdAt") },
  where: ({ status, customerId, created }) => [
    ...equals(columnOf("Wallet", "status"), status),
    ...idEquals(columnOf("Wallet", "customerId"), customerId),
    ...isWithin(columnOf("Wallet", "createdAt"), created),
  ],
};

export interface CreditGrantFilter {
  readonly status?: readonly CreditGrantStatus[] | null | undefined;
  readonly walletId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const creditGrants: List<"CreditGrant", CreditGrantFilter> = {
  model: "CreditGrant",
  orders: { CREATED_AT: byInstant("CreditGrant", "createdAt") },
  where: ({ status, walletId, created }) => [
    ...isOneOf(columnOf("CreditGrant", "status"), status),
    ...idEquals(columnOf("CreditGrant", "walletId"), walletId),
    ...isWithin(columnOf("CreditGrant", "createdAt"), created),
  ],
};

export interface CreditTransactionFilter {
  readonly type?: readonly CreditTransactionType[] | null | undefined;
  readonly walletId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const creditTransactions: List<"CreditTransaction", CreditTransactionFilter> = {
  model: "CreditTransaction",
  orders: { CREATED_AT: byInstant("CreditTransaction", "createdAt") },
  where: ({ type, walletId, created }) => [
    ...isOneOf(columnOf("CreditTransaction", "type"), type),
    ...idEquals(columnOf("CreditTransaction", "walletId"), walletId),
    ...isWithin(columnOf("CreditTransaction", "createdAt"), created),
  ],
};

/** The postings of a transaction, by position; of all transactions of a level in one statement. */
export function loadPostings(transactionId: string, context: Context): Promise<Row<"CreditPosting">[]> {
  return loader<Row<"CreditPosting">[]>(context, "creditPostings", async (ids) => {
    const { name, select } = tableOf("CreditPosting");
    const rows = await context.reads.query<Row<"CreditPosting">>(Prisma.sql`
      SELECT ${select} FROM ${name} t
      WHERE t.environment_id = ${context.viewer.environmentId}::uuid AND t.transaction_id = ANY(${ids}::uuid[])
      ORDER BY t.transaction_id, t.position`);
    const byTransaction = Map.groupBy(rows, (row) => row.transactionId);
    return ids.map((id) => byTransaction.get(id) ?? []);
  }).load(transactionId);
}
