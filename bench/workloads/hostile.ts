import type { Neighbour } from "../data/neighbours.ts";
import type { Operation } from "./workload.ts";

let sent = 0;

const aliased = (count: number, field: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field(index)}`).join(" ");

/** As many root fields as a document may have, each a list with lists below it: as much as one operation may cost. */
const wide: Operation = {
  operationName: "Wide",
  query: `query Wide { ${aliased(
    24,
    (index) =>
      `customers(first: ${9 + index}) { nodes { id name email invoices(first: 10) { nodes { id number total { amount } lines(first: 8) { nodes { id description amount { amount } } } } } } }`,
  )} }`,
  variables: {},
};

/** Counts that look at every row. */
const counting: Operation = {
  operationName: "Counting",
  query: `query Counting { ${aliased(
    24,
    (index) =>
      `customers(first: 1, filter: { search: "a${index}" }) { totalCount nodes { invoices { totalCount } } }`,
  )} }`,
  variables: {},
};

/** Usage by the hour, told apart by a property. */
const series = ({ meterId }: Neighbour): Operation => ({
  operationName: "Series",
  query: `query Series($id: ID!) { ${aliased(
    10,
    (index) =>
      `meter(id: $id) { usageSeries(groupBy: "location", window: HOUR, from: "2026-10-${String(index + 1).padStart(2, "0")}T00:00:00Z", to: "2026-10-31T00:00:00Z") { group points { total } } }`,
  )} }`,
  variables: { id: meterId },
});

/** A hundred customers that nobody knows yet. */
function batch(): Operation {
  sent += 1;
  const customers = Array.from({ length: 100 }, (_, index) => ({
    externalId: `hostile-${process.pid}-${sent}-${index}`,
    email: `hostile-${process.pid}-${sent}-${index}@neighbour.example`,
  }));
  return {
    operationName: "Batch",
    query: `mutation Batch($input: UpsertCustomersByExternalIdInput!) {
  upsertCustomersByExternalId(input: $input) { created results { outcome customer { id email } } }
}`,
    variables: { input: { source: "practicehub", customers } },
  };
}

/** The worst that a key may send, in turn. */
export const hostile: readonly ((neighbour: Neighbour) => Operation)[] = [
  () => wide,
  batch,
  series,
  () => counting,
];
