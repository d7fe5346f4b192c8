import { invoices, subscriptions, usage } from "./reads.ts";
import type { ReadWorkload, Subjects } from "./workload.ts";

/** A read whose cost is looked at while tables grow. `middle` leads to the middle of the list of customers. */
function growing(
  name: string,
  title: string,
  query: string,
  variables: (subjects: Subjects, middle: string) => object = () => ({}),
): ReadWorkload {
  return {
    name,
    title,
    operationName: "Growth",
    query,
    requests: (subjects, cursors) => [variables(subjects, cursors.at(-1) ?? "")],
  };
}

export const growth: readonly ReadWorkload[] = [
  growing(
    "newest",
    "The newest 100 customers",
    "query Growth { customers(first: 100) { nodes { id name email } pageInfo { hasNextPage endCursor } } }",
  ),
  growing(
    "middle",
    "100 customers from the middle of the list",
    `query Growth($after: String!) {
  customers(first: 100, after: $after) { nodes { id name email } pageInfo { hasNextPage endCursor } }
}`,
    (_, after) => ({ after }),
  ),
  growing(
    "search",
    "25 customers by a part of their name",
    `query Growth { customers(filter: { search: "harbor" }) { nodes { id name email } } }`,
  ),
  invoices,
  subscriptions,
  usage,
  growing(
    "overdue",
    "The first 100 invoices that are overdue, by their due date",
    `query Growth {
  invoices(first: 100, filter: { status: [OVERDUE] }, orderBy: { field: DUE_AT, direction: ASC }) { nodes { id number } }
}`,
  ),
  growing("countCustomers", "How many customers there are", "query Growth { customers { totalCount } }"),
  growing("countInvoices", "How many invoices there are", "query Growth { invoices { totalCount } }"),
  growing("countEvents", "How many usage events there are", "query Growth { usageEvents { totalCount } }"),
];
