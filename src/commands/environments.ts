import type { Environment, PrismaClient } from "../db/generated/prisma/client.ts";
import { demoMerchant } from "../demo/merchant.ts";
import { newId } from "../kit/ids.ts";
import { UsageError } from "./command-line.ts";

/** By what a command names an environment. */
export interface Wanted {
  readonly livemode: boolean;
  /** The name of the merchant; the demo's, or else the only one, when it is missing. */
  readonly merchant: string | undefined;
}

/** Finds an environment, and makes one for a merchant who has none in this mode. */
export async function findOrMakeEnvironment(
  prisma: PrismaClient,
  { livemode, merchant }: Wanted,
): Promise<Environment> {
  const named = merchant === undefined ? {} : { merchantName: merchant };
  const found = await prisma.environment.findMany({
    where: { livemode, ...named },
    orderBy: { createdAt: "asc" },
  });
  const demo =
    merchant === undefined ? found.find(({ merchantId }) => merchantId === demoMerchant.id) : undefined;
  const [first, ...others] = demo ? [demo] : found;
  if (first && others.length === 0) return first;
  const mode = livemode ? "live" : "sandbox";
  if (first) {
    const list = found.map((each) => `  ${each.id}  ${each.merchantName}`).join("\n");
    throw new UsageError(`There are several ${mode} environments; say which with --environment:\n${list}`);
  }
  if (merchant === undefined) {
    throw new UsageError(
      `There is no ${mode} environment. Make one with --merchant NAME, or the demo with npm start.`,
    );
  }
  return makeEnvironment(prisma, { livemode, merchant });
}

/** Makes an environment, for the one merchant of this name who has no environment in this mode, or else for a new one. */
export async function makeEnvironment(
  prisma: PrismaClient,
  { livemode, merchant }: { readonly livemode: boolean; readonly merchant: string },
): Promise<Environment> {
  const known = await prisma.environment.findMany({ where: { merchantName: merchant } });
  const [half, ...others] = known.filter(
    ({ merchantId }) => !known.some((each) => each.merchantId === merchantId && each.livemode === livemode),
  );
  const merchantId = half && others.length === 0 ? half.merchantId : newId();
  return prisma.environment.create({ data: { id: newId(), merchantId, merchantName: merchant, livemode } });
}

/** Finds an environment by its id. */
export async function findEnvironment(prisma: PrismaClient, id: string): Promise<Environment> {
  const environment = await prisma.environment.findUnique({ where: { id } });
  if (!environment)
    throw new UsageError(`--environment: there is no environment ${id}. See: npm run keys -- list`);
  return environment;
}
