import { Prisma } from "../db/generated/prisma/client.ts";
import type { Executor } from "../db/executor.ts";
import { rollUp } from "../domains/usage/index.ts";
import { refuse } from "../kit/refusal.ts";
import { insertAgreements, insertClock } from "./agreements.ts";
import { insertCatalog } from "./catalog.ts";
import { insertExternalIds, insertIntegrationMappings } from "./customer-links.ts";
import { insertCustomers } from "./customers.ts";
import { insertInvoices } from "./invoices.ts";
import { type Range, type Scenario, factsOf } from "./scenario.ts";
import { insertSubscriptionItems } from "./subscription-items.ts";
import { insertSubscriptions } from "./subscriptions.ts";
import { insertTerms, linkTerms } from "./terms.ts";
import { insertUsageEvents } from "./usage-events.ts";

/** The parts of a seed, in their order. */
export const stages = ["catalog", "customers", "subscriptions", "usage events", "invoices"] as const;

/** How far a seed has come: `done` of `total` rows of the stage (customers for invoices, since each has as many). */
export interface Progress {
  readonly stage: (typeof stages)[number];
  readonly done: number;
  readonly total: number;
}

/** Runs work in a transaction. What it returns is committed, if not before then with all that follows. */
export type InTransaction = <T>(work: (executor: Executor) => Promise<T>) => Promise<T>;

/** How many rows one transaction writes at most, more or less. */
const rowsAtOnce = 20_000;

/**
 * Fills an empty environment with made-up data that looks real, in set-based statements and several transactions, so
 * that an interrupted seed leaves a part of the data. Refuses an environment that has data, and impossible sizes.
 */
export async function seedDemo(
  inTransaction: InTransaction,
  scenario: Scenario,
  onProgress: (progress: Progress) => void = () => {},
): Promise<void> {
  checkScenario(scenario);
  const { customers, invoicesPerCustomer, events } = scenario;
  const facts = factsOf(scenario);
  const transact: InTransaction = (work) =>
    inTransaction(async (executor) => {
      await executor.query(settings);
      return work(executor);
    });

  async function inChunks(
    stage: Progress["stage"],
    total: number,
    size: number,
    insert: Insert,
  ): Promise<void> {
    onProgress({ stage, done: 0, total });
    for (let first = 1; first <= total; first += size) {
      const last = Math.min(total, first + size - 1);
      // One after the other: they are for one disk, and the progress is to be true.
      // eslint-disable-next-line no-await-in-loop
      await transact((executor) => insert(executor, { first, last }));
      onProgress({ stage, done: last, total });
    }
  }

  onProgress({ stage: "catalog", done: 0, total: 1 });
  await transact(async (executor) => {
    await refuseUnlessEmpty(executor, scenario.environmentId);
    await insertCatalog(executor, facts);
    if (scenario.unbilled) await insertTerms(executor, facts);
  });
  onProgress({ stage: "catalog", done: 1, total: 1 });
  await inChunks("customers", customers, rowsAtOnce / 10, async (executor, range) => {
    await insertCustomers(executor, facts, range);
    await insertExternalIds(executor, facts, range);
    await insertIntegrationMappings(executor, facts, range);
  });
  await inChunks("subscriptions", customers, rowsAtOnce / 10, async (executor, range) => {
    await (scenario.unbilled ? insertAgreements : insertSubscriptions)(executor, facts, range);
    await insertSubscriptionItems(executor, facts, range);
    if (scenario.unbilled) await linkTerms(executor, facts, range);
  });
  if (scenario.unbilled) await transact((executor) => insertClock(executor, facts, scenario));
  await transact((executor) =>
    executor.query(
      analyze("products", "prices", "meters", "customers", "subscriptions", "subscription_items"),
    ),
  );
  await inChunks("usage events", events, rowsAtOnce, (executor, range) =>
    insertUsageEvents(executor, facts, scenario, range),
  );
  await transact(async (executor) => {
    await rollUp(executor, scenario.environmentId);
    await executor.query(analyze("usage_events", "usage_event_keys", "usage_hours", "usage_hour_values"));
  });
  const customersAtOnce = Math.ceil(rowsAtOnce / (4 * Math.max(invoicesPerCustomer, 1)));
  await inChunks("invoices", invoicesPerCustomer ? customers : 0, customersAtOnce, (executor, range) =>
    insertInvoices(executor, facts, scenario, range),
  );
  await inTransaction((executor) =>
    executor.query(analyze("invoices", "invoice_lines", "customer_external_ids", "integration_mappings")),
  );
}

type Insert = (executor: Executor, range: Range) => Promise<void>;

/** For the transaction only: the calendar is UTC's, large statements may take their time, and compiling them does not pay. */
const settings = Prisma.sql`
  SELECT set_config(name, value, true)
  FROM (VALUES ('TimeZone', 'UTC'), ('statement_timeout', '0'), ('jit', 'off'), ('synchronous_commit', 'off')) AS setting(name, value)`;

function analyze(...tables: string[]): Prisma.Sql {
  return Prisma.raw(`ANALYZE ${tables.join(", ")}`);
}

async function refuseUnlessEmpty(executor: Executor, environmentId: string): Promise<void> {
  const [found] = await executor.query<{ used: boolean }>(Prisma.sql`
    SELECT EXISTS (SELECT FROM customers WHERE environment_id = environment.id)
        OR EXISTS (SELECT FROM products WHERE environment_id = environment.id)
        OR EXISTS (SELECT FROM meters WHERE environment_id = environment.id) AS used
    FROM environments AS environment WHERE id = ${environmentId}::uuid FOR NO KEY UPDATE`);
  if (!found) refuse("NOT_FOUND", `There is no environment ${environmentId}.`, ["environment"]);
  if (found?.used) {
    refuse(
      "CONFLICT",
      `The environment ${environmentId} has data already, and only an empty one can be seeded.`,
      ["environment"],
    );
  }
}

function checkScenario({ customers, invoicesPerCustomer, events, seed, asOf }: Scenario): void {
  const counts = { customers, invoicesPerCustomer, events };
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < 0)
      refuse("INVALID", `${name} must be a whole number from 0 on.`, [name]);
  }
  if (!Number.isSafeInteger(seed)) refuse("INVALID", "seed must be a whole number.", ["seed"]);
  if (events > 0 && customers === 0)
    refuse("INVALID", "Events need customers: there are none.", ["customers"]);
  const day = new Date(`${asOf}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== asOf) {
    refuse("INVALID", "asOf must be a day such as 2026-01-31.", ["asOf"]);
  }
}
