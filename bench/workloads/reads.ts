import { benefitKey } from "../data/benefit.ts";
import type { ReadWorkload } from "./workload.ts";

export const customer: ReadWorkload = {
  name: "customer",
  title: "One customer by id, five fields",
  operationName: "Customer",
  query: "query Customer($id: ID!) { customer(id: $id) { id email name phone status } }",
  requests: ({ customerIds }) => customerIds.map((id) => ({ id })),
};

export const invoices: ReadWorkload = {
  name: "invoices",
  title: "50 customers with 10 invoices each and their lines",
  operationName: "Invoices",
  query: `query Invoices($first: Int!, $after: String!) {
  customers(first: $first, after: $after) {
    nodes {
      id name email
      invoices(first: 10) {
        nodes {
          id number status total { amount currency } createdAt
          lines(first: 10) { nodes { id position description quantity amount { amount currency } } }
        }
      }
    }
  }
}`,
  requests: (_, cursors) => cursors.map((after) => ({ first: 50, after })),
};

export const subscriptions: ReadWorkload = {
  name: "subscriptions",
  title: "100 customers with subscriptions, their items, and the number of invoices",
  operationName: "Subscriptions",
  query: `query Subscriptions($first: Int!, $after: String!) {
  customers(first: $first, after: $after) {
    nodes {
      id name
      invoices { totalCount }
      subscriptions(first: 10) {
        nodes { id status currency startedAt items(first: 10) { nodes { id position quantity } } }
      }
    }
  }
}`,
  requests: (_, cursors) => cursors.map((after) => ({ first: 100, after })),
};

export const usage: ReadWorkload = {
  name: "usage",
  title: "The usage of one meter in a month for 20 customers",
  operationName: "Usage",
  query: `query Usage($first: Int!, $after: String!, $from: DateTime!, $to: DateTime!, $meterId: ID!) {
  customers(first: $first, after: $after) {
    nodes { id name usage(from: $from, to: $to, meterIds: [$meterId]) { total } }
  }
}`,
  requests: ({ from, to, meterId }, cursors) =>
    cursors.map((after) => ({ first: 20, after, from, to, meterId })),
};

export const entitlement: ReadWorkload = {
  name: "entitlement",
  title: "Whether a customer may use a benefit, and how much of it is left",
  operationName: "Entitlement",
  query: `query Entitlement($id: ID!, $key: String!) {
  checkEntitlement(customer: { id: $id }, key: $key) { entitled reason limit used remaining }
}`,
  requests: ({ subscriberIds }) => subscriberIds.map((id) => ({ id, key: benefitKey })),
};

/** Finds the cursors of pages: not measured. */
export const walk = {
  operationName: "Walk",
  query:
    "query Walk($first: Int!, $after: String) { customers(first: $first, after: $after) { pageInfo { endCursor } } }",
};
