import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepEventHistory } from "../../src/db/events/history.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { watch } from "./watch.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ lookEveryMs: 50 });
});
afterAll(() => api.close());

const changes = `subscription ($after: String) { customerChanged(after: $after) { cursor customer { email } } }`;
const emailOf = ({ customerChanged }: any): string => customerChanged.customer.email;

async function create(email: string): Promise<void> {
  await api.query(`mutation { createCustomer(input: { email: "${email}" }) { created } }`);
}

async function latest(): Promise<string> {
  return (await api.query("{ latestEventCursor }")).data.latestEventCursor;
}

/** The first that a stream tells; what is refused is told as an error. */
async function firstOf(after: string | null) {
  const stream = await watch(api, changes, { after });
  const next = stream.next();
  return { next, close: () => stream.close() };
}

describe("after a restore into a server whose transactions have lower numbers", () => {
  let before: string;
  let seen: string;
  beforeAll(async () => {
    before = await latest();
    await create("first@a.example");
    const [event] = await (await watch(api, changes, { after: before })).take(1);
    seen = event.customerChanged.cursor;
    // What a dump of a server that has done much more brings along.
    await api.database.pool.query("UPDATE events SET transaction_id = transaction_id + 1000000");
    await keepEventHistory(api.database.pool);
  });

  it("refuses cursors from before it with a code and a remedy, whatever their numbers are", async () => {
    for (const cursor of [before, seen]) {
      const { next, close } = await firstOf(cursor);
      const result = await next;
      close();
      expect(result?.errors).toMatchObject([{ extensions: { code: "CURSOR_EXPIRED" } }]);
      expect(result?.errors?.[0]?.message).toContain("latestEventCursor");
    }
  });

  it("tells what happens from then on, and nothing of what was restored", async () => {
    const after = await latest();
    const stream = await watch(api, changes, { after });
    await create("second@a.example");
    await create("third@a.example");
    const events = await stream.take(2);
    stream.close();
    expect(events.map(emailOf)).toEqual(["second@a.example", "third@a.example"]);
    const again = await watch(api, changes, { after: events[0].customerChanged.cursor });
    expect((await again.take(1)).map(emailOf)).toEqual(["third@a.example"]);
    again.close();
  });

  it("goes on with the same history when the server only starts again", async () => {
    const after = await latest();
    await keepEventHistory(api.database.pool);
    const stream = await watch(api, changes, { after });
    await create("fourth@a.example");
    expect((await stream.take(1)).map(emailOf)).toEqual(["fourth@a.example"]);
    stream.close();
  });
});

it("a database that came from another server refuses cursors, though its numbers are lower", async () => {
  const after = await latest();
  const { rows } = await api.database.pool.query<{ server: string }>("SELECT event_server() AS server");
  expect(rows[0]?.server).not.toBe("");
  await api.database.pool.query(
    "CREATE OR REPLACE FUNCTION event_server() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN 'elsewhere'::text",
  );
  await keepEventHistory(api.database.pool);
  const { next, close } = await firstOf(after);
  expect((await next)?.errors).toMatchObject([{ extensions: { code: "CURSOR_EXPIRED" } }]);
  close();
});
