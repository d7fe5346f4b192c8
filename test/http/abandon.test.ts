import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverUrl } from "../kit/database.ts";
import { type TestApi, startApi } from "../kit/api.ts";

describe.skipIf(!serverUrl)("a request that nobody waits for", () => {
  /** The one gives requests up after a moment, the other after as long as servers do. */
  let hasty: TestApi;
  let patient: TestApi;
  let api: TestApi;
  beforeAll(async () => {
    [hasty, patient] = await Promise.all([startApi({ timeoutMs: 700 }), startApi()]);
  });
  afterAll(() => Promise.all([hasty.close(), patient.close()]));

  /** Makes every statement on customers wait while `work` runs. */
  async function withCustomersLocked<T>(work: () => Promise<T>): Promise<T> {
    const client = await api.database.pool.connect();
    try {
      await client.query("BEGIN; LOCK TABLE customers IN ACCESS EXCLUSIVE MODE");
      return await work();
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }

  const waiting = async (): Promise<number> => {
    const { rows } = await api.database.adminPool.query<{ count: bigint }>(
      `SELECT count(*) AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%customers%'`,
    );
    return Number(rows[0]?.count);
  };

  const list = JSON.stringify({ query: "{ customers(first: 1) { nodes { id } } }" });
  const send = (signal?: AbortSignal) =>
    fetch(`${api.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": api.key },
      body: list,
      ...(signal && { signal }),
    });

  it("is stopped in the database when its caller hangs up", async () => {
    api = patient;
    const caller = new AbortController();
    await withCustomersLocked(async () => {
      const answer = send(caller.signal).catch((error: Error) => error.name);
      await expect.poll(waiting).toBe(1);
      caller.abort();
      expect(await answer).toBe("AbortError");
      await expect.poll(waiting).toBe(0);
    });
    expect((await send()).status).toBe(200);
  });

  it("is answered 503 when its time is over, and its connections serve others", async () => {
    api = hasty;
    await withCustomersLocked(async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => send()));
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
      expect(await answers[0]?.json()).toMatchObject({
        errors: [{ extensions: { code: "SERVICE_UNAVAILABLE", retryAfter: 1 } }],
      });
      await expect.poll(waiting).toBe(0);
    });
    // Twice as many as there are connections; a machine that is busy may be late with some of them once.
    const statuses = async () => {
      const after = await Promise.all(Array.from({ length: 20 }, () => send()));
      return new Set(after.map(({ status }) => status));
    };
    await expect.poll(statuses).toEqual(new Set([200]));
  });

  it("leaves nothing behind of a mutation", async () => {
    api = hasty;
    const create = `mutation { createCustomer(input: { email: "late@a.example" }) { created } }`;
    await withCustomersLocked(async () => {
      const { errors } = await api.graphql(create);
      expect(errors).toMatchObject([{ extensions: { code: "SERVICE_UNAVAILABLE" } }]);
    });
    expect(await api.database.prisma.customer.count({ where: { email: "late@a.example" } })).toBe(0);
  });
});
