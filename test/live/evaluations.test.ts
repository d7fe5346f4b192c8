import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey } from "../../src/domains/access/index.ts";
import { take } from "../../src/http/rate-limit/bucket.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Watch, watch } from "./watch.ts";

let api: TestApi;
/** The tokens that were taken, by the names of buckets. */
const taken = new Map<string, number>();
beforeAll(async () => {
  api = await startApi({
    takeTokens: (name, bucket, tokens) => {
      taken.set(name, (taken.get(name) ?? 0) + tokens);
      return take(bucket, 0, Date.now(), 0).taken;
    },
  });
});
afterAll(() => api.close());

const open: Watch[] = [];
afterAll(() => open.forEach((stream) => stream.close()));

async function follow(query: string, variables = {}, key = api.key): Promise<Watch> {
  const stream = await watch(api, query, variables, key);
  open.push(stream);
  return stream;
}

let count = 0;
async function createCustomer(): Promise<void> {
  count += 1;
  await api.query(`mutation { createCustomer(input: { email: "evaluated${count}@a.example" }) { created } }`);
}

const changes = `subscription ($after: String, $first: Int!) {
  customerChanged(after: $after) { customer { email invoices(first: $first) { nodes { id } } } } }`;

/** The statements by which the invoices of changed customers were read, while `work` ran. */
async function evaluationsIn(work: () => Promise<unknown>): Promise<number> {
  api.statements.length = 0;
  await work();
  return api.statements.filter(({ text }) => /FROM "?invoices/.test(text)).length;
}

describe("an event that many streams show", () => {
  it("is evaluated once for those of one key that show the same of it, wherever they began", async () => {
    const { data } = await api.query("{ latestEventCursor }");
    const alike = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        follow(changes, { first: 5, after: index % 2 ? data.latestEventCursor : null }),
      ),
    );
    const evaluations = await evaluationsIn(async () => {
      await createCustomer();
      const seen = await Promise.all(alike.map((stream) => stream.take(1)));
      for (const [one] of seen)
        expect(one.customerChanged.customer.email).toBe(`evaluated${count}@a.example`);
    });
    expect(evaluations).toBe(1);
    for (const stream of alike) stream.close();
  });

  it("is evaluated anew for another selection, other variables and another key", async () => {
    const { environmentId } = api;
    const { key } = await createKey(api.database.prisma, { environmentId, name: "other", scopes: ["*"] });
    const streams = await Promise.all([
      follow(changes, { first: 5 }),
      follow(changes, { first: 6 }),
      follow(changes.replace("email", "email name"), { first: 5 }),
      follow(changes, { first: 5 }, key),
    ]);
    const evaluations = await evaluationsIn(async () => {
      await createCustomer();
      await Promise.all(streams.map((stream) => stream.take(1)));
    });
    expect(evaluations).toBe(4);
    for (const stream of streams) stream.close();
  });

  it("is shown to those who stay, when the one for whom it was evaluated first hangs up", async () => {
    const [first, second] = await Promise.all([follow(changes, { first: 7 }), follow(changes, { first: 7 })]);
    first.close();
    await createCustomer();
    expect(await second.take(1)).toHaveLength(1);
    second.close();
  });
});

it("an event that costs less than a token is paid in fractions", async () => {
  const { environmentId } = api;
  const made = await createKey(api.database.prisma, { environmentId, name: "paying", scopes: ["*"] });
  const stream = await follow(changes, { first: 100 }, made.key);
  const dry = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream, application/json",
      "x-api-key": api.key,
    },
    body: JSON.stringify({ query: changes, variables: { first: 100 }, extensions: { dryRun: true } }),
  });
  const cost = Number(/"requested":(\d+)/.exec(await dry.text())?.[1]);
  expect(cost).toBeGreaterThan(100);
  expect(cost).toBeLessThan(1_000);
  const events = 21;
  for (let index = 0; index < events; index += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await createCustomer();
  }
  await stream.take(events);
  const opening = 1;
  const bucket = `${environmentId}/${made.apiKey.id}`;
  expect(taken.get(bucket)).toBe(opening + Math.floor((events * cost) / 1_000));
  stream.close();
});
