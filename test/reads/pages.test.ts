import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { analyze, at, insert, times } from "./fixtures.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** A new customer with `count` invoices, the first of which is the oldest; ids latest first. */
async function withInvoices(count: number): Promise<{ customerId: string; latestFirst: string[] }> {
  const [customerId = ""] = await insert(api, "Customer", [{}]);
  const ids = await insert(
    api,
    "Invoice",
    times(count, () => ({ customerId })),
  );
  return { customerId, latestFirst: ids.toReversed() };
}

interface Page {
  readonly nodes: { id: string }[];
  readonly edges: { cursor: string; node: { id: string } }[];
  readonly pageInfo: Record<"startCursor" | "endCursor", string | null> &
    Record<"hasNextPage" | "hasPreviousPage", boolean>;
}

const selection = `{
  nodes { id }
  edges { cursor node { id } }
  pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
}`;

async function page(customerId: string, args: string): Promise<Page> {
  const { data } = await api.query<{ customer: { invoices: Page } }>(
    `query ($id: ID!) { customer(id: $id) { invoices(${args}) ${selection} } }`,
    { id: customerId },
  );
  return data.customer.invoices;
}

const ids = ({ nodes }: Page): string[] => nodes.map(({ id }) => id);

describe("a page", () => {
  test("holds 25 rows, latest first, unless said", async () => {
    const { customerId, latestFirst } = await withInvoices(30);
    const { data } = await api.query("query ($id: ID!) { customer(id: $id) { invoices { nodes { id } } } }", {
      id: customerId,
    });
    expect(ids(data.customer.invoices)).toEqual(latestFirst.slice(0, 25));
  });

  test("has the same rows as nodes and as edges, and the cursors of its ends", async () => {
    const { customerId, latestFirst } = await withInvoices(3);
    const { nodes, edges, pageInfo } = await page(customerId, "first: 2");
    expect(edges.map(({ node }) => node)).toEqual(nodes);
    expect(nodes.map(({ id }) => id)).toEqual(latestFirst.slice(0, 2));
    expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual(edges.map(({ cursor }) => cursor));
  });

  test("sorts rows of the same instant by their id, also where no index does", async () => {
    const [customerId = "", otherId = ""] = await insert(api, "Customer", [{}, {}]);
    const [meterId = "", otherMeterId = ""] = await insert(api, "Meter", [{}, {}]);
    const shuffled = times(40, newId).toSorted((one, two) => one.slice(-4).localeCompare(two.slice(-4)));
    await insert(api, "UsageEvent", [
      ...shuffled.map((id) => ({ id, customerId, meterId, timestamp: at(0) })),
      ...times(2000, () => ({ id: newId(), customerId, meterId: otherMeterId, timestamp: at(0) })),
      ...times(2000, () => ({ id: newId(), customerId: otherId, meterId, timestamp: at(0) })),
    ]);
    await analyze(api);
    const { data } = await api.query(
      `query ($customer: ID!, $meter: ID!) {
        customer(id: $customer) { usageEvents(first: 40, filter: { meterId: $meter }) { nodes { id } } }
      }`,
      { customer: customerId, meter: meterId },
    );
    expect(ids(data.customer.usageEvents)).toEqual(shuffled.toSorted().toReversed());
  });
});

describe("walking a list", () => {
  test("forward gives every row once and says when it ends", async () => {
    const { customerId, latestFirst } = await withInvoices(7);
    const seen: string[] = [];
    const ends: boolean[][] = [];
    let after = "";
    for (let step = 0; step < 3; step++) {
      const { pageInfo, ...rest } = await page(customerId, `first: 3 ${after}`);
      seen.push(...ids({ pageInfo, ...rest }));
      ends.push([pageInfo.hasPreviousPage, pageInfo.hasNextPage]);
      after = `after: "${pageInfo.endCursor}"`;
    }
    expect(seen).toEqual(latestFirst);
    expect(ends).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ]);
    expect((await page(customerId, `first: 3 ${after}`)).nodes).toEqual([]);
  });

  test("backward gives the same pages, each in the order of the list", async () => {
    const { customerId, latestFirst } = await withInvoices(7);
    const seen: string[][] = [];
    const ends: boolean[][] = [];
    let before = "";
    for (let step = 0; step < 3; step++) {
      const { pageInfo, ...rest } = await page(customerId, `last: 3 ${before}`);
      seen.unshift(ids({ pageInfo, ...rest }));
      ends.unshift([pageInfo.hasPreviousPage, pageInfo.hasNextPage]);
      before = `before: "${pageInfo.startCursor}"`;
    }
    expect(seen).toEqual([latestFirst.slice(0, 1), latestFirst.slice(1, 4), latestFirst.slice(4)]);
    expect(ends).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ]);
  });

  test("goes on where it was when rows come in at either end and between", async () => {
    const { customerId, latestFirst } = await withInvoices(6);
    const { pageInfo } = await page(customerId, "first: 3");
    await insert(
      api,
      "Invoice",
      [at(60), at(-60), at(4.5)].map((createdAt) => ({ customerId, createdAt })),
    );
    const next = await page(customerId, `first: 3 after: "${pageInfo.endCursor}"`);
    expect(ids(next)).toEqual(latestFirst.slice(3));
    const back = await page(customerId, `last: 2 before: "${next.pageInfo.startCursor}"`);
    expect(ids(back)).toEqual(latestFirst.slice(1, 3));
  });

  test("between two cursors stays between them", async () => {
    const { customerId, latestFirst } = await withInvoices(6);
    const { edges } = await page(customerId, "first: 6");
    const between = await page(
      customerId,
      `first: 9 after: "${edges[1]?.cursor}" before: "${edges[4]?.cursor}"`,
    );
    expect(ids(between)).toEqual(latestFirst.slice(2, 4));
  });
});

describe("orders", () => {
  test("of invoices: by due date, earliest first, those without one at the end", async () => {
    const [customerId = ""] = await insert(api, "Customer", [{}]);
    const made = await insert(
      api,
      "Invoice",
      [null, at(30), null, at(10)].map((dueAt) => ({ customerId, dueAt })),
    );
    const [never1 = "", late, never2 = "", early] = made;
    const never = [never1, never2].toSorted();
    expect(ids(await page(customerId, "first: 4, orderBy: { field: DUE_AT }"))).toEqual([
      early,
      late,
      ...never,
    ]);

    const half = await page(customerId, "first: 3, orderBy: { field: DUE_AT }");
    const rest = await page(
      customerId,
      `first: 3, orderBy: { field: DUE_AT }, after: "${half.pageInfo.endCursor}"`,
    );
    expect([...ids(half), ...ids(rest)]).toEqual([early, late, ...never]);

    const descending = await page(customerId, "first: 4, orderBy: { field: DUE_AT, direction: DESC }");
    expect(ids(descending)).toEqual([...never.toReversed(), late, early]);
  });

  test("of lines and items: by position", async () => {
    const { customerId } = await withInvoices(0);
    const [invoiceId = ""] = await insert(api, "Invoice", [{ customerId }]);
    await insert(
      api,
      "InvoiceLine",
      [3, 1, 2].map((position) => ({ invoiceId, position })),
    );
    const { data } = await api.query(
      "query ($id: ID!) { invoice(id: $id) { lines { nodes { position } } } }",
      {
        id: invoiceId,
      },
    );
    expect(data.invoice.lines.nodes.map(({ position }: { position: number }) => position)).toEqual([1, 2, 3]);
  });

  test.each([
    ["products", "Product"],
    ["meters", "Meter"],
  ] as const)("of %s: by name, in any case, page by page", async (list, model) => {
    const environment = await api.newEnvironment();
    const names = ["beta", "Alpha", "gamma", "Éclair", "alpha 2"];
    await insert(
      api,
      model,
      names.map((name) => ({ name })),
      environment.environmentId,
    );
    const seen: string[] = [];
    let after: string | null = null;
    for (let step = 0; step < 3; step++) {
      const document = `query ($after: String) {
        ${list}(first: 2, after: $after, orderBy: { field: NAME }) { nodes { name } pageInfo { endCursor } }
      }`;
      const answer: { data: Record<string, Pick<Page, "pageInfo"> & { nodes: { name: string }[] }> } =
        await api.query(document, { after }, environment.key);
      seen.push(...(answer.data[list]?.nodes.map(({ name }) => name) ?? []));
      after = answer.data[list]?.pageInfo.endCursor ?? null;
    }
    expect(seen).toEqual(["Alpha", "alpha 2", "beta", "gamma", "Éclair"]);
  });
});

describe("under many parents", () => {
  test("aliases with different arguments each get their own rows", async () => {
    const customers = await Promise.all([3, 0, 2].map((count) => withInvoices(count)));
    const { data } = await api.query(
      `query ($ids: [ID!]!) {
        nodes(ids: $ids) {
          ... on Customer {
            latest: invoices(first: 1) { nodes { id } }
            oldest: invoices(last: 1) { nodes { id } }
            ascending: invoices(orderBy: { field: CREATED_AT, direction: ASC }) { nodes { id } }
            none: invoices(filter: { status: VOID }) { totalCount nodes { id } }
          }
        }
      }`,
      { ids: customers.map(({ customerId }) => customerId) },
    );
    for (const [index, { latestFirst }] of customers.entries()) {
      const { latest, oldest, ascending, none } = data.nodes[index];
      expect(ids(latest)).toEqual(latestFirst.slice(0, 1));
      expect(ids(oldest)).toEqual(latestFirst.slice(-1));
      expect(ids(ascending)).toEqual(latestFirst.toReversed());
      expect(none).toEqual({ totalCount: 0, nodes: [] });
    }
  });
});

describe("refuses with INVALID_REQUEST", () => {
  const cursorOf = (...parts: string[]) => Buffer.from(JSON.stringify(parts)).toString("base64url");

  test.each([
    ["sizes below 1", "first: 0"],
    ["sizes above 100", "last: 101"],
    ["first and last together", "first: 1, last: 1"],
    ["what is no cursor", 'after: "nonsense"'],
    ["a cursor of another order", `after: "${cursorOf("dueAt", "2026-01-01T00:00:00Z", newId())}"`],
    ["a cursor with a forged instant", `after: "${cursorOf("createdAt", "yesterday", newId())}"`],
    ["a cursor with a forged id", `before: "${cursorOf("createdAt", "2026-01-01T00:00:00Z", "1 OR 1=1")}"`],
  ])("%s", async (_name, args) => {
    const { customerId } = await withInvoices(1);
    for (const document of [
      `{ invoices(${args}) { nodes { id } } }`,
      `{ customer(id: "${customerId}") { invoices(${args}) { nodes { id } } } }`,
    ]) {
      const { errors } = await api.graphql(document);
      expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["INVALID_REQUEST"]);
    }
  });
});
