import { demoId } from "./dice.ts";

/** The seed of the demo data. Ids that documents name come from it. */
export const demoSeed = 1;

/** Whose billing the demo is. */
export const demoMerchant = { id: demoId(demoSeed, "merchant", 1), name: "Northwind Fitness" };

/** The ids of its environments. */
export const demoEnvironments = {
  sandbox: demoId(demoSeed, "environment", 1),
  live: demoId(demoSeed, "environment", 2),
};

/** The customer that examples speak of: `PAT-12345` of practicehub, john@example.com. The same id on every day. */
export const johnDoeId = demoId(demoSeed, "customer", 1);
