import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { runBooks } from "./run-books.ts";
import { runSequence } from "./run.ts";
import { tableOf } from "./tell.ts";
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

const file = process.env["BOOKS_SEQUENCE"];

test.runIf(file)("the sequence of a file, one step a line, breaks no rule", async () => {
  const [beginning, ...operations] = (await readFile(file ?? "", "utf8"))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const now = Date.parse(beginning.now);
  const { fault, one } = await runSequence(shops, { beginning: { ...beginning, now }, operations });
  console.log([...(one?.log ?? []), one ? tableOf(one) : "refused", fault?.rule, fault?.message].join("\n"));
  expect(fault).toBeNull();
});

test.skipIf(file)(
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
