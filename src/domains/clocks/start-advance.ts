import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { addDays } from "../../kit/civil-time.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { clockTime, lockClock, requireTestMode } from "./fields.ts";

/** The farthest that a clock is advanced at once, in days: two years. */
const farthest = 731;

const advanceInput = z.strictObject({ id: z.string(), to: clockTime });

/** Sets a test clock going to a later instant, and asks a worker to advance it there. */
export async function startAdvance(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<Row<"TestClock">> {
  const { id, to } = checked(advanceInput, sent);
  return transact(host, writer, async (transaction) => {
    await requireTestMode(transaction);
    const clock = await lockClock(transaction, id, ["id"]);
    if (clock.status === "ADVANCING") {
      refuse(
        "ILLEGAL_STATE",
        `The clock is being advanced to ${clock.advancingTo?.toISOString()}. Wait until it is READY.`,
        ["id"],
      );
    }
    if (to <= clock.now) {
      refuse("INVALID", `to must be later than what the clock shows, ${clock.now.toISOString()}.`, ["to"]);
    }
    if (to > addDays(clock.now, farthest, "UTC")) {
      refuse("INVALID", "to must be within two years of what the clock shows. Advance it in steps.", ["to"]);
    }
    await transaction.query(Prisma.sql`
      UPDATE test_clocks SET status = 'ADVANCING', advancing_to = ${to}, steps_done = 0, left_undone = 0, updated_at = ${transaction.now}
      WHERE environment_id = ${transaction.environmentId}::uuid AND id = ${clock.id}::uuid`);
    transaction.enqueue({
      queue: "clocks",
      key: clock.id,
      data: { environmentId: clock.environmentId, clockId: clock.id },
    });
    return {
      ...clock,
      status: "ADVANCING",
      advancingTo: to,
      stepsDone: 0,
      leftUndone: 0,
      updatedAt: transaction.now,
    };
  });
}
