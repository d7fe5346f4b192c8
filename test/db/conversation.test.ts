import { afterAll, beforeAll, expect, it } from "vitest";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { type Transaction, transact } from "../../src/db/transaction.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.database.pool.query("CREATE TABLE said (text text PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
  await api.database.pool.query("GRANT ALL ON said TO PUBLIC");
});
afterAll(() => api.close());

/** More than connections have known from the beginning: the first time, each statement goes alone. */
const rounds = [1, 2, 3];

const say = (text: string) => Prisma.sql`INSERT INTO said VALUES (${text})`;
const event = (objectId: string) => ({
  type: "thing.said",
  objectType: "thing",
  objectId,
  data: { objectId },
});

function saying<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const writer = { environmentId: api.environmentId, actor: "test", requestId: null, now: new Date() };
  return transact(api.database, writer, work);
}

async function said(): Promise<string[]> {
  const { rows } = await api.database.pool.query<{ text: string }>("SELECT text FROM said ORDER BY 1");
  await api.database.pool.query("DELETE FROM said");
  return rows.map(({ text }) => text);
}

async function told(objectId: string): Promise<number> {
  const found = await api.database.pool.query("SELECT FROM events WHERE object_id = $1", [objectId]);
  return found.rowCount ?? 0;
}

it.each(rounds)("commits what goes before, the events and the last statement together (%i)", async () => {
  const objectId = crypto.randomUUID();
  const rows = await saying(async (transaction) => {
    await transaction.precede(say("one"));
    await transaction.query(say("two"));
    await transaction.precede(say("three"));
    transaction.emit(event(objectId));
    return transaction.conclude<{ text: string }>(Prisma.sql`SELECT text FROM said ORDER BY 1`);
  });
  expect(rows.map(({ text }) => text)).toEqual(["one", "three", "two"]);
  expect(await said()).toEqual(["one", "three", "two"]);
  expect(await told(objectId)).toBe(1);
});

it.each(rounds)("commits what nothing came after (%i)", async () => {
  const objectId = crypto.randomUUID();
  await saying(async (transaction) => {
    await transaction.precede(say("one"));
    transaction.emit(event(objectId));
  });
  await saying(async () => {});
  expect(await said()).toEqual(["one"]);
  expect(await told(objectId)).toBe(1);
});

it.each(rounds)(
  "keeps nothing when a statement fails, be it before others, the last one or the end itself (%i)",
  async () => {
    const divide = Prisma.sql`SELECT 1 / ${0}::int AS one`;
    const failing: ((transaction: Transaction) => Promise<unknown>)[] = [
      async (transaction) => {
        await transaction.precede(divide);
        await transaction.query(say("one"));
      },
      async (transaction) => {
        await transaction.query(say("one"));
        await transaction.conclude(divide);
      },
      async (transaction) => {
        await transaction.query(say("one"));
        await transaction.precede(divide);
      },
    ];
    const objectId = crypto.randomUUID();
    for (const work of failing) {
      const failed = saying(async (transaction) => {
        transaction.emit(event(objectId));
        await work(transaction);
      });
      // oxlint-disable-next-line no-await-in-loop -- one connection may be all there is
      await expect(failed).rejects.toMatchObject({ code: "22012" });
    }
    const twice = saying(async (transaction) => {
      await transaction.query(say("one"));
      await transaction.conclude(say("one"));
    });
    await expect(twice).rejects.toMatchObject({ code: "23505" });
    expect(await said()).toEqual([]);
    expect(await told(objectId)).toBe(0);
  },
);
