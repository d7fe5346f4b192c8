import { type Fault, type FaultCode, faultCodes } from "../kit/refusal.ts";
import { builder } from "./builder.ts";

const UserErrorCode = builder.enumType("UserErrorCode", {
  description:
    "What is wrong with an input. New codes may be added: treat one that you do not know like INVALID.",
  values: Object.fromEntries(
    Object.entries(faultCodes).map(([code, description]) => [code, { description }]),
  ) as Record<FaultCode, { description: string }>,
});

export const UserError = builder.interfaceRef<Fault>("UserError").implement({
  description: "Something that the caller can mend. Nothing was changed where one is given.",
  resolveType: ({ code }) => typesByCode[code] ?? "InputError",
  fields: (t) => ({
    code: t.field({
      type: UserErrorCode,
      description: "What is wrong, for programs.",
      resolve: ({ code }) => code,
    }),
    message: t.exposeString("message", {
      description: "What is wrong and what to do, for people. May change.",
    }),
    path: t.exposeStringList("path", {
      description:
        'Leads from `input` to the wrong value, list indexes included: `["customers", "3", "email"]`.',
    }),
    docUrl: t.string({
      description: "Where the code is explained, relative to the server.",
      resolve: ({ code }) => `/docs/errors#${code.toLowerCase()}`,
    }),
  }),
});

/** Types of user errors that carry facts of their own; all others are an `InputError`. */
const typesByCode: Partial<Record<FaultCode, string>> = {
  STALE_UPDATE: "StaleUpdate",
  VERSION_MISMATCH: "VersionMismatch",
};

builder.objectRef<Fault>("InputError").implement({
  description: "An input that was refused.",
  interfaces: [UserError],
});

builder.objectRef<Fault>("StaleUpdate").implement({
  description: "An update that is older than what is stored. It was not applied.",
  interfaces: [UserError],
  fields: (t) => ({
    storedUpdatedAt: t.field({
      type: "DateTime",
      description: "The `externalUpdatedAt` that is stored.",
      resolve: ({ details }) => String(details?.["storedUpdatedAt"]),
    }),
    incomingUpdatedAt: t.field({
      type: "DateTime",
      description: "The `externalUpdatedAt` that was sent.",
      resolve: ({ details }) => String(details?.["incomingUpdatedAt"]),
    }),
  }),
});

builder.objectRef<Fault>("VersionMismatch").implement({
  description: "The object has changed since the caller read it. Read it again, then decide.",
  interfaces: [UserError],
  fields: (t) => ({
    expectedVersion: t.int({
      description: "The version that was expected.",
      resolve: ({ details }) => Number(details?.["expectedVersion"]),
    }),
    currentVersion: t.int({
      description: "The version that is stored.",
      resolve: ({ details }) => Number(details?.["currentVersion"]),
    }),
  }),
});
