import { z } from "zod";
import { lockRows, saveChange } from "../../../db/changes.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { Refusal, refuse } from "../../../kit/refusal.ts";
import { requireMove } from "../../../kit/state-machine.ts";
import { checked, text } from "../../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../../kit/versions.ts";
import { type MeterRow, labelFaults, mergeLabels, meterLabels } from "./fields.ts";
import { measuringFaults, measuringInput, mergeMeasuring } from "./measuring.ts";
import { alertThresholds, mergeThresholds } from "./thresholds.ts";
import { type MeterMove, meterMachine } from "./status.ts";

export interface MeterChange {
  readonly meter: MeterRow;
  /** Whether anything of it is different now. */
  readonly changed: boolean;
}

const meterReference = z.union(
  [z.strictObject({ id: z.string() }), z.strictObject({ eventName: text(255) })],
  "must name a meter by either id or eventName",
);

const updateInput = z.strictObject({
  ...meterLabels,
  ...measuringInput,
  meter: meterReference,
  alertThresholds,
  replaceMetadata: z.boolean().nullish(),
  expectedVersion,
});

const statusInput = z.strictObject({ meter: meterReference });

/** Changes what was sent of a meter's labels, and of how it measures events that come later. */
export async function updateMeter(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<MeterChange> {
  const {
    meter: reference,
    replaceMetadata,
    expectedVersion: expected,
    ...labels
  } = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const before = await lockMeter(transaction, reference);
    checkVersion("meter", before.version, expected);
    const measuring = mergeMeasuring(before, labels);
    const values = {
      ...mergeLabels(before, labels, replaceMetadata ?? false),
      ...measuring,
      alertThresholds: mergeThresholds(before.alertThresholds, labels.alertThresholds),
    };
    const faults = [...labelFaults(values), ...measuringFaults(before.aggregation, measuring)];
    if (faults.length) throw new Refusal(faults);
    return save(transaction, before, values, "meter.updated");
  });
}

/** Makes a move in the life of a meter. Twice is the same as once. */
export async function moveMeter(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
  move: MeterMove,
): Promise<MeterChange> {
  const { meter: reference } = checked(statusInput, sent);
  return transact(host, writer, async (transaction) => {
    const before = await lockMeter(transaction, reference);
    const options = { noun: "The meter", path: ["meter"] };
    const status = requireMove(meterMachine, before.status, move, options);
    return save(transaction, before, { ...before, status }, events[move]);
  });
}

const events = { activate: "meter.activated", archive: "meter.archived", restore: "meter.restored" } as const;

async function lockMeter(
  transaction: Transaction,
  reference: z.infer<typeof meterReference>,
): Promise<MeterRow> {
  const id = "id" in reference ? reference.id : await idByEventName(transaction, reference.eventName);
  const [meter] = id === undefined ? [] : (await lockRows(transaction, "Meter", [id])).values();
  return meter ?? refuse("NOT_FOUND", "There is no such meter.", ["meter"]);
}

async function idByEventName(
  { environmentId, query }: Transaction,
  eventName: string,
): Promise<string | undefined> {
  const [row] = await query<{ id: string }>(Prisma.sql`
    SELECT t.id FROM meters t WHERE t.environment_id = ${environmentId}::uuid AND t.event_name = ${eventName}`);
  return row?.id;
}

async function save(
  transaction: Transaction,
  before: MeterRow,
  values: MeterRow,
  event: string,
): Promise<MeterChange> {
  const { row, changed } = await saveChange(transaction, "Meter", { before, values, event });
  return { meter: row, changed };
}
