import type { TestApi } from "../kit/api.ts";
import { type Shop, openShop } from "../subscriptions/support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

const userErrors = `userErrors { __typename code message path ... on LimitExceeded { limit used }
  ... on VersionMismatch { expectedVersion currentVersion } }`;

const grant = `grant { id effect limit unlimited config reason grantedAt expiresAt revokedAt revocationReason metadata version
  customer { id } benefit { key } }`;

const results = `results { index outcome seat { id userId email metadata unassignedAt version } ${userErrors} }`;

const payloads: Readonly<Record<string, string>> = {
  createBenefit:
    "benefit { id key name type limit resetPeriod overageAllowed config metadata active version meter { id } }",
  updateBenefit: "changed benefit { id name limit config metadata active version }",
  archiveBenefit: "changed benefit { id active version }",
  restoreBenefit: "changed benefit { id active version }",
  attachBenefit:
    "created changed productBenefit { id limit unlimited resetPeriod overageAllowed config version }",
  detachBenefit: "detached",
  grantEntitlement: `created changed ${grant}`,
  revokeEntitlement: `changed ${grant}`,
  revokeEntitlementGrant: `changed ${grant}`,
  assignSeats: results,
  unassignSeats: results,
  changeQuota: "changed quota { id current peak peakSince version }",
};

const answer = `key type entitled reason hasAccess accessLevel status limit unlimited overageAllowed used remaining resetsAt config
  source { kind status reason subscription { id } grant { id } }`;

/** A shop that sells benefits. */
export interface Store extends Shop {
  /** Runs a mutation of this domain, and gives its payload. */
  act(name: string, input: object, key?: string): Promise<any>;
  /** The same, which must not be refused. */
  done(name: string, input: object): Promise<any>;
  /** What `checkEntitlement` answers. */
  check(key: string, args?: object): Promise<any>;
  /** A new benefit, attached to a new product, with the id of a price of it. */
  sell(benefit: object, attached?: object): Promise<string>;
  /** The types of the events of this domain so far, oldest first. */
  told(): Promise<string[]>;
}

/** Opens a store whose customer lives at the first of June 2026, or at `now`. */
export async function openStore(api: TestApi, now?: string, customer: object = {}): Promise<Store> {
  const shop = await openShop(api, now, customer);
  const act: Store["act"] = async (name, input, key = shop.key) => {
    const type = name.replace(/^./, (letter) => letter.toUpperCase());
    const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) { ${payloads[name]} ${userErrors} } }`;
    return (await api.query(document, { input }, key)).data[name];
  };
  const done: Store["done"] = async (name, input) => {
    const payload = await act(name, input);
    const faults = [...payload.userErrors, ...(payload.results ?? []).flatMap((one: any) => one.userErrors)];
    if (faults.length) throw new Error(`refused: ${JSON.stringify(faults)}`);
    return payload;
  };
  return {
    ...shop,
    act,
    done,
    check: async (key, args = {}) => {
      const document = `query ($customer: CustomerReference!, $key: String!, $quantity: Decimal, $person: SeatPersonInput) {
        checkEntitlement(customer: $customer, key: $key, quantity: $quantity, person: $person) { ${answer} } }`;
      const customerOf = { customer: { id: shop.customerId }, key, ...args };
      return (await shop.read(document, customerOf)).checkEntitlement;
    },
    sell: async (benefit, attached = {}) => {
      const created = await done("createBenefit", { name: "Benefit", ...benefit });
      const productId = await shop.insert("Product", {});
      await done("attachBenefit", {
        product: { id: productId },
        benefit: { id: created.benefit.id },
        ...attached,
      });
      return shop.insert("Price", { productId });
    },
    told: async () => {
      const rows = await api.database.prisma.event.findMany({
        where: {
          environmentId: shop.environmentId,
          objectType: { in: ["benefit", "product_benefit", "entitlement", "seat", "quota"] },
        },
        orderBy: { sequence: "asc" } as never,
      });
      return rows.map(({ type }) => type);
    },
  };
}
