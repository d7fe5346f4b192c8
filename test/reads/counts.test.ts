import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert, times } from "./fixtures.ts";
import { observe } from "./statements.ts";

let api: TestApi;
let few: string;
let none: string;
beforeAll(async () => {
  api = await startApi();
  const customers = await insert(
    api,
    "Customer",
    times(3, (index) => ({ name: `Customer ${index}` })),
  );
  [few = "", none = ""] = customers;
  const [many = ""] = customers.slice(2);
  await insert(api, "Invoice", [
    ...times(2, () => ({ customerId: few })),
    ...times(7, () => ({ customerId: many })),
  ]);
});
afterAll(() => api.close());

describe("countUpTo", () => {
  it("counts no further than it is told", async () => {
    const { data, statements } = await observe(
      api,
      '{ some: invoices { countUpTo(limit: 4) } all: invoices { countUpTo totalCount } none: invoices(filter: { number: "x" }) { countUpTo } }',
    );
    expect(data).toEqual({
      some: { countUpTo: 4 },
      all: { countUpTo: 9, totalCount: 9 },
      none: { countUpTo: 0 },
    });
    expect(statements).toHaveLength(4);
  });

  it("counts under all objects of a level in one statement, beside their rows and other counts", async () => {
    const { data, statements } = await observe(
      api,
      "{ customers(orderBy: { field: NAME }) { nodes { id invoices { three: countUpTo(limit: 3) totalCount } } } }",
    );
    expect(data.customers.nodes.map((node: { invoices: object }) => node.invoices)).toEqual([
      { three: 2, totalCount: 2 },
      { three: 0, totalCount: 0 },
      { three: 3, totalCount: 7 },
    ]);
    expect(data.customers.nodes.map(({ id }: { id: string }) => id).slice(0, 2)).toEqual([few, none]);
    expect(statements).toHaveLength(3);
  });

  it.each([0, -1, 1_001])("refuses to count up to %i", async (limit) => {
    const answer = await api.graphql("query ($limit: Int!) { invoices { countUpTo(limit: $limit) } }", {
      limit,
    });
    expect(answer.errors).toMatchObject([
      {
        message: `countUpTo: limit must be between 1 and 1000, not ${limit}.`,
        path: ["invoices", "countUpTo"],
        extensions: { code: "INVALID_REQUEST" },
      },
    ]);
  });
});
