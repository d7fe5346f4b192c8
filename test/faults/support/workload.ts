import type { Pool } from "pg";
import { expect } from "vitest";
import { type Reply, Tally, sendUntilAnswered } from "./client.ts";
import type { FaultTenant } from "./tenant.ts";

const upsert = `mutation ($input: UpsertCustomersByExternalIdInput!) {
  upsertCustomersByExternalId(input: $input) {
    created updated skipped failed results { externalId outcome customer { id name } }
  }
}`;

/** Rows that every batch of a worker writes again, and rows that it alone creates. */
const kept = 8;
const fresh = 4;

/** Workers that send keyed batches of upserts one after another, each until it is answered. */
export interface Workload {
  readonly tally: Tally;
  /** How many batches have been acknowledged. */
  readonly batches: number;
  /** Lets the workers begin no batch until `resume`. Those under way are sent until they are answered. */
  pause(): void;
  resume(): void;
  /** Resolves when so many more batches are acknowledged; rejects when a worker had to give up. */
  more(batches: number): Promise<void>;
  /** Throws when a batch is half written, at any moment. */
  checkWhole(pool: Pool): Promise<void>;
  /** Lets the workers end their batches. Rejects when one of them had to give up. */
  stop(): Promise<void>;
  /** Compares the database with what was acknowledged; the workers must have stopped. */
  verify(pool: Pool): Promise<void>;
}

export function startWorkload(
  pick: () => string,
  { environmentId, apiKey }: FaultTenant,
  workers = 4,
): Workload {
  const tally = new Tally();
  const acknowledged = new Map<string, string>();
  const waiting = new Set<{ readonly at: number; readonly done: () => void }>();
  let batches = 0;
  let changes = 0;
  let stopping = false;
  let gate: PromiseWithResolvers<void> | undefined;

  function acknowledge(reply: Reply, name: string): void {
    const { created, updated, skipped, failed, results } = reply.data.upsertCustomersByExternalId;
    expect({ skipped, failed, all: created + updated }).toEqual({ skipped: 0, failed: 0, all: kept + fresh });
    changes += created + updated;
    for (const { externalId, customer } of results) {
      expect(customer.name).toBe(name);
      acknowledged.set(externalId, name);
    }
    batches++;
    for (const one of waiting) if (batches >= one.at && waiting.delete(one)) one.done();
  }

  async function work(worker: number): Promise<void> {
    for (let batch = 0; !stopping; batch++) {
      await gate?.promise;
      const name = `w${worker} b${batch}`;
      const externalUpdatedAt = new Date(Date.UTC(2026, 0, 1) + batch * 1_000).toISOString();
      const ids = [
        ...Array.from({ length: kept }, (_, row) => `w${worker}-kept-${row}`),
        ...Array.from({ length: fresh }, (_, row) => `w${worker}-b${batch}-${row}`),
      ];
      const customers = ids.map((externalId) => ({
        externalId,
        email: `${externalId}@a.example`,
        name,
        externalUpdatedAt,
      }));
      const call = {
        apiKey,
        key: name,
        query: upsert,
        variables: { input: { source: "faults", customers } },
      };
      acknowledge(await sendUntilAnswered(pick, call, tally), name);
    }
  }

  const all = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  all.catch(() => {
    stopping = true;
  });

  return {
    tally,
    get batches() {
      return batches;
    },
    pause: () => {
      gate ??= Promise.withResolvers();
    },
    resume: () => {
      gate?.resolve();
      gate = undefined;
    },
    more: (count) =>
      Promise.race([
        new Promise<void>((done) => waiting.add({ at: batches + count, done })),
        all.then(() => {}),
      ]),
    checkWhole: async (pool) => {
      const { rows } = await pool.query(
        `SELECT split_part(l.external_id, '-kept-', 1) AS worker, count(DISTINCT c.name)::int AS names, count(*)::int AS rows
         FROM customer_external_ids l JOIN customers c ON c.id = l.customer_id
         WHERE l.environment_id = $1 AND l.external_id LIKE '%-kept-%' GROUP BY 1`,
        [environmentId],
      );
      for (const row of rows) expect(row).toMatchObject({ names: 1, rows: kept });
    },
    stop: async () => {
      stopping = true;
      await all;
    },
    verify: async (pool) => {
      const { rows: links } = await pool.query(
        `SELECT l.external_id, c.name, c.version, c.email,
                (SELECT count(*)::int FROM events e WHERE e.environment_id = $1 AND e.object_id = c.id) AS events
         FROM customer_external_ids l JOIN customers c ON c.id = l.customer_id WHERE l.environment_id = $1`,
        [environmentId],
      );
      expect(links).toHaveLength(acknowledged.size);
      for (const { external_id: id, name, email, version, events } of links) {
        expect({ id, name, email }).toEqual({ id, name: acknowledged.get(id), email: `${id}@a.example` });
        expect(Number(version)).toBe(events);
      }
      const { rows } = await pool.query(
        `SELECT (SELECT count(*)::int FROM customers WHERE environment_id = $1) AS customers,
                (SELECT count(*)::int FROM events WHERE environment_id = $1) AS events,
                (SELECT count(*)::int FROM idempotency_keys WHERE environment_id = $1) AS answers`,
        [environmentId],
      );
      expect(rows).toEqual([{ customers: acknowledged.size, events: changes, answers: batches }]);
    },
  };
}
