/** The part of the product's graph that the workloads use, for servers that take SDL. */
export const typeDefs = /* GraphQL */ `
  scalar DateTime
  scalar Decimal
  scalar SafeInt

  type Query {
    customer(id: ID!): Customer
    customers(first: Int!, after: String): CustomerConnection!
  }

  type Mutation {
    upsertCustomersByExternalId(input: UpsertCustomersByExternalIdInput!): UpsertPayload!
    ingestUsageEvents(input: IngestUsageEventsInput!): IngestPayload!
  }

  input UpsertCustomersByExternalIdInput {
    source: String!
    customers: [ExternalCustomerInput!]!
  }

  input ExternalCustomerInput {
    externalId: String!
    email: String!
    name: String
    notes: String
    externalUpdatedAt: DateTime!
  }

  type UpsertPayload {
    created: Int!
    updated: Int!
    skipped: Int!
    failed: Int!
    results: [UpsertResult!]!
  }

  type UpsertResult {
    index: Int!
    externalId: String!
    outcome: String!
    customer: Customer
  }

  input IngestUsageEventsInput {
    events: [UsageEventInput!]!
  }

  input UsageEventInput {
    customer: CustomerReference!
    name: String!
    quantity: Decimal!
    timestamp: DateTime!
    idempotencyKey: String!
  }

  input CustomerReference {
    id: ID!
  }

  type IngestPayload {
    ingested: Int!
    duplicates: Int!
    skipped: Int!
    failed: Int!
  }

  type PageInfo {
    endCursor: String
  }

  type Money {
    amount: SafeInt!
    currency: String!
  }

  type CustomerConnection {
    nodes: [Customer!]!
    pageInfo: PageInfo!
  }

  type Customer {
    id: ID!
    email: String!
    name: String
    phone: String
    status: String!
    invoices(first: Int): InvoiceConnection!
    subscriptions(first: Int): SubscriptionConnection!
    usage(from: DateTime!, to: DateTime!, meterIds: [ID!]!): [UsageSummary!]!
  }

  type InvoiceConnection {
    nodes: [Invoice!]!
    totalCount: Int!
  }

  type Invoice {
    id: ID!
    number: String
    status: String!
    total: Money!
    createdAt: DateTime!
    lines(first: Int): InvoiceLineConnection!
  }

  type InvoiceLineConnection {
    nodes: [InvoiceLine!]!
  }

  type InvoiceLine {
    id: ID!
    position: Int!
    description: String!
    quantity: Decimal!
    amount: Money!
  }

  type SubscriptionConnection {
    nodes: [Subscription!]!
  }

  type Subscription {
    id: ID!
    status: String!
    currency: String!
    startedAt: DateTime!
    items(first: Int): SubscriptionItemConnection!
  }

  type SubscriptionItemConnection {
    nodes: [SubscriptionItem!]!
  }

  type SubscriptionItem {
    id: ID!
    position: Int!
    quantity: Decimal!
  }

  type UsageSummary {
    total: Decimal!
  }
`;
