import { z } from "zod";
import { objectEvent, orStartOver } from "../../../db/changes.ts";
import { MeterAggregation } from "../../../db/generated/prisma/enums.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { Refusal, refuse } from "../../../kit/refusal.ts";
import { checked, clearable, text } from "../../../kit/validate.ts";
import { type MeterRow, labelFaults, mergeLabels, meterLabels } from "./fields.ts";
import { alertThresholds, mergeThresholds } from "./thresholds.ts";
import { measuresQuantity, measuringFaults, measuringInput, mergeMeasuring } from "./measuring.ts";

const createInput = z.strictObject({
  ...meterLabels,
  ...measuringInput,
  status: z.enum(["ACTIVE", "DRAFT"]).nullish(),
  name: text(255),
  eventName: text(255),
  aggregation: z.enum(MeterAggregation).nullish(),
  uniqueKey: clearable(text(255)),
  alertThresholds,
});

const noLabels = { description: null, unitName: null, metadata: {} };

/** Creates a meter. What its figures depend on, the name of its events and how they are aggregated, never changes. */
export async function createMeter(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ readonly meter: MeterRow }> {
  const { eventName, aggregation: wanted, uniqueKey, status, ...labels } = checked(createInput, sent);
  const aggregation = wanted ?? "COUNT";
  const values = mergeLabels({ ...noLabels, name: labels.name }, labels);
  const measuring = mergeMeasuring(measuresQuantity, labels);
  const faults = [...labelFaults(values), ...measuringFaults(aggregation, measuring)];
  const unique = aggregation === "COUNT_UNIQUE";
  if (unique && uniqueKey == null) {
    const message = "COUNT_UNIQUE needs the property whose different values it counts.";
    faults.push({ code: "REQUIRED", message, path: ["uniqueKey"] });
  }
  if (!unique && uniqueKey != null) {
    const message = "Only COUNT_UNIQUE looks at a property: leave it out.";
    faults.push({ code: "INVALID", message, path: ["uniqueKey"] });
  }
  if (faults.length) throw new Refusal(faults);
  return transact(host, writer, async (transaction) => {
    const { environmentId, now } = transaction;
    const [taken] = await transaction.query(Prisma.sql`
      SELECT 1 FROM meters t WHERE t.environment_id = ${environmentId}::uuid AND t.event_name = ${eventName}`);
    if (taken) {
      const message = "Another meter takes the events of this name, or did until it was archived.";
      refuse("CONFLICT", message, ["eventName"]);
    }
    const meter: MeterRow = {
      ...values,
      environmentId,
      id: newId(),
      eventName,
      aggregation,
      uniqueKey: uniqueKey ?? null,
      ...measuring,
      alertThresholds: mergeThresholds([], labels.alertThresholds),
      status: status ?? "ACTIVE",
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await orStartOver(insertRows(transaction, "Meter", [meter]));
    transaction.emit(objectEvent("meter.created", meter));
    return { meter };
  });
}
