import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Checkout, type Program, checkOut } from "./checkout.ts";

const server = process.env["TEST_DATABASE_URL"];
const database = `billgraph_start_${randomUUID().replaceAll("-", "")}`;

let checkout: Checkout;

beforeAll(async () => {
  checkout = await checkOut();
});

afterAll(async () => {
  await checkout.remove();
});

describe("npm start in a fresh clone", () => {
  test("serves demo data from the embedded database, and the same ones the next time", async () => {
    await expectDemoData({});
  });

  test.skipIf(!server)("does the same on PostgreSQL", async () => {
    const url = new URL(server!);
    url.pathname = `/${database}`;
    await onServer(`CREATE DATABASE ${database}`);
    try {
      await expectDemoData({ DATABASE_URL: url.href });
    } finally {
      await onServer(`DROP DATABASE ${database} WITH (FORCE)`);
    }
  });

  test("names every option that is wrong, and starts nothing", async () => {
    const starting = checkout.start({ PORT: "http", DATABASE_URL: "mysql://localhost" });
    await expect(starting).rejects.toThrow(/PORT[^]*DATABASE_URL|DATABASE_URL[^]*PORT/);
  });
});

async function expectDemoData(options: Record<string, string>): Promise<void> {
  const first = await customersOf(await checkout.start(options));
  expect(first).toMatchObject({ viewer: { livemode: false }, customers: { totalCount: expect.any(Number) } });
  expect(first.customers.totalCount).toBeGreaterThan(0);
  expect(await customersOf(await checkout.start(options))).toEqual(first);
}

type Answer = { viewer: { livemode: boolean }; customers: { totalCount: number } };

/** Asks a running program with the key that it printed, and stops it: nothing listens there any more. */
async function customersOf({ url, key, stop }: Program): Promise<Answer> {
  const ask = (): Promise<Response> =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ query: "{ viewer { livemode } customers { totalCount } }" }),
    });
  const { data, errors } = (await (await ask()).json()) as { data: Answer; errors?: unknown };
  await stop();
  expect(errors).toBeUndefined();
  await expect(ask()).rejects.toThrow("fetch failed");
  return data;
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  await client.query(statement);
  await client.end();
}
