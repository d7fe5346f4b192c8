import { z } from "zod";
import type { Database } from "../db/database.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { reader } from "../db/reader.ts";
import { transact } from "../db/transaction.ts";
import type { Scenario } from "../demo/scenario.ts";
import { seedDemo } from "../demo/seed.ts";
import { createKey } from "../domains/access/index.ts";
import { isId } from "../kit/ids.ts";
import { Refusal } from "../kit/refusal.ts";
import { UsageError, flag, readOptions, run, withDatabase } from "./command-line.ts";
import { findEnvironment, makeEnvironment } from "./environments.ts";
import { progressBars } from "./progress-bar.ts";
import { formatTable } from "./table.ts";

const help = `Fills an empty environment with made-up data. The same numbers, seed and day give the same rows.

  npm run seed -- --customers 20000 --events 2000000

  --customers              How many customers; 200 by default.
  --invoices-per-customer  How many invoices each of them has; 10 by default.
  --events                 How many usage events; 20000 by default.
  --seed                   A whole number; another one gives other rows. 1 by default.
  --as-of                  The day on which the data ends, such as 2026-01-31; today by default.
  --merchant               The name of the merchant that is made for the data.
  --environment            The id of an empty environment to fill, instead of a new merchant's.`;

const count = (most: number) => {
  const message = `must be a whole number from 0 to ${most}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, message)
    .transform(Number)
    .refine((value) => value <= most, message)
    .optional();
};

const options = {
  customers: count(10_000_000),
  events: count(1_000_000_000),
  "invoices-per-customer": count(1_000),
  seed: z
    .string()
    .regex(/^-?\d{1,15}$/, "must be a whole number of at most 15 digits")
    .transform(Number)
    .optional(),
  "as-of": z.iso.date("must be a day such as 2026-01-31").optional(),
  merchant: z.string().trim().min(1, "must be the name of the new merchant").optional(),
  environment: z
    .string()
    .refine(isId, "must be the id of an environment; see: npm run keys -- list")
    .optional(),
  help: flag,
};

/** The tables that a seed fills, by what they are called when they are counted. */
const tables = [
  "products",
  "prices",
  "meters",
  "customers",
  "customer_external_ids",
  "integration_mappings",
  "subscriptions",
  "subscription_items",
  "usage_events",
  "invoices",
  "invoice_lines",
];

async function seed(args: readonly string[]): Promise<void> {
  const values = readOptions(args, options);
  if (values.help) return console.log(help);
  if (values.merchant !== undefined && values.environment !== undefined) {
    throw new UsageError(
      "--merchant: the environment has its merchant already. Give one of --merchant and --environment.",
    );
  }
  const { customers = 200, events = 20_000 } = values;
  if (events > 0 && customers === 0)
    throw new UsageError("--events: events need customers. Give --customers, or --events 0.");
  await withDatabase(async (database, config) => {
    const merchant = values.merchant ?? `${customers} customers`;
    const environment =
      values.environment === undefined
        ? await makeEnvironment(database.prisma, { livemode: false, merchant })
        : await findEnvironment(database.prisma, values.environment);
    const scenario = {
      environmentId: environment.id,
      customers,
      invoicesPerCustomer: values["invoices-per-customer"] ?? 10,
      events,
      seed: values.seed ?? 1,
      asOf: values["as-of"] ?? new Date().toISOString().slice(0, 10),
    };
    console.error(
      `Seeding ${environment.merchantName}, environment ${environment.id}, seed ${scenario.seed}, up to ${scenario.asOf}.`,
    );
    await load(database, scenario);
    console.log(await counts(database, scenario.environmentId));
    if (values.environment !== undefined) return;
    const { key } = await createKey(
      database.prisma,
      {
        environmentId: environment.id,
        name: "Seed key",
        scopes: ["*"],
      },
      config.keyPeppers,
    );
    console.error("\nA key for these data. This is the only time that it is shown:");
    console.log(key);
  });
  return undefined;
}

/** Loads the data. When it is interrupted, what is there stays, and no key opens it. */
async function load({ pool }: Database, scenario: Scenario): Promise<void> {
  const writer = { environmentId: scenario.environmentId, actor: "seed", requestId: null, now: new Date() };
  const tellOfRest = () =>
    console.error(
      `\nThe environment ${scenario.environmentId} may have a part of the data. Seed again: a new one is made.`,
    );
  const interrupted = () => {
    tellOfRest();
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  try {
    await seedDemo((work) => transact({ pool, prepares: false }, writer, work), scenario, progressBars());
  } catch (error) {
    if (!(error instanceof Refusal)) tellOfRest();
    throw error;
  } finally {
    process.off("SIGINT", interrupted);
  }
}

async function counts(database: Database, environmentId: string): Promise<string> {
  const selects = tables.map(
    (table) =>
      Prisma.sql`SELECT ${table} AS "table", count(*) AS rows FROM ${Prisma.raw(table)} WHERE environment_id = ${environmentId}::uuid`,
  );
  const rows = await reader(database, environmentId).query<{ table: string; rows: bigint }>(
    Prisma.join(selects, " UNION ALL "),
  );
  const numbers = new Map(rows.map(({ table, rows: number }) => [table, number.toLocaleString("en")]));
  return formatTable(
    tables.map((table) => ({ table: table.replaceAll("_", " "), rows: numbers.get(table) ?? "" })),
  );
}

await run(() => seed(process.argv.slice(2)));
