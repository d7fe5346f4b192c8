import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { advanceClock } from "../../src/domains/engine/index.ts";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { on, subscribe } from "../engine/support.ts";

let api: TestApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

const errors = "userErrors { code message path }";

async function mutate(name: string, input: object, fields: string, key = api.key): Promise<any> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const { data } = await api.query(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} ${errors} } }`,
    { input },
    key,
  );
  return data[name];
}

const clockFields =
  "testClock { id name status now advancingTo stepsDone leftUndone customers { totalCount } }";

async function createClock(now = on("01-01"), key = api.key): Promise<string> {
  const { testClock } = await mutate(
    "createTestClock",
    { name: "Year", now: now.toISOString() },
    clockFields,
    key,
  );
  return testClock.id;
}

/** What a worker could not do. */
const stuck: unknown[] = [];

/** Advances a clock; what the call has left, a worker does. */
async function advance(id: string, to: Date | string): Promise<any> {
  const wanted = typeof to === "string" ? to : to.toISOString();
  const answer = await mutate("advanceTestClock", { id, to: wanted }, clockFields);
  if (answer.testClock?.status !== "ADVANCING") return answer;
  const writer = { environmentId: api.environmentId, actor: "engine", requestId: null, now: new Date() };
  await advanceClock(api.database, writer, id, new AbortController().signal, (_error, row) =>
    stuck.push(row),
  );
  const { data } = await api.query(
    `query ($id: ID!) { ${clockFields.replace("testClock", "testClock(id: $id)")} }`,
    { id },
  );
  return data;
}

describe("createTestClock", () => {
  it("makes a clock that stands still", async () => {
    const { testClock, userErrors } = await mutate(
      "createTestClock",
      { name: "Year", now: "2026-01-01T00:00:00Z" },
      clockFields,
    );
    expect(userErrors).toEqual([]);
    expect(testClock).toMatchObject({
      name: "Year",
      status: "READY",
      now: on("01-01").toISOString(),
      advancingTo: null,
      stepsDone: 0,
      customers: { totalCount: 0 },
    });
    const { data } = await api.query(
      "query ($id: ID!) { testClock(id: $id) { id } testClocks { nodes { id } } }",
      {
        id: testClock.id,
      },
    );
    expect(data.testClock).toEqual({ id: testClock.id });
    expect(data.testClocks.nodes).toContainEqual({ id: testClock.id });
  });

  it("is refused in live mode", async () => {
    const { key } = await api.newEnvironment({ livemode: true });
    const { testClock, userErrors } = await mutate("createTestClock", {}, clockFields, key);
    expect(testClock).toBeNull();
    expect(userErrors).toMatchObject([{ code: "ILLEGAL_STATE" }]);
  });

  it("is refused for a time that calendars are not made for", async () => {
    const { userErrors } = await mutate("createTestClock", { now: "1950-01-01T00:00:00Z" }, clockFields);
    expect(userErrors).toMatchObject([{ code: "INVALID", path: ["now"] }]);
  });
});

describe("customers", () => {
  const create = (testClockId: string, key = api.key): Promise<any> =>
    mutate(
      "createCustomer",
      { email: `${Math.random()}@example.org`, testClockId },
      "customer { id testClock { id } }",
      key,
    );

  it("live by a clock from their creation on, or from an update, or no more", async () => {
    const clock = await createClock();
    const { customer } = await create(clock);
    expect(customer.testClock).toEqual({ id: clock });
    const update = async (testClockId: string | null): Promise<any> =>
      mutate(
        "updateCustomer",
        { customer: { id: customer.id }, testClockId },
        "changed customer { testClock { id } }",
      );
    expect(await update(null)).toMatchObject({ changed: true, customer: { testClock: null } });
    expect(await update(clock)).toMatchObject({ changed: true, customer: { testClock: { id: clock } } });
    expect(await update(clock)).toMatchObject({ changed: false });
  });

  it("are refused a clock that there is not, and another tenant's", async () => {
    const other: TestEnvironment = await api.newEnvironment();
    const foreign = await createClock(on("01-01"), other.key);
    for (const id of [foreign, "nonsense"]) {
      // oxlint-disable-next-line no-await-in-loop
      const { customer, userErrors } = await create(id);
      expect(customer).toBeNull();
      expect(userErrors).toMatchObject([{ code: "NOT_FOUND", path: ["testClockId"] }]);
    }
  });

  it("keep their clock while they have a subscription", async () => {
    const clock = await createClock();
    await subscribe(api, { customer: { testClockId: clock, name: "Keeper" } });
    const { data } = await api.query('{ customers(filter: { search: "keeper" }) { nodes { id } } }');
    const { userErrors } = await mutate(
      "updateCustomer",
      { customer: { id: data.customers.nodes[0].id }, testClockId: null },
      "changed",
    );
    expect(userErrors).toMatchObject([{ code: "ILLEGAL_STATE", path: ["testClockId"] }]);
  });
});

describe("advanceTestClock", () => {
  it("does all that falls due on the way, in its order and at its time", async () => {
    const clock = await createClock();
    const [monthly = ""] = await subscribe(api, { customer: { testClockId: clock } });
    const [failing = ""] = await subscribe(api, {
      customer: { testClockId: clock, metadata: { sandbox_payment: "decline_then_succeed" } },
    });
    const [weekly = ""] = await subscribe(api, {
      customer: { testClockId: clock },
      subscription: { interval: "WEEK", currentPeriodEnd: on("01-08") },
    });
    const { testClock } = await advance(clock, on("03-10"));
    // Two renewals of the monthly ones, nine of the weekly one, and two retries.
    expect(testClock).toMatchObject({
      status: "READY",
      now: on("03-10").toISOString(),
      advancingTo: null,
      stepsDone: 2 + 2 + 2 + 9,
    });
    const { rows } = await api.database.pool.query(
      `SELECT subscription_id AS id, issued_at AS issued, period_start AS start, paid_at AS paid FROM invoices
       WHERE subscription_id = ANY($1) ORDER BY number`,
      [[monthly, failing, weekly]],
    );
    expect(rows.map(({ issued }) => issued)).toEqual(rows.map(({ start }) => start));
    expect(rows.map(({ issued }) => +issued)).toEqual(
      rows.map(({ issued }) => +issued).toSorted((a, b) => a - b),
    );
    expect(rows.filter(({ id }) => id === failing).map(({ paid }) => paid)).toEqual([
      on("02-02"),
      on("03-02"),
    ]);
  });

  it("leaves behind what cannot be done, which it tells, and tries that again the next time", async () => {
    const clock = await createClock();
    const customer = { testClockId: clock };
    const [good = ""] = await subscribe(api, { customer });
    const [bad = ""] = await subscribe(api, { customer });
    const end = async (id: string) =>
      (await api.query("query ($id: ID!) { subscription(id: $id) { currentPeriod { end } } }", { id })).data
        .subscription.currentPeriod.end;
    await api.database.pool.query(`
      CREATE FUNCTION refuse_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault of ours'; END $$;
      CREATE TRIGGER refuse_step BEFORE UPDATE ON subscriptions FOR EACH ROW
        WHEN (OLD.id = '${bad}') EXECUTE FUNCTION refuse_step();`);
    const left = await advance(clock, on("03-10"));
    expect(left.testClock).toMatchObject({ status: "READY", now: on("03-10").toISOString(), leftUndone: 1 });
    expect(stuck).toEqual([bad]);
    expect([await end(good), await end(bad)]).toEqual(
      [on("04-01"), on("02-01")].map((at) => at.toISOString()),
    );
    await api.database.pool.query("DROP FUNCTION refuse_step CASCADE");
    expect((await advance(clock, on("03-11"))).testClock).toMatchObject({ status: "READY", leftUndone: 0 });
    expect(await end(bad)).toBe(on("04-01").toISOString());
  });

  it.runIf(serverUrl)("waits for what another request holds, and goes on when it is free", async () => {
    const clock = await createClock();
    const [id = ""] = await subscribe(api, { customer: { testClockId: clock } });
    const other = await api.database.pool.connect();
    await other.query("BEGIN");
    await other.query("SELECT FROM subscriptions WHERE id = $1 FOR UPDATE", [id]);
    const { testClock, userErrors } = await mutate(
      "advanceTestClock",
      { id: clock, to: on("03-10").toISOString() },
      clockFields,
    );
    expect(userErrors).toEqual([]);
    expect(testClock).toMatchObject({ status: "ADVANCING", advancingTo: on("03-10").toISOString() });
    const writer = { environmentId: api.environmentId, actor: "engine", requestId: null, now: new Date() };
    const going = advanceClock(api.database, writer, clock, AbortSignal.timeout(60_000));
    await other.query("COMMIT");
    other.release();
    expect(await going).toBe(true);
    const { data } = await api.query("query ($id: ID!) { testClock(id: $id) { status stepsDone } }", {
      id: clock,
    });
    expect(data.testClock).toEqual({ status: "READY", stepsDone: 2 });
  });

  it("leaves alone who lives by real time or another clock", async () => {
    const clock = await createClock(on("01-01"));
    const [other = ""] = await subscribe(api, { customer: { testClockId: await createClock(on("01-01")) } });
    await advance(clock, on("06-01"));
    const { data } = await api.query("query ($id: ID!) { subscription(id: $id) { currentPeriod { end } } }", {
      id: other,
    });
    expect(data.subscription.currentPeriod.end).toBe(on("02-01").toISOString());
  });

  it.each([
    ["back", "2025-12-31T00:00:00Z"],
    ["to where it is", "2026-01-01T00:00:00Z"],
    ["more than two years", "2028-01-03T00:00:00Z"],
  ])("is refused %s", async (_way, to) => {
    const { testClock, userErrors } = await advance(await createClock(), to);
    expect(testClock).toBeNull();
    expect(userErrors).toMatchObject([{ code: "INVALID", path: ["to"] }]);
  });

  it("is refused for a clock that is being advanced, and one that there is not", async () => {
    const clock = await createClock();
    await api.database.pool.query(
      "UPDATE test_clocks SET status = 'ADVANCING', advancing_to = now + interval '1 day' WHERE id = $1",
      [clock],
    );
    expect((await advance(clock, on("02-01"))).userErrors).toMatchObject([
      { code: "ILLEGAL_STATE", path: ["id"] },
    ]);
    expect((await advance("nonsense", on("02-01"))).userErrors).toMatchObject([{ code: "NOT_FOUND" }]);
  });
});

describe("deleteTestClock", () => {
  const remove = (id: string): Promise<any> =>
    mutate("deleteTestClock", { id }, "deletedId customersReleased");

  it("lets its customers live by real time", async () => {
    const clock = await createClock();
    await subscribe(api, {
      customer: { testClockId: clock },
      subscription: { status: "CANCELED", canceledAt: on("01-02"), endedAt: on("01-02") },
    });
    expect(await remove(clock)).toEqual({ deletedId: clock, customersReleased: 1, userErrors: [] });
    const { data } = await api.query("query ($id: ID!) { testClock(id: $id) { id } }", { id: clock });
    expect(data.testClock).toBeNull();
  });

  it("is refused while one of them has a subscription", async () => {
    const clock = await createClock();
    await subscribe(api, { customer: { testClockId: clock } });
    expect((await remove(clock)).userErrors).toMatchObject([{ code: "ILLEGAL_STATE" }]);
  });
});
