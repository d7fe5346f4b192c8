import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { runBooks } from "./run-books.ts";
import { type Shop, openShop } from "./shop.ts";

/** How many operations; `npm run books` makes more, from a seed of its own that it tells. */
const asked = process.env["BOOKS_RUNS"];
const runs = asked ? Number(asked) : 400;
const seed = Number(process.env["BOOKS_SEED"] ?? (asked ? randomInt(2 ** 31) : 1));

let api: TestApi;
let shops: Shop[];
beforeAll(async () => {
  api = await startApi();
  shops = [
    await openShop(api),
    await openShop(api, { byDay: true }),
    await openShop(api, { cancelsUnpaid: true }),
  ];
});
afterAll(() => api.close());

test(
  `${runs} operations (seed ${seed}) leave books in which every amount is owed, billed once and paid back once`,
  async () => {
    const { faults } = await runBooks(shops, {
      runs,
      seed,
      tells: Boolean(asked),
      forget: () => void (api.statements.length = 0),
    });
    expect(faults.map(({ text }) => text).join("\n\n")).toBe("");
  },
  120_000 + runs * 200,
);
