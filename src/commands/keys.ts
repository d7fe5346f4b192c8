import { z } from "zod";
import type { PrismaClient } from "../db/generated/prisma/client.ts";
import { createKey, revokeKey, rotateKey } from "../domains/access/index.ts";
import { isId } from "../kit/ids.ts";
import { grantableScopes } from "../kit/scopes.ts";
import { UsageError, flag, readOptions, run, withDatabase } from "./command-line.ts";
import { duration } from "./duration.ts";
import { findEnvironment, findOrMakeEnvironment } from "./environments.ts";
import { formatTable } from "./table.ts";

const help = `Manages API keys.

  npm run keys -- create --name NAME --scopes SCOPES [--environment sandbox|live|ID] [--merchant NAME]
                         [--expires TIME] [--allow NETWORKS] [--rate N] [--burst N] [--version DATE]
                         [--documents-only]
  npm run keys -- list
  npm run keys -- rotate ID [--overlap TIME]
  npm run keys -- revoke ID

  --name         What the key is called.
  --scopes       What it may do: customers:read,customers:write … or '*' for everything.
  --environment  Where it works: sandbox (the default), live, or the id of an environment.
                 --sandbox and --live are short for it.
  --merchant     Whose it is, by name. A merchant without such an environment gets one.
                 By default the demo's, or the only one there is.
  --expires      How long it works: 90d, 12h, 30m. For ever by default.
  --allow        Where it may be used from: 10.0.0.0/8,2001:db8::/32. Anywhere by default.
  --rate         Requests a minute; --burst: requests at once. By default what the mode has.
  --version      The version of the API that it is made for, such as 2026-05-01. The current one by default.
  --documents-only  It runs registered documents only. See: npm run documents -- help
  --overlap      How long a rotated key works beside the new one: 24h by default, 7d at most.`;

const text = (message: string) => z.string(message).trim().min(1, message);

const listOf = (value: string) => value.split(",").map((part) => part.trim());
const count = z.coerce.number().int().min(1).max(1_000_000).optional();

const createOptions = {
  name: text("say what the key is called"),
  scopes: text("say what the key may do, such as customers:read,invoices:read, or '*' for everything")
    .transform(listOf)
    .superRefine((scopes, context) => {
      for (const scope of scopes) {
        if (grantableScopes.includes(scope)) continue;
        context.addIssue({
          code: "custom",
          message: `${scope} is none; there are ${grantableScopes.join(", ")}`,
        });
      }
    }),
  environment: z
    .string()
    .refine(
      (value) => value === "sandbox" || value === "live" || isId(value),
      "must be sandbox, live, or the id of an environment",
    )
    .optional(),
  sandbox: flag,
  live: flag,
  merchant: text("must be the name of a merchant").optional(),
  expires: duration.optional(),
  allow: text("say from which networks, such as 10.0.0.0/8").transform(listOf).optional(),
  rate: count,
  burst: count,
  version: text("must be a date such as 2026-05-01").optional(),
  "documents-only": flag,
};

async function create(args: readonly string[]): Promise<void> {
  const { environment, sandbox, live, merchant, ...wanted } = readOptions(args, createOptions);
  const places = [environment, sandbox && "sandbox", live && "live"].filter((place) => place !== undefined);
  if (new Set(places).size > 1) throw new UsageError("Give one of --environment, --sandbox and --live.");
  const [place = "sandbox"] = places;
  if (isId(place) && merchant !== undefined)
    throw new UsageError("--merchant: the environment's id says it already.");
  await withDatabase(async ({ prisma }, { keyPeppers }) => {
    const found = isId(place)
      ? await findEnvironment(prisma, place)
      : await findOrMakeEnvironment(prisma, { livemode: place === "live", merchant });
    const { key, apiKey } = await createKey(
      prisma,
      {
        environmentId: found.id,
        name: wanted.name,
        scopes: wanted.scopes,
        lifetimeMs: wanted.expires,
        allowedAddresses: wanted.allow,
        requestsPerMinute: wanted.rate,
        burst: wanted.burst,
        apiVersion: wanted.version,
        documentsOnly: wanted["documents-only"],
      },
      keyPeppers,
    );
    const mode = found.livemode ? "live" : "sandbox";
    console.error(`Key ${apiKey.id} of ${found.merchantName}, ${mode} environment ${found.id}.`);
    show(key);
  });
}

function show(key: string): void {
  console.error("This is the only time that it is shown; only its hash is stored:");
  console.log(key);
}

async function list(args: readonly string[]): Promise<void> {
  readOptions(args, {});
  await withDatabase(async ({ prisma }) => console.log(await listing(prisma)));
}

async function listing(prisma: PrismaClient): Promise<string> {
  const environments = await prisma.environment.findMany({
    include: { apiKeys: { orderBy: [{ createdAt: "asc" }, { id: "asc" }] } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  if (!environments.length) return "There are no environments. Make the demo with: npm start";
  const rows = environments.flatMap(({ id, merchantName, livemode, apiKeys }) => {
    const environment = { merchant: merchantName, environment: id, mode: livemode ? "live" : "sandbox" };
    const keys = apiKeys.map((key) => ({
      key: key.id,
      name: key.name,
      ...environment,
      scopes: key.scopes.join(","),
      "ends in": key.lastFour,
      documents: key.documentsOnly ? "registered" : "",
      created: shortTime(key.createdAt),
      expires: shortTime(key.expiresAt),
      "last used": shortTime(key.lastUsedAt),
      revoked: shortTime(key.revokedAt),
    }));
    return keys.length ? keys : [{ key: "none", name: "", ...environment, scopes: "" }];
  });
  return formatTable(rows);
}

async function revoke([id, ...rest]: readonly string[]): Promise<void> {
  readOptions(rest, {});
  if (id === undefined || !isId(id))
    throw new UsageError("Say which key, by its id: npm run keys -- revoke ID. See: npm run keys -- list");
  await withDatabase(async ({ prisma }) => {
    const { name, lastFour, revokedAt } = await revokeKey(prisma, id);
    console.log(
      `Key ${name} (…${lastFour}) is revoked since ${shortTime(revokedAt ?? new Date())}. Running servers refuse it within a second.`,
    );
  });
}

async function rotate([id, ...rest]: readonly string[]): Promise<void> {
  if (id === undefined || !isId(id))
    throw new UsageError("Name the key by its id, from: npm run keys -- list");
  const { overlap } = readOptions(rest, { overlap: duration.optional() });
  await withDatabase(async ({ prisma }, { keyPeppers }) => {
    const { key, apiKey, replaced } = await rotateKey(prisma, id, overlap, keyPeppers);
    console.error(
      `Key ${apiKey.id} takes the place of ${id}, which works until ${shortTime(replaced.expiresAt)}.`,
    );
    show(key);
  });
}

/** A time to the second, in UTC; nothing for none. */
function shortTime(time: Date | null): string {
  return time ? `${time.toISOString().slice(0, 19)}Z` : "";
}

await run(async () => {
  const [command, ...args] = process.argv.slice(2);
  if (command === "help" || process.argv.includes("--help")) return console.log(help);
  if (command === "create") return create(args);
  if (command === "list") return list(args);
  if (command === "rotate") return rotate(args);
  if (command === "revoke") return revoke(args);
  throw new UsageError(command === undefined ? help : `${command}: there is no such command.\n\n${help}`);
});
