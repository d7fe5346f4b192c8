import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changePayload, objectPayload, changedField } from "../../../graph/payloads.ts";
import { type AttachChange, attachBenefit, detachBenefit } from "../benefits/attach.ts";
import { createBenefit } from "../benefits/create.ts";
import type { BenefitRow } from "../benefits/fields.ts";
import { type BenefitChange, archiveBenefit, restoreBenefit, updateBenefit } from "../benefits/update.ts";
import {
  AttachBenefitInput,
  BenefitStatusInput,
  CreateBenefitInput,
  DetachBenefitInput,
  UpdateBenefitInput,
} from "../inputs/benefit.ts";
import { Benefit, ProductBenefit } from "../schema/benefit.ts";

mutation<object, { benefit: BenefitRow }>("createBenefit", {
  description:
    "Creates a benefit. Its key must not have been used before. Nobody has it until a product, or a grant, gives it.",
  scope: "products:write",
  input: CreateBenefitInput as never,
  payload: objectPayload("benefit", Benefit, "The new benefit; null when it was refused."),
  run: (sent, context) => createBenefit(context.database, writerOf(context), sent),
});

const changes = {
  updateBenefit: {
    run: updateBenefit,
    input: UpdateBenefitInput,
    description:
      "Changes a benefit. Whoever has it has it as it is from now on. Its key, type and meter never change.",
  },
  archiveBenefit: {
    run: archiveBenefit,
    input: BenefitStatusInput("ArchiveBenefitInput"),
    description:
      "Archives a benefit: it cannot be attached or granted any more, and whoever has it keeps it. Doing it twice is the same as once.",
  },
  restoreBenefit: {
    run: restoreBenefit,
    input: BenefitStatusInput("RestoreBenefitInput"),
    description: "Makes an archived benefit one that can be given again. Doing it twice is the same as once.",
  },
};

for (const [name, { run, input, description }] of Object.entries(changes)) {
  mutation<object, BenefitChange>(name, {
    description,
    scope: "products:write",
    input: input as never,
    payload: changePayload("benefit", Benefit, "The benefit after the call; null when it was refused."),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}

mutation<object, AttachChange>("attachBenefit", {
  description:
    "Lets a product give a benefit, or changes how much of it, for all who have the product and from now on. Doing it twice is the same as once.",
  scope: "products:write",
  input: AttachBenefitInput as never,
  payload: (t) => ({
    productBenefit: t.field({
      type: ProductBenefit,
      nullable: true,
      description: "What the product gives after the call; null when it was refused.",
      resolve: ({ productBenefit }) => productBenefit,
    }),
    created: t.boolean({
      description: "Whether the product did not give it before.",
      resolve: ({ created }) => created ?? false,
    }),
    changed: changedField(t as never),
  }),
  run: (sent, context) => attachBenefit(context.database, writerOf(context), sent),
});

mutation<object, { detached: boolean }>("detachBenefit", {
  description:
    "Lets a product give a benefit no longer: all who have the product lose what it gave. Doing it twice is the same as once.",
  scope: "products:write",
  input: DetachBenefitInput as never,
  payload: (t) => ({
    detached: t.boolean({
      description: "Whether the product gave it before.",
      resolve: ({ detached }) => detached ?? false,
    }),
  }),
  run: (sent, context) => detachBenefit(context.database, writerOf(context), sent),
});
