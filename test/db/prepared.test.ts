import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { Template, nameOf } from "../../src/db/executor.ts";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { mostPrepared } from "../../src/db/wire/prepared.ts";
import { reader } from "../../src/db/reader.ts";
import { transact } from "../../src/db/transaction.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";

const statement = (number: number): Prisma.Sql =>
  Prisma.sql`SELECT ${number}::int AS given, ${Prisma.raw(String(number))} AS made`;

test("a statement has a name however many others came before, and keeps it while it is in use", () => {
  const hot = nameOf(statement(0));
  const names = new Set<string | undefined>();
  for (let number = 1; number <= 5_000; number++) {
    names.add(nameOf(statement(number)));
    expect(nameOf(statement(0))).toBe(hot);
  }
  expect(names.size).toBe(5_000);
  expect(names).not.toContain(undefined);
  expect(new Template(Prisma.sql`SELECT ${1}::int AS late`).name).toMatch(/^s\d+$/);
});

describe.skipIf(!serverUrl)("a connection", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(1);
  });
  afterAll(() => database.close());

  const kept = async (): Promise<string[]> => {
    const { rows } = await database.pool.query("SELECT name FROM pg_prepared_statements");
    return rows.map(({ name }: { name: string }) => name);
  };
  const ask = async (number: number) => {
    expect(await reader(database, platform).query(statement(number))).toEqual([
      { given: number, made: number },
    ]);
  };

  test("keeps so many statements prepared, those that were run last, and runs others again", async () => {
    for (let number = 0; number < mostPrepared + 200; number++) {
      await ask(number);
      if (number % 100 === 0) await ask(0);
    }
    const names = await kept();
    expect(names.filter((name) => /^s\d+$/.test(name)).length).toBeLessThanOrEqual(mostPrepared);
    expect(names).toContain(nameOf(statement(0)));
    expect(names).toContain(nameOf(statement(mostPrepared + 199)));
    expect(names).not.toContain(nameOf(statement(5)));
    await ask(5);
    expect(await kept()).toContain(nameOf(statement(5)));
  });

  test("forgets statements in a transaction too, whether what comes behind fails or not", async () => {
    const environmentId = newId();
    const writer = { environmentId, actor: "test", requestId: "test", now: new Date() };
    const run = (from: number, broken: boolean) =>
      transact(database, writer, async ({ query }) => {
        for (let number = from; number < from + 300; number++) await query(statement(number));
        if (broken) await query(Prisma.sql`SELECT 1 / ${0}::int AS broken`);
      });
    await run(10_000, false);
    await expect(run(20_000, true)).rejects.toThrow("division by zero");
    await run(30_000, false);
    await run(10_000, false);
    expect((await kept()).filter((name) => /^s\d+$/.test(name)).length).toBeLessThanOrEqual(mostPrepared);
  });
});
