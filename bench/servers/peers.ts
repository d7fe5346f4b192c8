import type { Server } from "./server.ts";

/** Who may do what is a decision, and no table: each server would need it written by hand. */
export const knowsNoBenefits = { entitlement: "what a customer may do is no table that it could serve" };

/** Servers that others make: each as its own guide sets it up for production, over the product's tables. */
export const peers: readonly Server[] = [
  {
    name: "mercurius",
    title: "Mercurius 16, JIT, loaders over hand-written SQL",
    program: "bench/peers/mercurius.ts",
    without: knowsNoBenefits,
  },
  {
    name: "apollo",
    title: "Apollo Server 5, Prisma `include`",
    program: "bench/peers/apollo.ts",
    without: knowsNoBenefits,
  },
  {
    name: "yoga",
    title: "Yoga 5, Pothos with its Prisma plugin",
    program: "bench/peers/yoga.ts",
    without: knowsNoBenefits,
  },
];
