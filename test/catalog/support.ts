import type { TestApi, TestEnvironment } from "../kit/api.ts";
import type { WrittenEvent } from "../customers/support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

export const price = `id type pricingModel billingScheme currency unitAmount tiersMode tiers { upTo unitAmount flatAmount }
  packageSize packageRounding percentageBps recurring { interval count } trialPeriodDays lookupKey name nickname active
  spendingMinimum { amount } minimumAmount { amount } presetAmounts { amount } metadata version product { id }`;

export const product = `id productKey name description kind slug active archivedAt stockQuantity billingAnchorRule
  billingAnchorDay maxPayments metadata version external { source id } defaultPrice { ${price} }`;

const userErrors = "userErrors { __typename code message path ... on VersionMismatch { currentVersion } }";

/** A merchant of its own, and what it can do with its catalog. */
export interface Merchant extends TestEnvironment {
  /** Runs a mutation that must not fail as a whole, and gives its payload. */
  mutate(name: string, input: object, selection: string): Promise<any>;
  /** Runs a query that takes an input, and gives its payload. */
  preview(name: string, input: object, selection: string): Promise<any>;
  /** Runs a query that must succeed, and gives its data. */
  read(document: string, variables?: Record<string, unknown>): Promise<any>;
  /** The types of all events so far, oldest first. */
  events(): Promise<WrittenEvent[]>;
}

/** A fresh merchant of a running server. */
export async function newMerchant(api: TestApi): Promise<Merchant> {
  const environment = await api.newEnvironment();
  const read: Merchant["read"] = async (document, variables) =>
    (await api.query(document, variables, environment.key)).data;
  const run = async (kind: string, name: string, input: object, selection: string) => {
    const type = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
    const document = `${kind} ($input: ${type}!) { ${name}(input: $input) { ${selection} ${userErrors} } }`;
    return (await read(document, { input }))[name];
  };
  return {
    ...environment,
    read,
    mutate: (name, input, selection) => run("mutation", name, input, selection),
    preview: (name, input, selection) => run("query", name, input, selection),
    events: async () => {
      const { environmentId } = environment;
      const events = await api.database.prisma.event.findMany({
        where: { environmentId },
        orderBy: { sequence: "asc" },
      });
      return events as unknown as WrittenEvent[];
    },
  };
}
