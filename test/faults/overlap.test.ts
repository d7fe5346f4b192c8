import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { type Call, type Reply, Tally, send, sendUntilAnswered } from "./support/client.ts";
import { chance, effort, patience, report, shuffled } from "./support/effort.ts";

const upsert = `mutation ($input: UpsertCustomersByExternalIdInput!) {
  upsertCustomersByExternalId(input: $input) { results { outcome } }
}`;

const twice = `mutation ($one: UpsertCustomersByExternalIdInput!, $other: UpsertCustomersByExternalIdInput!) {
  one: upsertCustomersByExternalId(input: $one) { results { outcome } }
  other: upsertCustomersByExternalId(input: $other) { results { outcome } }
}`;

describe.skipIf(!serverUrl)("batches that overlap in opposite order", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const count = effort(60, 1_000);
  const atOnce = 10;

  /** Runs calls, ten at a time, in another order than theirs. */
  async function runAll(name: string, calls: readonly Call[]): Promise<Reply[]> {
    const left = shuffled(calls, chance(name));
    const tally = new Tally();
    const replies: Reply[] = [];
    const work = async (): Promise<void> => {
      for (let call = left.pop(); call; call = left.pop()) {
        replies.push(
          call.key === undefined
            ? await send(api.url, call)
            : await sendUntilAnswered(() => api.url, call, tally),
        );
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    report(`overlap: ${name}`, { calls: calls.length, ...tally.counts });
    for (const { errors } of replies) expect(errors).toBeUndefined();
    expect(tally.counts["SERVICE_UNAVAILABLE"]).toBeUndefined();
    return replies;
  }

  const rowOf = (id: string, n: number) => ({
    externalId: id,
    email: `${id}@a.example`,
    name: `n${n}`,
    externalUpdatedAt: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
  });

  const namesOf = async (source: string): Promise<string[]> => {
    const { rows } = await api.database.pool.query(
      `SELECT DISTINCT c.name FROM customer_external_ids l JOIN customers c ON c.id = l.customer_id WHERE l.source = $1`,
      [source],
    );
    return rows.map(({ name }) => name);
  };

  it.each([
    ["few rows, no key", 6, false],
    ["few rows, keys", 6, true],
    ["many rows, no key", 20, false],
    ["many rows, keys", 20, true],
  ])(`${count} batches: %s: the newest wins everywhere`, { timeout: patience }, async (name, size, keyed) => {
    const ids = Array.from({ length: size }, (_, n) => `${size}-${keyed}-${n}`);
    const source = `overlap ${size} ${keyed}`;
    await runAll(
      name,
      Array.from({ length: count }, (_, n) => ({
        apiKey: api.key,
        ...(keyed && { key: `${name} ${n}` }),
        query: upsert,
        variables: {
          input: { source, customers: (n % 2 ? ids : ids.toReversed()).map((id) => rowOf(id, n)) },
        },
      })),
    );
    expect(await namesOf(source)).toEqual([`n${count - 1}`]);
  });

  const pairs = effort(20, 300);

  it(`${pairs} keyed requests of two fields: the newest wins everywhere`, { timeout: patience }, async () => {
    const source = "overlap fields";
    const fields = (n: number) => [
      { source, customers: [rowOf("field-a", n)] },
      { source, customers: Array.from({ length: n % 3 ? 1 : 20 }, (_, row) => rowOf(`field-b${row}`, n)) },
    ];
    const replies = await runAll(
      "fields",
      Array.from({ length: pairs }, (_, n) => {
        const [one, other] = n % 2 ? fields(n) : fields(n).toReversed();
        return { apiKey: api.key, key: `fields ${n}`, query: twice, variables: { one, other } };
      }),
    );
    expect(replies).toHaveLength(pairs);
    const { rows } = await api.database.pool.query(
      `SELECT c.name FROM customer_external_ids l JOIN customers c ON c.id = l.customer_id
       WHERE l.external_id IN ('field-a', 'field-b0')`,
    );
    expect(rows).toEqual([{ name: `n${pairs - 1}` }, { name: `n${pairs - 1}` }]);
  });
});
