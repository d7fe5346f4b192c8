/** The subgraphs that the graph can be served as. `graph/schema.ts` says which domains each of them serves. */
export const subgraphNames = ["customers", "catalog", "billing", "usage", "platform"] as const;

export type SubgraphName = (typeof subgraphNames)[number];
