import type { Row } from "../../db/datamodel.ts";
import { readByIds } from "../../db/reads.ts";
import { reader } from "../../db/reader.ts";
import type { TransactionHost, Writer } from "../../db/transaction.ts";
import { isPassing } from "../../db/unavailable.ts";
import { refuse } from "../../kit/refusal.ts";
import { advanceClock } from "../engine/index.ts";
import { startAdvance } from "./start-advance.ts";

/** How long a caller waits for a clock to arrive, in milliseconds. */
const patience = 2_000;

/**
 * Advances a test clock to a later instant. What is not done within two seconds, or fails, is left to a worker; the clock tells how
 * far it has come.
 */
export async function advanceTestClock(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ readonly testClock: Row<"TestClock"> }> {
  const { id } = await startAdvance(host, writer, sent);
  await advanceClock(host, writer, id, AbortSignal.timeout(patience)).catch((error: unknown) => {
    if (isPassing(error)) throw error;
    // A worker meets it again, leaves behind what cannot be done, and tells whoever can mend it.
  });
  const [testClock] = await readByIds(reader(host, writer.environmentId), writer.environmentId, "TestClock", [
    id,
  ]);
  return { testClock: testClock ?? refuse("NOT_FOUND", "The clock was deleted.", ["id"]) };
}
