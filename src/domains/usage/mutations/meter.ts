import type { TransactionHost, Writer } from "../../../db/transaction.ts";
import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changePayload, objectPayload } from "../../../graph/payloads.ts";
import { CreateMeterInput, MeterStatusInput, UpdateMeterInput } from "../inputs.ts";
import { createMeter } from "../meters/create.ts";
import type { MeterRow } from "../meters/fields.ts";
import type { MeterMove } from "../meters/status.ts";
import { type MeterChange, moveMeter, updateMeter } from "../meters/update.ts";
import { Meter } from "../schema/meter.ts";

mutation<object, { readonly meter: MeterRow }>("createMeter", {
  description: "Creates a meter. The name of its events must be free; archived meters keep theirs.",
  scope: "meters:write",
  input: CreateMeterInput as never,
  payload: objectPayload("meter", Meter, "The new meter; null when it was refused."),
  run: (input, context) => createMeter(context.database, writerOf(context), input),
});

const moving = (move: MeterMove) => (host: TransactionHost, writer: Writer, sent: unknown) =>
  moveMeter(host, writer, sent, move);

const changes = {
  updateMeter: {
    run: updateMeter,
    input: UpdateMeterInput,
    description:
      "Changes what people know a meter by, and which events it takes and what of them it measures from now on. The name of its events and how they become a figure never change, and neither does what was measured.",
  },
  activateMeter: {
    run: moving("activate"),
    input: MeterStatusInput("ActivateMeterInput"),
    description:
      "Makes a draft meter take events. What was skipped before may be sent again. Doing it twice is the same as once; an archived meter is restored instead.",
  },
  archiveMeter: {
    run: moving("archive"),
    input: MeterStatusInput("ArchiveMeterInput"),
    description:
      "Archives a meter: its events are skipped from now on, and what it measured stays and is billed. Doing it twice is the same as once.",
  },
  restoreMeter: {
    run: moving("restore"),
    input: MeterStatusInput("RestoreMeterInput"),
    description:
      "Makes an archived meter take events again. What was skipped meanwhile may be sent again. Doing it twice is the same as once.",
  },
};

for (const [name, { run, input, description }] of Object.entries(changes)) {
  mutation<object, MeterChange>(name, {
    description,
    scope: "meters:write",
    input: input as never,
    payload: changePayload("meter", Meter, "The meter after the call; null when it was refused."),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
