import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const upsert = `mutation ($input: UpsertCustomersByExternalIdInput!) {
  upsertCustomersByExternalId(input: $input) {
    created updated skipped failed
    userErrors { code path message }
    results {
      index externalId outcome warnings
      customer { id email name version metadata address { city country } }
      userErrors { __typename code path message ... on StaleUpdate { storedUpdatedAt incomingUpdatedAt } }
    }
  }
}`;

async function send(customers: unknown[], source = "practicehub", key = api.key) {
  const { data } = await api.query(upsert, { input: { source, customers } }, key);
  return data.upsertCustomersByExternalId;
}

describe("a batch", () => {
  it("creates, then updates, then leaves alone", async () => {
    const john = { externalId: "A-1", email: "john@a.example", name: "John" };
    const first = await send([john]);
    expect(first).toMatchObject({ created: 1, updated: 0, skipped: 0, failed: 0, userErrors: [] });
    expect(first.results).toMatchObject([{ index: 0, outcome: "CREATED", customer: { version: 1, name: "John" } }]);
    const second = await send([{ ...john, name: "Johnny" }]);
    expect(second.results).toMatchObject([{ outcome: "UPDATED", customer: { version: 2, name: "Johnny" } }]);
    const third = await send([{ ...john, name: "Johnny" }]);
    expect(third).toMatchObject({ created: 0, updated: 0, skipped: 1, failed: 0 });
    expect(third.results).toMatchObject([{ outcome: "UNCHANGED", customer: { version: 2 } }]);
  });
});
