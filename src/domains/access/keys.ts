import type { ApiKey, PrismaClient } from "../../db/generated/prisma/client.ts";
import { newId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { grantableScopes } from "../../kit/scopes.ts";
import { hashKey, newKey } from "./key.ts";

/** What a new key is to be. */
export interface NewApiKey {
  readonly environmentId: string;
  readonly name: string;
  /** Such as `["customers:read", "customers:write"]`; `["*"]` for everything. */
  readonly scopes: readonly string[];
}

/** Makes a key. The full key is in this answer and nowhere else. */
export async function createKey(
  prisma: PrismaClient,
  wanted: NewApiKey,
): Promise<{ key: string; apiKey: ApiKey }> {
  const { environmentId, name } = wanted;
  const scopes = [...new Set(wanted.scopes)];
  if (!name.trim()) refuse("REQUIRED", "Give the key a name.", ["name"]);
  if (!scopes.length) refuse("REQUIRED", "Give at least one scope, or *.", ["scopes"]);
  for (const scope of scopes) {
    if (grantableScopes.includes(scope)) continue;
    refuse("INVALID", `There is no scope ${scope}. Scopes are: ${grantableScopes.join(", ")}.`, ["scopes"]);
  }
  const environment = await prisma.environment.findUnique({ where: { id: environmentId } });
  if (!environment)
    return refuse("NOT_FOUND", `There is no environment ${environmentId}.`, ["environmentId"]);
  const key = newKey(environment.livemode);
  const apiKey = await prisma.apiKey.create({
    data: { environmentId, id: newId(), name, scopes, hash: hashKey(key), lastFour: key.slice(-4) },
  });
  return { key, apiKey };
}

/** Revokes a key for good. Running servers refuse it as soon as their cache of keys has gone stale: within a second. */
export async function revokeKey(prisma: PrismaClient, id: string): Promise<ApiKey> {
  const apiKey = await prisma.apiKey.findFirst({ where: { id } });
  if (!apiKey) return refuse("NOT_FOUND", `There is no key with the id ${id}.`, ["id"]);
  if (apiKey.revokedAt) return apiKey;
  const { environmentId } = apiKey;
  return prisma.apiKey.update({
    where: { environmentId_id: { environmentId, id } },
    data: { revokedAt: new Date() },
  });
}
