import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sweepAnswers } from "../../src/db/idempotency.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const create = `mutation Create($input: CreateCustomerInput!) {
  createCustomer(input: $input) { created customer { id email } userErrors { code } }
}`;

interface Sent {
  readonly body: any;
  readonly status: number;
  readonly replayed: string | null;
}

/** Sends a request with an idempotency key, as JSON text so that its form can be chosen. */
async function send(key: string | null, body: string, apiKey = api.key): Promise<Sent> {
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": apiKey,
      ...(key !== null && { "idempotency-key": key }),
    },
    body,
  });
  return {
    body: await response.json(),
    status: response.status,
    replayed: response.headers.get("idempotency-replayed"),
  };
}

const creation = (email: string, query = create): string =>
  JSON.stringify({ query, variables: { input: { email } } });

const customersWith = (email: string): Promise<number> =>
  api.database.prisma.customer.count({ where: { email } });

describe("a key that was used for the same request", () => {
  it("gives the stored answer and does nothing again", async () => {
    const first = await send("same-1", creation("same-1@a.example"));
    expect(first).toMatchObject({ status: 200, replayed: null });
    expect(first.body.data.createCustomer).toMatchObject({ created: true });
    expect(first.body.extensions).toMatchObject({ idempotency: { replayed: false } });

    const again = await send("same-1", creation("same-1@a.example"));
    expect(again).toMatchObject({ status: 200, replayed: "true" });
    expect(again.body.data).toEqual(first.body.data);
    expect(again.body.extensions).toMatchObject({ idempotency: { replayed: true } });
    expect(await customersWith("same-1@a.example")).toBe(1);
  });

  it("knows the request in another form: white space, order of keys", async () => {
    await send(
      "form-1",
      JSON.stringify({ query: create, variables: { input: { email: "form@a.example", name: "F" } } }),
    );
    const reordered = `{"variables": {"input": {"name": "F", "email": "form@a.example"}}, "query": ${JSON.stringify(create.replaceAll("\n", "  \n  "))}}`;
    expect(await send("form-1", reordered)).toMatchObject({ status: 200, replayed: "true" });
  });

  it("may come in extensions", async () => {
    const body = JSON.stringify({
      query: create,
      variables: { input: { email: "ext@a.example" } },
      extensions: { idempotencyKey: "ext-1" },
    });
    await send(null, body);
    expect(await send(null, body)).toMatchObject({ replayed: "true" });
    expect(await send("ext-1", body)).toMatchObject({ replayed: "true" });
    expect((await send("other", body)).body.errors[0].extensions.code).toBe("INVALID_REQUEST");
  });

  it("stores refusals too", async () => {
    const bad = creation("no address");
    const first = await send("refused-1", bad);
    expect(first.body.data.createCustomer.userErrors).toEqual([{ code: "INVALID" }]);
    expect(await send("refused-1", bad)).toMatchObject({ replayed: "true", body: { data: first.body.data } });
  });

  it("is another key in another environment", async () => {
    const other = await api.newEnvironment();
    await send("env-1", creation("env@a.example"));
    expect(await send("env-1", creation("env@a.example"), other.key)).toMatchObject({ replayed: null });
  });
});

describe("a key that was used for another request", () => {
  it.each([
    ["other variables", creation("conflict-2@a.example")],
    ["another document", creation("conflict-1@a.example", create.replace("created ", ""))],
  ])("is a conflict: %s", async (_, other) => {
    await send("conflict-1", creation("conflict-1@a.example"));
    const answer = await send("conflict-1", other);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: "IDEMPOTENCY_CONFLICT" } }] });
    expect(await customersWith("conflict-2@a.example")).toBe(0);
  });

  it("is free again after 24 hours", async () => {
    await send("old-1", creation("old-1@a.example"));
    await api.database.pool.query(
      "UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second' WHERE key = 'old-1'",
    );
    expect(await send("old-1", creation("old-2@a.example"))).toMatchObject({ status: 200, replayed: null });
    expect(await send("old-1", creation("old-2@a.example"))).toMatchObject({ replayed: "true" });
  });
});

describe("a key of somebody else's request", () => {
  it("gives no stored answer to an API key with fewer scopes, nor to one with as many", async () => {
    await send("others-1", creation("others@a.example"), await api.keyWith("customers:*"));
    for (const scopes of [["customers:write"], ["customers:*"], ["*"]]) {
      const answer = await send("others-1", creation("others@a.example"), await api.keyWith(...scopes));
      expect(answer).toMatchObject({ status: 409, replayed: null });
      expect(answer.body.errors[0].extensions.code).toBe("IDEMPOTENCY_CONFLICT");
      expect(JSON.stringify(answer.body)).not.toContain("others@a.example");
    }
    expect(await customersWith("others@a.example")).toBe(1);
  });

  it("keeps no denial for the one who may", async () => {
    const reader = await api.keyWith("customers:read");
    const denied = await send("denied-1", creation("denied@a.example"), reader);
    expect(denied.status).toBe(403);
    expect(denied.body).toMatchObject({ errors: [{ extensions: { code: "PERMISSION_DENIED" } }] });
    const rightful = await send("denied-1", creation("denied@a.example"));
    expect(rightful).toMatchObject({ status: 200, replayed: null });
    expect(rightful.body.data.createCustomer.created).toBe(true);
  });

  it("undoes all of a request of which a part is denied", async () => {
    const query = `mutation {
      good: createCustomer(input: { email: "half@a.example" }) { created }
      bad: createMeter(input: { name: "M", eventName: "m", aggregation: COUNT }) { userErrors { code } }
    }`;
    const writer = await api.keyWith("customers:*");
    const { status, body } = await send("half-1", JSON.stringify({ query }), writer);
    expect(status).toBe(403);
    expect(body).not.toHaveProperty("data");
    expect(body.errors).toMatchObject([{ path: ["bad"], extensions: { code: "PERMISSION_DENIED" } }]);
    expect(await customersWith("half@a.example")).toBe(0);
  });
});

describe("an answer that is too large to be kept", () => {
  it("is refused, and nothing is done", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `a${index}: email`).join(" ");
    const query = `mutation ($input: CreateCustomersInput!) {
      createCustomers(input: $input) { results { customer { ${names} } } }
    }`;
    const long = `${"x".repeat(60)}@${"y".repeat(60)}.${"z".repeat(60)}.example`;
    const customers = Array.from({ length: 100 }, (_, index) => ({ email: `${index}${long}` }));
    const large = await send("large-1", JSON.stringify({ query, variables: { input: { customers } } }));
    expect(large.body).toMatchObject({ errors: [{ extensions: { code: "INVALID_REQUEST" } }] });
    expect(large.body).not.toHaveProperty("data");
    expect(await api.database.prisma.customer.count({ where: { email: { endsWith: long } } })).toBe(0);
    const few = { input: { customers: customers.slice(0, 20) } };
    expect((await send("large-1", JSON.stringify({ query, variables: few }))).status).toBe(200);
  });
});

describe("sweeping", () => {
  it("deletes answers after 24 hours, and no others", async () => {
    await send("sweep-old", creation("sweep-old@a.example"));
    await send("sweep-new", creation("sweep-new@a.example"));
    await api.database.pool.query(
      "UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second' WHERE key = 'sweep-old'",
    );
    await sweepAnswers(api.database);
    const kept = await api.database.prisma.idempotencyKey.findMany({
      where: { key: { startsWith: "sweep-" } },
    });
    expect(kept.map(({ key }) => key)).toEqual(["sweep-new"]);
  });
});

describe("a keyed request", () => {
  it("is done once however many twins are under way at once", async () => {
    const twins = await Promise.all(
      Array.from({ length: 30 }, () => send("twin-1", creation("twin@a.example"))),
    );
    const codes = new Set(twins.map(({ status }) => status));
    expect([...codes].every((status) => status === 200 || status === 409)).toBe(true);
    expect(twins.filter(({ status, replayed }) => status === 200 && replayed === null)).toHaveLength(1);
    const refused = twins.filter(({ status }) => status === 409);
    expect(refused.map(({ body }) => body.errors[0].extensions.code)).toEqual(
      refused.map(() => "IDEMPOTENCY_IN_PROGRESS"),
    );
    expect(await customersWith("twin@a.example")).toBe(1);
  });

  it("sees in its payload what it has just written", async () => {
    const query = `mutation ($input: CreateCustomerInput!) {
      createCustomer(input: $input) { customer { externalIds { nodes { source externalId } } } }
    }`;
    const input = { email: "payload@a.example", external: { source: "s", id: "payload-1" } };
    const { body } = await send("payload-1", JSON.stringify({ query, variables: { input } }));
    expect(body.data.createCustomer.customer.externalIds.nodes).toEqual([
      { source: "s", externalId: "payload-1" },
    ]);
  });

  it("keeps the fields that succeed beside one that is refused", async () => {
    const query = `mutation {
      good: createCustomer(input: { email: "several@a.example" }) { created }
      bad: createCustomer(input: { email: "several@a.example" }) { userErrors { code } }
    }`;
    const { body } = await send("several-1", JSON.stringify({ query }));
    expect(body.data).toEqual({ good: { created: true }, bad: { userErrors: [{ code: "EMAIL_TAKEN" }] } });
    expect(await customersWith("several@a.example")).toBe(1);
  });

  it("undoes all of it, and stores nothing, when one field fails by our fault", async () => {
    await api.database.pool.query(
      `ALTER TABLE customers ADD CONSTRAINT fault CHECK (email <> 'fault@a.example')`,
    );
    const query = `mutation {
      good: createCustomer(input: { email: "beside@a.example" }) { created }
      bad: createCustomer(input: { email: "fault@a.example" }) { created }
    }`;
    const failed = await send("fault-1", JSON.stringify({ query }));
    expect(failed.status).toBe(500);
    expect(failed.body.errors).toMatchObject([{ extensions: { code: "INTERNAL_ERROR" } }]);
    expect(failed.body.data).toBeUndefined();
    expect(await customersWith("beside@a.example")).toBe(0);

    await api.database.pool.query("ALTER TABLE customers DROP CONSTRAINT fault");
    const retried = await send("fault-1", JSON.stringify({ query }));
    expect(retried).toMatchObject({ status: 200, replayed: null });
    expect(await customersWith("beside@a.example")).toBe(1);
  });

  it.each(["", "x".repeat(256), "ümlaut", 5, null, ["a"]])("refuses the key %j", async (key) => {
    const body = JSON.stringify({
      query: create,
      variables: { input: { email: "badkey@a.example" } },
      extensions: { idempotencyKey: key },
    });
    expect((await send(null, body)).body.errors[0].extensions.code).toBe("INVALID_REQUEST");
    expect(await customersWith("badkey@a.example")).toBe(0);
  });

  it("is not kept for queries", async () => {
    const query = JSON.stringify({ query: "{ viewer { keyName } }" });
    await send("query-1", query);
    expect(await send("query-1", query)).toMatchObject({ status: 200, replayed: null });
  });
});
