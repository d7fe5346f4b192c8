import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changePayload, objectPayload } from "../../../graph/payloads.ts";
import type { PackRow } from "../fields.ts";
import { ArchiveCreditPackInput, CreateCreditPackInput, UpdateCreditPackInput } from "../inputs.ts";
import { CreditPack } from "../schema/pack.ts";
import { type PackChange, archiveCreditPack, createCreditPack, updateCreditPack } from "../write.ts";

mutation<object, { creditPack: PackRow }>("createCreditPack", {
  description: "Puts credits on sale. No other pack that is for sale may have the name.",
  scope: "credits:write",
  input: CreateCreditPackInput as never,
  payload: objectPayload("creditPack", CreditPack, "The new pack; null when it was refused."),
  run: (sent, context) => createCreditPack(context.database, writerOf(context), sent),
});

const changes = {
  updateCreditPack: {
    run: updateCreditPack,
    input: UpdateCreditPackInput,
    description: "Changes a pack, for later purchases only.",
  },
  archiveCreditPack: {
    run: archiveCreditPack,
    input: ArchiveCreditPackInput,
    description:
      "Takes a pack off sale: it stays readable, and its name is free. Doing it twice is the same as once.",
  },
};

for (const [name, { run, input: type, description }] of Object.entries(changes)) {
  mutation<object, PackChange>(name, {
    description,
    scope: "credits:write",
    input: type as never,
    payload: changePayload("creditPack", CreditPack, "The pack after the call; null when it was refused."),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
