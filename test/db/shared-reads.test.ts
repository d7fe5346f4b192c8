import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Wanted } from "../../src/db/abandon.ts";
import { Template } from "../../src/db/executor.ts";
import { reader } from "../../src/db/reader.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { insert } from "../reads/fixtures.ts";

let api: TestApi;
let environments: string[];
beforeAll(async () => {
  api = await startApi();
  environments = [api.environmentId, (await api.newEnvironment()).environmentId];
  for (const environmentId of environments) await insert(api, "Customer", [{}, {}, {}], environmentId);
});
afterAll(() => api.close());

const echo = new Template({
  text: "SELECT $1::int AS n, current_environment_id() AS environment",
  values: [],
});
const inverse = new Template({ text: "SELECT 1 / $1::int AS inverse", values: [] });
/** Nothing but row level security keeps it to a tenant. */
const customers = new Template({ text: "SELECT environment_id AS id FROM customers", values: [] });

/** Counts how often a connection is taken while `work` runs. */
async function countingConnections<T>(work: () => Promise<T>): Promise<{ result: T; connections: number }> {
  const { pool } = api.database;
  let connections = 0;
  const count = (): void => void connections++;
  pool.on("acquire", count);
  try {
    return { result: await work(), connections };
  } finally {
    pool.off("acquire", count);
  }
}

describe("short reads that come at the same time", () => {
  // The first time a connection has to learn the statements.
  it.each([1, 2])("have their own rows, of eight in a packet (%i)", async () => {
    const [environmentId = ""] = environments;
    const { query } = reader(api.database, environmentId);
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const { result, connections } = await countingConnections(() =>
      Promise.all(numbers.map((n) => query(echo.with(n)))),
    );
    expect(result).toEqual(numbers.map((n) => [{ n, environment: environmentId }]));
    expect(connections).toBe(3);
  });

  it.each([1, 2])("see the rows of their own tenant (%i)", async () => {
    const { result, connections } = await countingConnections(() =>
      Promise.all(
        [...environments, ...environments].map((id) => reader(api.database, id).query(customers.with())),
      ),
    );
    expect(result).toEqual([...environments, ...environments].map((id) => [{ id }, { id }, { id }]));
    expect(connections).toBe(2);
  });

  it("fail together, and leave the connection good", async () => {
    const { query } = reader(api.database, api.environmentId);
    const together = () => Promise.allSettled([echo.with(1), inverse.with(0), inverse.with(1)].map(query));
    for (const outcome of [...(await together()), ...(await together())]) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "22012" } });
    }
    expect(await Promise.all([query(inverse.with(1)), query(echo.with(2))])).toMatchObject([
      [{ inverse: 1 }],
      [{ n: 2 }],
    ]);
  });

  it("are counted one by one", async () => {
    const seen: unknown[] = [];
    const observe = (text: string, values: readonly unknown[]) => void seen.push([text, values]);
    const { query } = reader({ ...api.database, observe }, api.environmentId);
    await Promise.all([query(echo.with(1)), query(echo.with(2))]);
    expect(seen).toEqual([
      [echo.text, [1]],
      [echo.text, [2]],
    ]);
  });

  it("are not run for who has gone before they leave", async () => {
    const wanted = new Wanted();
    const rows = reader({ ...api.database, wanted }, api.environmentId).query(echo.with(1));
    wanted.abandon(new Error("gone"));
    await expect(rows).rejects.toThrow("gone");
    await expect(reader({ ...api.database, wanted }, api.environmentId).query(echo.with(1))).rejects.toThrow(
      "gone",
    );
  });
});

describe.skipIf(!serverUrl)("short reads that wait in the database", () => {
  const waiting = async (): Promise<number> => {
    const { rows } = await api.database.adminPool.query<{ count: bigint }>(
      `SELECT count(*) AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM customers%'`,
    );
    return Number(rows[0]?.count);
  };

  it("end for who goes, and in the database when all have gone", async () => {
    const locking = await api.database.adminPool.connect();
    try {
      await locking.query("BEGIN; LOCK TABLE customers IN ACCESS EXCLUSIVE MODE");
      const callers = [new Wanted(), new Wanted()];
      const outcomes = callers.map((wanted) =>
        reader({ ...api.database, wanted }, api.environmentId)
          .query(customers.with())
          .catch((error: Error) => error.message),
      );
      await expect.poll(waiting).toBe(1);
      callers[0]?.abandon(new Error("first"));
      expect(await outcomes[0]).toBe("first");
      expect(await waiting()).toBe(1);
      callers[1]?.abandon(new Error("second"));
      expect(await outcomes[1]).toBe("second");
      await expect.poll(waiting).toBe(0);
    } finally {
      await locking.query("ROLLBACK");
      locking.release();
    }
    expect(await reader(api.database, api.environmentId).query(customers.with())).toHaveLength(3);
  });
});
