import { positionOf } from "../sql/reads.ts";
import { environmentId } from "./surroundings.ts";

/** The newest first. */
export const newestFirst = [{ createdAt: "desc" }, { id: "desc" }] as const;

/**
 * Prisma's condition for the customers behind a cursor. Its own `cursor` reads all of them where keys are compound,
 * as they are here.
 */
export function behind(after: string | null | undefined) {
  if (after == null) return { environmentId };
  const { createdAt, id } = positionOf(after);
  return {
    environmentId,
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }],
  };
}

export function cursorOf({ createdAt, id }: { readonly createdAt: Date; readonly id: string }): string {
  return `${createdAt.toISOString()}|${id}`;
}
