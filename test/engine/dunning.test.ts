import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transact } from "../../src/db/transaction.ts";
import { recoverSettled } from "../../src/domains/subscriptions/index.ts";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";
import { on, read, runAt, subscribe } from "./support.ts";

let api: TestApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

/** A subscription of a customer whose payments go like that. */
async function subscribeWho(
  payments: string,
  { environmentId }: Pick<TestEnvironment, "environmentId"> = api,
): Promise<string> {
  const customer = { metadata: { sandbox_payment: payments } };
  const [id = ""] = await subscribe({ database: api.database, environmentId }, { customer });
  return id;
}

const attempts = async (id: string): Promise<number> => {
  const { rows } = await api.database.pool.query(
    `SELECT count(*)::int AS count FROM events e JOIN invoices i ON i.id = e.object_id
     WHERE e.type = 'invoice.payment_failed' AND i.subscription_id = $1`,
    [id],
  );
  return rows[0].count;
};

describe("a payment that fails", () => {
  it("is tried again on days 1, 3 and 7, and then the subscription is unpaid and not billed any more", async () => {
    const id = await subscribeWho("decline");
    const story = [];
    for (const day of ["02-01", "02-02", "02-03", "02-04", "02-07", "02-08", "05-01"]) {
      // oxlint-disable-next-line no-await-in-loop
      await runAt(api.database, on(day));
      // oxlint-disable-next-line no-await-in-loop
      const { status, invoices } = await read(api, id);
      // oxlint-disable-next-line no-await-in-loop
      story.push([day, status, await attempts(id), invoices.length]);
    }
    expect(story).toEqual([
      ["02-01", "PAST_DUE", 1, 1],
      ["02-02", "PAST_DUE", 2, 1],
      ["02-03", "PAST_DUE", 2, 1],
      ["02-04", "PAST_DUE", 3, 1],
      ["02-07", "PAST_DUE", 3, 1],
      ["02-08", "UNPAID", 4, 1],
      ["05-01", "UNPAID", 4, 1],
    ]);
  });

  it("that succeeds the second time makes the subscription active", async () => {
    const id = await subscribeWho("decline_then_succeed");
    await runAt(api.database, on("02-01"));
    expect((await read(api, id)).status).toBe("PAST_DUE");
    await runAt(api.database, on("02-02"));
    expect(await read(api, id)).toMatchObject({
      status: "ACTIVE",
      invoices: [{ status: "PAID", amountDue: { amount: 0 } }],
    });
  });

  it("tells of each new version of the subscription by an event, later retries included", async () => {
    const id = await subscribeWho("decline");
    for (const day of ["02-01", "02-02", "02-04", "02-08"]) {
      // oxlint-disable-next-line no-await-in-loop
      await runAt(api.database, on(day));
    }
    const { rows } = await api.database.pool.query(
      `SELECT s.version, array_agg((e.data ->> 'version')::int ORDER BY e.sequence) AS told
       FROM subscriptions s JOIN events e ON e.environment_id = s.environment_id AND e.object_id = s.id
       WHERE s.id = $1 GROUP BY s.version`,
      [id],
    );
    const [{ version, told }] = rows;
    expect(new Set(told)).toEqual(new Set(Array.from({ length: version - 1 }, (_, index) => index + 2)));
  });

  it("for good is not tried again, and is given up when the days of grace are over", async () => {
    const id = await subscribeWho("hard_decline");
    await runAt(api.database, on("02-01"));
    await runAt(api.database, on("02-07"));
    expect([(await read(api, id)).status, await attempts(id)]).toEqual(["PAST_DUE", 1]);
    await runAt(api.database, on("02-08"));
    expect([(await read(api, id)).status, await attempts(id)]).toEqual(["UNPAID", 1]);
  });

  it("leaves a subscription unpaid until somebody pays, and that time is not billed", async () => {
    const id = await subscribeWho("decline");
    for (const day of ["02-01", "02-02", "02-04", "02-08"]) {
      // oxlint-disable-next-line no-await-in-loop
      await runAt(api.database, on(day));
    }
    const { rows } = await api.database.pool.query(
      `UPDATE invoices SET status = 'PAID', amount_paid = total, amount_due = 0 WHERE subscription_id = $1 RETURNING environment_id`,
      [id],
    );
    const writer = {
      environmentId: rows[0].environment_id,
      actor: "test",
      requestId: null,
      now: on("05-16"),
    };
    await transact(api.database, writer, (transaction) =>
      recoverSettled(transaction, [{ subscriptionId: id, status: "PAID" }], on("05-16")),
    );
    await api.database.pool.query(
      "UPDATE customers SET metadata = '{}' WHERE id = (SELECT customer_id FROM subscriptions WHERE id = $1)",
      [id],
    );
    await runAt(api.database, on("05-16"));
    const { status, currentPeriod, invoices } = await read(api, id);
    expect({ status, currentPeriod }).toEqual({
      status: "ACTIVE",
      currentPeriod: { start: on("05-16").toISOString(), end: on("06-01").toISOString() },
    });
    // 16 of 31 days.
    expect(invoices.map(({ total }: any) => total.amount)).toEqual([1000, 516]);
  });

  it("cancels the subscription where the settings say so, after the retries that they say", async () => {
    const own = await api.newEnvironment();
    await api.database.pool.query(
      `INSERT INTO billing_settings (environment_id, dunning_retry_days, dunning_grace_days, auto_cancel_unpaid)
       VALUES ($1, '{2}', 0, true)`,
      [own.environmentId],
    );
    const id = await subscribeWho("decline", own);
    await runAt(api.database, on("02-01"));
    await runAt(api.database, on("02-03"));
    const { rows } = await api.database.pool.query(
      "SELECT status, ended_at FROM subscriptions WHERE id = $1",
      [id],
    );
    expect(rows).toEqual([{ status: "CANCELED", ended_at: on("02-03") }]);
  });

  it.each(["__proto__", "constructor", "toString", "", "whatever"])(
    "is none where the metadata of the customer says %j, which the sandbox does not know",
    async (payments) => {
      const id = await subscribeWho(payments);
      await runAt(api.database, on("02-01"));
      expect(await read(api, id)).toMatchObject({ status: "ACTIVE", invoices: [{ status: "PAID" }] });
    },
  );

  it("in live mode, where there is no gateway, is not tried: the invoice waits for the customer", async () => {
    const live = await api.newEnvironment({ livemode: true });
    const id = await subscribeWho("decline", live);
    await runAt(api.database, on("02-01"));
    const { rows } = await api.database.pool.query(
      `SELECT s.status AS subscription, i.status AS invoice FROM subscriptions s
       JOIN invoices i ON i.environment_id = s.environment_id AND i.subscription_id = s.id WHERE s.id = $1`,
      [id],
    );
    expect(rows).toEqual([{ subscription: "ACTIVE", invoice: "SENT" }]);
  });
});
