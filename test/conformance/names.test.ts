import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { newCustomer } from "../invoices/support.ts";

/** What every object of JavaScript answers to, though nobody gave it that property. */
const inherited = ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty"];

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await newCustomer(api);
});
afterAll(() => api.close());

describe.each(inherited)("the name %s", (name) => {
  it("of a variable that is left out stands for its default, or for nothing", async () => {
    for (const definition of [`$${name}: Int`, `$${name}: Int = 1`]) {
      // oxlint-disable-next-line no-await-in-loop
      const { data, errors } = await api.graphql(
        `query (${definition}) { customers(first: $${name}) { nodes { id } } }`,
      );
      expect(errors).toBeUndefined();
      expect(data.customers.nodes).not.toEqual([]);
    }
  });

  it("of a variable that is sent stands for what was sent", async () => {
    const variables = JSON.parse(`{ "${name}": 1, "with": true }`) as Record<string, unknown>;
    const { data, errors } = await api.graphql(
      `query ($${name}: Int, $with: Boolean!) { customers(first: $${name}) { nodes { id @include(if: $with) } } }`,
      variables,
    );
    expect(errors).toBeUndefined();
    expect(data.customers.nodes).toHaveLength(1);
  });

  it("of a condition's variable, a fragment and an alias is one as any other", async () => {
    const { data, errors } = await api.graphql(
      `query ($${name}: Boolean = true) { customers(first: 1) { ...${name} } }
       fragment ${name} on CustomerConnection { nodes { mail: email @include(if: $${name}) } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.customers.nodes[0].mail).toEqual(expect.any(String));
  });

  it("as a type that a caller accepts is one that there is not", async () => {
    const response = await fetch(`${api.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-api-key": api.key,
        accept: `${name}, application/json`,
      },
      body: JSON.stringify({ query: "{ viewer { keyName } }" }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  });

  it("as an operation's name, an id, a code or a key of metadata is refused or kept, and never a fault", async () => {
    const operation = await fetch(`${api.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": api.key, "revkeen-version": name },
      body: JSON.stringify({ query: "query A { viewer { keyName } }", operationName: name }),
    });
    expect(operation.status).toBe(400);
    const customer = {
      email: `${name.toLowerCase()}@example.org`,
      metadata: JSON.parse(`{ "${name}": "x" }`),
    };
    const { createCustomer } = (
      await api.query(
        `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) {
          customer { metadata } userErrors { message } } }`,
        { input: customer },
      )
    ).data;
    expect(createCustomer.userErrors).toEqual([]);
    expect(Object.entries(createCustomer.customer.metadata)).toEqual([[name, "x"]]);
    const wrong = await api.graphql(
      `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { userErrors { path } } }`,
      { input: { email: "a@example.org", currency: name, timezone: name, address: { country: name } } },
    );
    for (const error of wrong.errors ?? []) expect(error.extensions["code"]).not.toBe("INTERNAL_ERROR");
  });
});
