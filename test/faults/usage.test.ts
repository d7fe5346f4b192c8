import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";
import { send } from "./support/client.ts";
import { chance, effort, patience, report } from "./support/effort.ts";
import { type Program, startProgram } from "./support/program.ts";
import { newFaultTenant } from "./support/tenant.ts";

const natsUrl = process.env["TEST_NATS_URL"] ?? "";
const rounds = effort(3, 100);
const batches = effort(12, 400);
const perBatch = 50;

const ingest = `mutation ($input: IngestUsageEventsInput!) {
  ingestUsageEvents(input: $input) { ingested duplicates skipped failed } }`;

describe.skipIf(!serverUrl).each([
  ["at once", false],
  ["through a stream", true],
])("a server that stores usage %s and is killed meanwhile", (_how, streamed) => {
  let database: TestDatabase;
  let program: Program;
  const options = streamed ? { USAGE_STREAM: `${natsUrl}/test-${newId()}` } : {};
  beforeAll(async () => {
    database = await openTestDatabase();
    program = await startProgram(database.url ?? "", options);
  });
  afterAll(async () => {
    await program.end("SIGKILL");
    await database.close();
  });

  it.skipIf(streamed && !natsUrl)(
    `${rounds} times counts each event once`,
    { timeout: 2 * patience },
    async () => {
      const { apiKey, environmentId } = await newFaultTenant(database);
      const ask = async (query: string, input: object) => {
        const { data } = await send(program.url, { apiKey, query, variables: { input } });
        return Object.values(data)[0] as Record<string, any>;
      };
      await ask(
        "mutation ($input: CreateMeterInput!) { createMeter(input: $input) { meter { id } userErrors { message } } }",
        {
          name: "Calls",
          eventName: "calls",
          aggregation: "SUM",
        },
      );
      await ask(
        "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } } }",
        {
          email: "calls@example.org",
          external: { source: "crm", id: "C-1" },
        },
      );
      const random = chance("usage");
      let killed = 0;
      let retries = 0;
      let sum = 0;
      const answered: number[] = [];

      /** Sends a batch until it is answered, as a client does that has lost the answer. */
      async function deliver(batch: number): Promise<void> {
        const events = Array.from({ length: perBatch }, (_, index) => ({
          name: "calls",
          customer: { external: { source: "crm", id: "C-1" } },
          quantity: String(1 + ((batch + index) % 7)),
          idempotencyKey: `${batch}-${index}`,
        }));
        sum += events.reduce((total, { quantity }) => total + Number(quantity), 0);
        for (;;) {
          // oxlint-disable-next-line no-await-in-loop -- again and again
          const reply = await send(program.url, {
            apiKey,
            query: ingest,
            variables: { input: { events } },
          }).catch(() => null);
          const counts = reply?.data?.ingestUsageEvents;
          if (counts) return void answered.push(counts.ingested + counts.duplicates);
          retries += 1;
          // oxlint-disable-next-line no-await-in-loop
          await pause(100);
        }
      }

      let next = 0;
      const sender = async (): Promise<void> => {
        // oxlint-disable-next-line no-await-in-loop -- a sender sends one batch after the other
        while (next < batches) await deliver(next++);
      };
      const senders = Array.from({ length: 3 }, sender);
      for (; killed < rounds; killed++) {
        /* oxlint-disable no-await-in-loop -- one death after the other */
        await pause(random() * 120);
        await program.end("SIGKILL");
        program = await startProgram(database.url ?? "", options);
        /* oxlint-enable no-await-in-loop */
      }
      await Promise.all(senders);
      expect(new Set(answered)).toEqual(new Set([perBatch]));
      const stored = async () => {
        const { rows } = await database.pool.query<{ count: number; sum: string }>(
          "SELECT count(*)::int AS count, coalesce(sum(quantity), 0)::int AS sum FROM usage_events WHERE environment_id = $1",
          [environmentId],
        );
        return rows[0];
      };
      await expect.poll(stored, { timeout: 60_000 }).toEqual({ count: batches * perBatch, sum });
      const hours = await database.pool.query<{ sum: number }>(
        "SELECT sum(sum)::int AS sum FROM usage_hours WHERE environment_id = $1",
        [environmentId],
      );
      expect(hours.rows).toEqual([{ sum }]);
      report("usage", { streamed, killed, retries, batches });
    },
  );
});
