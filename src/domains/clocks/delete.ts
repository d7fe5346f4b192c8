import { z } from "zod";
import { type Change, changeEvent, nextVersion, updateRows } from "../../db/changes.ts";
import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { lockClock, requireTestMode } from "./fields.ts";

const deleteInput = z.strictObject({ id: z.string() });

/** What went with a clock. */
export interface DeletedClock {
  readonly deletedId: string;
  readonly customersReleased: number;
}

/**
 * Deletes a test clock that stands still. Its customers live by real time from then on, so none of them may have a
 * subscription that has not ended: it would jump.
 */
export async function deleteTestClock(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<DeletedClock> {
  const { id } = checked(deleteInput, sent);
  return transact(host, writer, async (transaction) => {
    await requireTestMode(transaction);
    const clock = await lockClock(transaction, id, ["id"]);
    if (clock.status === "ADVANCING") {
      refuse("ILLEGAL_STATE", "The clock is being advanced. Wait until it is READY.", ["id"]);
    }
    const customers = await lockCustomersOf(transaction, clock.id);
    if (await anyLives(transaction, clock.id)) {
      refuse(
        "ILLEGAL_STATE",
        "Customers of the clock have subscriptions that have not ended, and would jump to real time. Cancel them first.",
        ["id"],
      );
    }
    const changes = customers.map((before): Change<Row<"Customer">> => ({
      before,
      after: { ...nextVersion(transaction, before, { testClockId: null }), updatedBy: transaction.actor },
    }));
    await updateRows(transaction, "Customer", changes);
    transaction.emit(...changes.map((change) => changeEvent("customer.updated", change)));
    await transaction.query(Prisma.sql`
      DELETE FROM test_clocks WHERE environment_id = ${transaction.environmentId}::uuid AND id = ${clock.id}::uuid`);
    return { deletedId: clock.id, customersReleased: customers.length };
  });
}

function lockCustomersOf({ environmentId, query }: Transaction, clockId: string): Promise<Row<"Customer">[]> {
  const { name, select } = tableOf("Customer");
  return query<Row<"Customer">>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.test_clock_id = ${clockId}::uuid
    ORDER BY t.id FOR NO KEY UPDATE`);
}

async function anyLives({ environmentId, query }: Transaction, clockId: string): Promise<boolean> {
  const [row] = await query<{ live: boolean }>(Prisma.sql`
    SELECT EXISTS (
      SELECT FROM subscriptions s
      JOIN customers c ON c.environment_id = s.environment_id AND c.id = s.customer_id
      WHERE c.environment_id = ${environmentId}::uuid AND c.test_clock_id = ${clockId}::uuid
        AND s.status NOT IN ('CANCELED', 'EXPIRED')
    ) AS live`);
  return row?.live ?? false;
}
