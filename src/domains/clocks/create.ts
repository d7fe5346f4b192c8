import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { clockTime, requireTestMode } from "./fields.ts";

const createInput = z.strictObject({ name: clearable(text(100)), now: clockTime.nullish() });

/** Makes a test clock that shows `now`, or the time that it is, and stands still. */
export async function createTestClock(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ readonly testClock: Row<"TestClock"> }> {
  const { name, now } = checked(createInput, sent);
  return transact(host, writer, async (transaction) => {
    await requireTestMode(transaction);
    const testClock: Row<"TestClock"> = {
      environmentId: transaction.environmentId,
      id: newId(),
      name: name ?? null,
      status: "READY",
      now: now ?? transaction.now,
      advancingTo: null,
      stepsDone: 0,
      leftUndone: 0,
      createdAt: transaction.now,
      updatedAt: transaction.now,
    };
    await insertRows(transaction, "TestClock", [testClock]);
    return { testClock };
  });
}
