import type { Prisma } from "../../../db/generated/prisma/client.ts";
import { decimal } from "../../../kit/decimal.ts";
import type { Fault } from "../../../kit/refusal.ts";
import type { Decision } from "../access/combine.ts";

/** How a quota is to change. */
export type QuotaMove =
  | { readonly add: Prisma.Decimal }
  | { readonly remove: Prisma.Decimal }
  | { readonly set: Prisma.Decimal };

/** How many things there are after a move; below zero when more were to go than there are. */
export function movedTo(current: Prisma.Decimal, move: QuotaMove): Prisma.Decimal {
  if ("add" in move) return current.plus(move.add);
  return "remove" in move ? current.minus(move.remove) : move.set;
}

/** What is wrong with a move. Fewer things are always fine; more need access, and room or overage. */
export function quotaFaults(
  before: Prisma.Decimal,
  after: Prisma.Decimal,
  move: QuotaMove,
  {
    accessLevel,
    reason,
    limit,
    overageAllowed,
  }: Pick<Decision, "accessLevel" | "reason" | "limit" | "overageAllowed">,
): Fault[] {
  const path = ["change", Object.keys(move)[0] ?? ""];
  if (after.lt(0)) {
    const message = `There are ${before.toFixed()}, so no more than that can be removed.`;
    return [
      { code: "LIMIT_EXCEEDED", message, path, details: { limit: before.floor().toNumber(), used: 0 } },
    ];
  }
  if (after.lte(before)) return [];
  if (accessLevel === "NONE") {
    return [
      {
        code: "ILLEGAL_STATE",
        message: `The customer has no access to the benefit: ${reason}.`,
        path: ["customer"],
      },
    ];
  }
  if (limit === null || overageAllowed || decimal(after).lte(limit)) return [];
  const message = `There is room for ${limit.toFixed()}, and ${before.toFixed()} are kept.`;
  return [
    {
      code: "LIMIT_EXCEEDED",
      message,
      path,
      details: { limit: limit.floor().toNumber(), used: before.ceil().toNumber() },
    },
  ];
}
