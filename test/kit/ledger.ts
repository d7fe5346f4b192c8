import type { Row } from "../../src/db/datamodel.ts";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { transact } from "../../src/db/transaction.ts";
import { insertRows } from "../../src/db/writes.ts";
import { newId } from "../../src/kit/ids.ts";
import type { TestDatabase } from "./database.ts";

/** A grant that is to get its credit. */
export interface Granted {
  readonly walletId: string;
  readonly customerId: string;
  readonly grantId: string;
  /** Further values of the entry. */
  readonly values?: Partial<Row<"CreditTransaction">>;
}

/** Enters 100 credits for each of these grants, as the ledger asks for: entries with balanced postings. Gives the ids of the entries. */
export async function insertLedger(
  database: TestDatabase,
  environmentId: string,
  granted: readonly Granted[],
): Promise<string[]> {
  const amount = new Prisma.Decimal(100);
  const entries = granted.map(({ walletId, customerId, grantId, values }) => ({
    environmentId,
    id: newId(),
    walletId,
    customerId,
    grantId,
    type: "GRANT" as const,
    amount,
    balance: amount,
    description: "Welcome",
    ...values,
  }));
  const postings = entries.flatMap(({ id: transactionId, grantId }) => [
    { environmentId, transactionId, position: 1, account: "BALANCE" as const, grantId, amount },
    {
      environmentId,
      transactionId,
      position: 2,
      account: "GRANTED" as const,
      grantId: null,
      amount: amount.negated(),
    },
  ]);
  const writer = { environmentId, actor: "test", requestId: null, now: new Date() };
  await transact(database, writer, async (transaction) => {
    await insertRows(transaction, "CreditTransaction", entries);
    await insertRows(transaction, "CreditPosting", postings);
  });
  return entries.map(({ id }) => id);
}
