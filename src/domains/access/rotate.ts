import type { ApiKey, PrismaClient } from "../../db/generated/prisma/client.ts";
import { refuse } from "../../kit/refusal.ts";
import type { Peppers } from "./key.ts";
import { type MadeKey, after, clock, findKey, insertKey } from "./keys.ts";

const day = 86_400_000;
const defaultOverlap = day;
const longestOverlap = 7 * day;

/** A key that took the place of another, and until when that one works. */
export interface RotatedKey extends MadeKey {
  readonly replaced: ApiKey;
}

/**
 * Makes a key with the name, the scopes and the settings of another one, which goes on working for `overlapMs` (24 hours
 * by default, at most 7 days) or as long as it would have, if that is shorter. The new key lives as long as the old one
 * was meant to. Refuses a key that does not work any more, or that was rotated already.
 */
export async function rotateKey(
  prisma: PrismaClient,
  id: string,
  overlapMs: number = defaultOverlap,
  peppers: Peppers = [],
): Promise<RotatedKey> {
  if (!Number.isInteger(overlapMs) || overlapMs < 0 || overlapMs > longestOverlap) {
    refuse("INVALID", "The overlap must be between nothing and 7 days.", ["overlap"]);
  }
  return prisma.$transaction(async (tx) => {
    // Whoever else rotates the key waits here, and finds it rotated.
    await tx.$executeRaw`SELECT 1 FROM api_keys WHERE id = ${id}::uuid FOR UPDATE`;
    const old = await findKey(tx, id);
    const now = await clock(tx);
    checkRotatable(old, now);
    const { environmentId, name, scopes, allowedAddresses, requestsPerMinute, burst, apiVersion } = old;
    const { documentsOnly } = old;
    const environment = await tx.environment.findUniqueOrThrow({ where: { id: environmentId } });
    const lifetime = old.expiresAt && old.expiresAt.getTime() - old.createdAt.getTime();
    const made = await insertKey(
      tx,
      environment,
      {
        name,
        scopes,
        allowedAddresses,
        requestsPerMinute,
        burst,
        apiVersion,
        documentsOnly,
        expiresAt: lifetime === null ? null : after(now, lifetime),
      },
      peppers,
    );
    const end = after(now, overlapMs);
    const replaced = await tx.apiKey.update({
      where: { environmentId_id: { environmentId, id } },
      data: {
        replacedById: made.apiKey.id,
        expiresAt: old.expiresAt && old.expiresAt < end ? old.expiresAt : end,
      },
    });
    return { ...made, replaced };
  });
}

function checkRotatable({ revokedAt, expiresAt, replacedById }: ApiKey, now: Date): void {
  if (revokedAt) refuse("ILLEGAL_STATE", "The key was revoked.", ["id"]);
  if (replacedById)
    refuse("ILLEGAL_STATE", `The key was rotated already: ${replacedById} took its place.`, ["id"]);
  if (expiresAt && expiresAt <= now) refuse("ILLEGAL_STATE", "The key has expired.", ["id"]);
}
