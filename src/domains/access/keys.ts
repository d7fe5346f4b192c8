import { type ApiKey, Prisma, type PrismaClient } from "../../db/generated/prisma/client.ts";
import { newId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { type Peppers, hashKey, newKey } from "./key.ts";
import { type NewApiKey, keySettings } from "./key-settings.ts";

/** A key that was just made: the full key is in this answer and nowhere else. */
export interface MadeKey {
  readonly key: string;
  readonly apiKey: ApiKey;
}

/** Makes a key. Its lifetime is counted by the database's clock. */
export async function createKey(
  prisma: PrismaClient,
  wanted: NewApiKey,
  peppers: Peppers = [],
): Promise<MadeKey> {
  const { environmentId, lifetimeMs } = wanted;
  const settings = keySettings(wanted);
  const environment = await prisma.environment.findUnique({ where: { id: environmentId } });
  if (!environment)
    return refuse("NOT_FOUND", `There is no environment ${environmentId}.`, ["environmentId"]);
  const expiresAt = lifetimeMs === undefined ? null : after(await clock(prisma), lifetimeMs);
  return insertKey(prisma, environment, { ...settings, expiresAt }, peppers);
}

/** What is stored of a key besides what it is. */
type Settings = Omit<ReturnType<typeof keySettings>, "apiVersion"> & {
  readonly apiVersion: string;
  readonly expiresAt: Date | null;
};

/** Stores a new key of the environment. */
export async function insertKey(
  prisma: Prisma.TransactionClient,
  environment: { readonly id: string; readonly livemode: boolean },
  settings: Settings,
  peppers: Peppers,
): Promise<MadeKey> {
  const key = newKey(environment.livemode);
  const apiKey = await prisma.apiKey.create({
    data: {
      ...settings,
      environmentId: environment.id,
      id: newId(),
      hash: hashKey(key, peppers),
      lastFour: key.slice(-4),
    },
  });
  return { key, apiKey };
}

/** Revokes a key for good. Running servers refuse it as soon as their cache of keys has gone stale: within a second. */
export async function revokeKey(prisma: PrismaClient, id: string): Promise<ApiKey> {
  const apiKey = await findKey(prisma, id);
  if (apiKey.revokedAt) return apiKey;
  const { environmentId } = apiKey;
  return prisma.apiKey.update({
    where: { environmentId_id: { environmentId, id } },
    data: { revokedAt: await clock(prisma) },
  });
}

/** The key with this id; refuses an id that no key has. */
export async function findKey(prisma: Prisma.TransactionClient, id: string): Promise<ApiKey> {
  const apiKey = await prisma.apiKey.findFirst({ where: { id } });
  return apiKey ?? refuse("NOT_FOUND", `There is no key with the id ${id}.`, ["id"]);
}

/** What time it is by the clock of the database, which every server goes by. */
export async function clock(prisma: Prisma.TransactionClient): Promise<Date> {
  const [row] = await prisma.$queryRaw<{ now: Date }[]>(Prisma.sql`SELECT clock_timestamp() AS now`);
  return row?.now ?? new Date();
}

/** The time so many milliseconds after another. */
export function after(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() + milliseconds);
}
