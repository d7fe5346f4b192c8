import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert } from "./fixtures.ts";

let api: TestApi;
let invoiceId: string;
let priceId: string;

/** An invoice whose lines were created the other way round than they stand on it. */
beforeAll(async () => {
  api = await startApi();
  const [customerId = ""] = await insert(api, "Customer", [{}]);
  const [productId = ""] = await insert(api, "Product", [{}]);
  [priceId = ""] = await insert(api, "Price", [{ productId }]);
  [invoiceId = ""] = await insert(api, "Invoice", [{ customerId, number: "INV-1" }]);
  const lines = [1, 2, 3].map((place) => ({
    invoiceId,
    productId,
    priceId,
    position: place,
    description: `line ${place}`,
    createdAt: at(100 - place),
  }));
  await insert(api, "InvoiceLine", lines);
});
afterAll(() => api.close());

const ask = async (on: "invoice" | "price", field: string): Promise<string[]> => {
  const id = on === "invoice" ? invoiceId : priceId;
  const { data } = await api.query(
    `query ($id: ID!) { it: ${on}(id: $id) { list: ${field} { nodes { description } } } }`,
    { id },
  );
  return data.it.list.nodes.map(({ description }: { description: string }) => description.slice(-1));
};

test.each([
  ["invoice", "lines", ["1", "2", "3"]],
  ["invoice", "lines(orderBy: { field: POSITION, direction: DESC })", ["3", "2", "1"]],
  ["invoice", "lines(first: 1, orderBy: { field: POSITION, direction: DESC })", ["3"]],
  ["price", "invoiceLines", ["1", "2", "3"]],
  ["price", "invoiceLines(orderBy: { field: CREATED_AT, direction: ASC })", ["3", "2", "1"]],
] as const)("lines of an %s by %s are in that order", async (on, field, order) => {
  expect(await ask(on, field)).toEqual(order);
});

test("lines of a price cannot be sorted by their places on invoices, for which there is no index", async () => {
  const document = `query ($id: ID!) { price(id: $id) { invoiceLines(orderBy: { field: POSITION }) { nodes { id } } } }`;
  const { errors } = await api.graphql(document, { id: priceId });
  expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_REQUEST" });
});
