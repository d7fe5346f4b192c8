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
  resolveType: ({ code, details }) => {
    if (code === "ILLEGAL_STATE" && details?.["allowed"]) return "IllegalTransition";
    if (code === "CONFLICT" && details?.["existingId"]) return "IdempotencyConflict";
    return typesByCode[code] ?? "InputError";
  },
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
  LIMIT_EXCEEDED: "LimitExceeded",
  INSUFFICIENT_CREDITS: "InsufficientCredits",
};

builder.objectRef<Fault>("InputError").implement({
  description: "An input that was refused.",
  interfaces: [UserError],
  shareable: true,
});

builder.objectRef<Fault>("StaleUpdate").implement({
  description: "An update that is older than what is stored. It was not applied.",
  interfaces: [UserError],
  shareable: true,
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
  shareable: true,
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

builder.objectRef<Fault>("IllegalTransition").implement({
  description: "A move that the state of the object does not allow.",
  interfaces: [UserError],
  shareable: true,
  fields: (t) => ({
    state: t.string({
      description: "The state that the object is in.",
      resolve: ({ details }) => String(details?.["state"]),
    }),
    move: t.string({
      description: "The move that was asked for.",
      resolve: ({ details }) => String(details?.["move"]),
    }),
    allowed: t.stringList({
      description: "The moves that this state allows; empty for a final one.",
      resolve: ({ details }) => details?.["allowed"] as string[],
    }),
  }),
});

builder.objectRef<Fault>("LimitExceeded").implement({
  description: "A change that goes beyond a limit.",
  interfaces: [UserError],
  shareable: true,
  fields: (t) => ({
    limit: t.field({
      type: "SafeInt",
      description: "The limit.",
      resolve: ({ details }) => Number(details?.["limit"]),
    }),
    used: t.field({
      type: "SafeInt",
      description: "How much of it was used before.",
      resolve: ({ details }) => Number(details?.["used"]),
    }),
  }),
});

builder.objectRef<Fault>("InsufficientCredits").implement({
  description: "More credit than a wallet holds. Nothing was used.",
  interfaces: [UserError],
  shareable: true,
  fields: (t) => ({
    available: t.field({
      type: "Decimal",
      description: "What can be used, in the unit of the wallet.",
      resolve: ({ details }) => String(details?.["available"]),
    }),
    wanted: t.field({
      type: "Decimal",
      description: "What was to be used.",
      resolve: ({ details }) => String(details?.["wanted"]),
    }),
  }),
});

builder.objectRef<Fault>("IdempotencyConflict").implement({
  description: "A key of the caller's own that an earlier call used with other content.",
  interfaces: [UserError],
  shareable: true,
  fields: (t) => ({
    existingId: t.id({
      description: "The id of what that call made.",
      resolve: ({ details }) => String(details?.["existingId"]),
    }),
  }),
});
