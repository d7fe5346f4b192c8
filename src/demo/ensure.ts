import { readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Database } from "../db/database.ts";
import type { Executor } from "../db/executor.ts";
import type { Prisma, PrismaClient } from "../db/generated/prisma/client.ts";
import { platform } from "../db/confine.ts";
import { readByIds } from "../db/reads.ts";
import { reader } from "../db/reader.ts";
import { createKey, keyAuthenticator } from "../domains/access/index.ts";
import { advanceClock, engineActor } from "../domains/engine/index.ts";
import { demoClockId } from "./agreements.ts";
import { demoEnvironments, demoMerchant, demoSeed } from "./merchant.ts";
import { seedDemo } from "./seed.ts";

/** Any number will do that no other advisory lock of the program has. */
const lock = 7_310_112_025;

/** How long filling the database may take, and waiting for another process that fills it, in milliseconds. */
const patience = 120_000;

/**
 * Fills a database without any environment with the demo: one merchant, his sandbox with data, his live environment with
 * a little. Several processes may try at once; one does it.
 *
 * Returns the key of the sandbox. Only its hash is in the database, so the key is kept in `demo-key` of the data folder,
 * readable by its owner alone. What is not billed when `signal` ends that is billed by a worker, or at the next start. Null when the key is not known here, was revoked, or the database has other data.
 */
export async function ensureDemo(
  database: Database,
  dataDir: string,
  peppers: readonly string[] = [],
  asOf: string = new Date().toISOString().slice(0, 10),
  signal: AbortSignal = AbortSignal.timeout(patience),
): Promise<string | null> {
  const file = join(dataDir, "demo-key");
  const made = await database.prisma.$transaction((tx) => makeDemo(tx, asOf, file, peppers), {
    maxWait: patience,
    timeout: patience,
  });
  await billDemo(database, signal);
  if (made !== null) return made;
  const kept = readKey(file);
  if (kept !== null) return (await keyAuthenticator(reader(database, platform), peppers)(kept)) ? kept : null;
  // Other processes may have been told the key of a server's demo; an embedded one has nobody else.
  if (database.kind === "postgres") return null;
  const sandbox = await database.prisma.environment.findUnique({ where: { id: demoEnvironments.sandbox } });
  return sandbox && makeKey(database.prisma, file, peppers);
}

/** Lets the test clock of the demo go to its end, unless it stands there: the engine bills all that is due on the way. A start that is cut short goes on at the next one. */
async function billDemo(database: Database, signal: AbortSignal): Promise<void> {
  const environmentId = demoEnvironments.sandbox;
  const clockId = demoClockId({ seed: demoSeed });
  const clocks = await readByIds(reader(database, platform), environmentId, "TestClock", [clockId]);
  if (clocks[0]?.status !== "ADVANCING") return;
  const writer = {
    environmentId,
    actor: engineActor,
    requestId: null,
    now: clocks[0].advancingTo ?? new Date(),
  };
  await advanceClock(database, writer, clockId, signal);
}

async function makeDemo(
  tx: Prisma.TransactionClient,
  asOf: string,
  file: string,
  peppers: readonly string[],
): Promise<string | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${lock}::bigint)`;
  if (await tx.environment.findFirst()) return null;
  const merchant = { merchantId: demoMerchant.id, merchantName: demoMerchant.name };
  await tx.environment.createMany({
    data: [
      { id: demoEnvironments.sandbox, ...merchant, livemode: false },
      { id: demoEnvironments.live, ...merchant, livemode: true },
    ],
  });
  const executor: Executor = {
    query: ({ text, values }) => tx.$queryRawUnsafe(text, ...values),
    confined: false,
  };
  const inThis = <T>(work: (executor: Executor) => Promise<T>): Promise<T> => work(executor);
  await seedDemo(inThis, {
    environmentId: demoEnvironments.sandbox,
    customers: 200,
    invoicesPerCustomer: 0,
    events: 20_000,
    seed: demoSeed,
    asOf,
    unbilled: true,
  });
  await seedDemo(inThis, {
    environmentId: demoEnvironments.live,
    customers: 5,
    invoicesPerCustomer: 2,
    events: 50,
    seed: demoSeed + 1,
    asOf,
  });
  return makeKey(tx, file, peppers);
}

async function makeKey(
  prisma: Prisma.TransactionClient,
  file: string,
  peppers: readonly string[],
): Promise<string> {
  const { key } = await createKey(
    prisma as PrismaClient,
    {
      environmentId: demoEnvironments.sandbox,
      name: "Demo key",
      scopes: ["*"],
    },
    peppers,
  );
  // Whole or not at all, and before the commit: a key that is stored must not be lost.
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${key}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return key;
}

function readKey(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
