import { GraphQLSchema } from "graphql";

/**
 * The same schema without a root of subscriptions. GraphQL takes any type called `Subscription` for that root where
 * nothing says otherwise, and ours is an agreement to bill a customer. The description makes printers say so: with one,
 * they write the roots down, which they leave out when these have their usual names.
 */
export function withoutSubscriptionRoot(schema: GraphQLSchema): GraphQLSchema {
  const description = "Customers, what they agreed to pay, what they used, and what they are billed.";
  return new GraphQLSchema({ ...schema.toConfig(), description, subscription: null });
}
