import { Prisma } from "../../../db/generated/prisma/client.ts";
import { tableOf } from "../../../db/datamodel.ts";
import { isId } from "../../../kit/ids.ts";
import type { FigureRequest } from "../../usage/index.ts";
import type { Reading } from "../state.ts";
import type { UsageCharge } from "./charge.ts";
import { requestsFor } from "./figures.ts";
import { readOwners } from "./owners.ts";

/** What was billed of a span of time, and where its events are. */
export interface ExplainedUsage {
  readonly charge: UsageCharge;
  readonly currency: string;
  /** Events that meet any of these count. */
  readonly requests: readonly FigureRequest[];
}

/** What a line of an invoice bills of usage; null for a line that bills none, and for no line. Two statements. */
export async function explainLine(reading: Reading, lineId: string): Promise<ExplainedUsage | null> {
  if (!isId(lineId)) return null;
  const { name, select } = tableOf("UsageCharge");
  const [row] = await reading.query<UsageCharge & { currency: string }>(Prisma.sql`
    SELECT ${select}, i.currency FROM invoice_lines l
    JOIN invoices i ON i.environment_id = l.environment_id AND i.id = l.invoice_id
    JOIN ${name} t ON t.environment_id = l.environment_id AND t.id = l.usage_charge_id
    WHERE l.environment_id = ${reading.environmentId}::uuid AND l.id = ${lineId}::uuid`);
  if (!row) return null;
  const { currency, ...charge } = row;
  const span = { start: charge.startsAt, end: charge.endsAt };
  const owned = await readOwners(reading, [charge]);
  return { charge, currency, requests: requestsFor(charge, span, owned(charge, span), "SUM") };
}
