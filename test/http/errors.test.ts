import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const sql =
  /select|insert|relation|column|table|customers_|integration_mappings|constraint|pg_|cannot represent|null for/i;

/** Expects an error that says nothing of what happened, at `path`. */
function expectMasked(answer: Awaited<ReturnType<TestApi["graphql"]>>, ...path: (string | number)[]): void {
  const requestId = answer.headers.get("x-request-id");
  expect(answer.errors).toHaveLength(1);
  const [error] = answer.errors ?? [];
  expect(error?.extensions).toEqual({ code: "INTERNAL_ERROR", type: "api_error", requestId });
  expect(error?.path).toEqual(path);
  expect(error?.message).toBe("Something went wrong on our side. Nothing of it was your fault.");
  expect(JSON.stringify(answer.errors)).not.toMatch(sql);
}

/** Breaks the database, does `work`, and mends it. */
async function broken(how: string, work: () => Promise<void>, mend: string): Promise<void> {
  await api.database.pool.query(how);
  try {
    await work();
  } finally {
    await api.database.pool.query(mend);
  }
}

describe("a fault of ours", () => {
  beforeAll(async () => {
    const document = `mutation { createCustomer(input: { email: "ann@a.example", name: "Ann" }) { created } }`;
    await api.query(document);
  });

  it("is told at its field without a word of what it was, and the other fields are answered", async () => {
    const document = `{ customers(first: 1) { nodes { name integrations(first: 1) { nodes { id } } } } viewer { keyName } }`;
    await broken(
      "ALTER TABLE integration_mappings RENAME TO away",
      async () => {
        const answer = await api.graphql(document);
        expect(answer.status).toBe(200);
        expectMasked(answer, "customers", "nodes", 0, "integrations");
        expect(answer.data).toEqual({ customers: null, viewer: { keyName: "test" } });
      },
      "ALTER TABLE away RENAME TO integration_mappings",
    );
    expect((await api.graphql(document)).errors).toBeUndefined();
  });

  it("undoes a mutation as a whole", async () => {
    const document = `mutation { createCustomer(input: { email: "bob@a.example" }) { created userErrors { code } } }`;
    await broken(
      "ALTER TABLE events RENAME TO away",
      async () => {
        const answer = await api.graphql(document);
        expectMasked(answer, "createCustomer");
        expect(answer.data).toEqual({ createCustomer: null });
      },
      "ALTER TABLE away RENAME TO events",
    );
    expect((await api.graphql(document)).data.createCustomer).toEqual({ created: true, userErrors: [] });
  });

  it("is told of a value that the graph has no name for", async () => {
    await api.database.pool.query("ALTER TYPE customer_status ADD VALUE 'FROZEN'");
    const id = newId();
    const columns = "environment_id, id, email, status";
    await api.database.pool.query(
      `INSERT INTO customers (${columns}) VALUES ('${api.environmentId}', '${id}', 'f@a.example', 'FROZEN')`,
    );
    const answer = await api.graphql("query ($id: ID!) { customer(id: $id) { email status } }", { id });
    expectMasked(answer, "customer", "status");
    expect(answer.data).toEqual({ customer: null });
  });

  it("is told of a missing value that must be there", async () => {
    await broken(
      "ALTER TABLE customers ALTER email DROP NOT NULL",
      async () => {
        const id = newId();
        await api.database.pool.query(
          `INSERT INTO customers (environment_id, id, email) VALUES ('${api.environmentId}', '${id}', NULL)`,
        );
        const answer = await api.graphql("query ($id: ID!) { customer(id: $id) { email } }", { id });
        expectMasked(answer, "customer", "email");
      },
      "DELETE FROM customers WHERE email IS NULL; ALTER TABLE customers ALTER email SET NOT NULL",
    );
  });
});

describe("a fault of the caller's", () => {
  it("that shows at run time only is told as such, at its field", async () => {
    const document = `query ($id: ID = "x") { customer(id: $id) { id } viewer { keyName } }`;
    const { status, data, errors, headers } = await api.graphql(document, { id: null });
    expect(status).toBe(200);
    expect(data).toEqual({ customer: null, viewer: { keyName: "test" } });
    const requestId = headers.get("x-request-id");
    expect(errors).toMatchObject([
      {
        path: ["customer"],
        extensions: { code: "INVALID_REQUEST", type: "invalid_request_error", requestId },
      },
    ]);
  });

  it("in an argument that the database could not take is told at its field", async () => {
    const document = `query ($search: String) { customers(filter: { search: $search }) { totalCount } viewer { keyName } }`;
    for (const search of ["a\0b", "\ud800"]) {
      const { data, errors } = await api.graphql(document, { search });
      expect(data).toEqual({ customers: null, viewer: { keyName: "test" } });
      expect(errors).toMatchObject([{ path: ["customers"], extensions: { code: "INVALID_REQUEST" } }]);
      expect(errors?.[0]?.message).toContain("filter.search");
    }
  });
});
