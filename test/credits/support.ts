import type { TestApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";

const selections: Readonly<Record<string, string>> = {
  createWallet: "wallet { id name unit currency creditValue pays priority status balance version metadata }",
  updateWallet: "changed wallet { id name pays priority version metadata }",
  closeWallet: "changed wallet { id status balance version sums { revoked } }",
  grantCredits:
    "grant { id status amount remaining priority effectiveAt expiresAt rollOverLimit nextStepAt source }",
  voidCreditGrant: "grant { id status remaining voidReason version }",
  consumeCredits: "created transaction { id type amount balance postings { account grantId amount } }",
  returnCredits: "transaction { type amount balance returns { id } postings { account grantId amount } }",
  createCreditPack: "creditPack { id name description credits price { amount currency } active version }",
  updateCreditPack: "changed creditPack { id name credits price { amount } active version }",
  archiveCreditPack: "changed creditPack { id active version }",
  purchaseCreditPack: `purchase { id status amount wallet { id balance unit } creditPack { id } grant { id source priority expiresAt }
    invoice { id status number total { amount } amountDue { amount } billingReason lines { nodes { description amount { amount } } } } }`,
  topUpWallet: `purchase { id status amount wallet { id balance } grant { source }
    invoice { id status total { amount } billingReason } }`,
};

const userErrors = `userErrors { __typename code message path ... on InsufficientCredits { available wanted }
  ... on VersionMismatch { expectedVersion currentVersion } ... on IdempotencyConflict { existingId }
  ... on IllegalTransition { state move allowed } }`;

/** A document of a mutation about credit, with everything that its payload tells. */
export function documentOf(name: string): string {
  const type = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${selections[name]} ${userErrors} } }`;
}

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

/** Runs a mutation that must not fail as a whole, and gives its payload. */
export async function mutate(api: TestApi, name: string, input: object, key?: string): Promise<any> {
  return (await api.query(documentOf(name), { input }, key)).data[name];
}

/** Runs a mutation that must succeed, and gives its payload. */
export async function done(api: TestApi, name: string, input: object, key?: string): Promise<any> {
  const { userErrors: errors, ...payload } = await mutate(api, name, input, key);
  if (errors.length) throw new Error(`${name} was refused: ${JSON.stringify(errors)}`);
  return payload;
}

/** Runs a mutation that must be refused for one reason, and gives it. */
export async function refused(api: TestApi, name: string, input: object, key?: string): Promise<any> {
  const { userErrors: errors, ...rest } = await mutate(api, name, input, key);
  if (errors.length !== 1) throw new Error(`not refused for one reason: ${JSON.stringify({ errors, rest })}`);
  return errors[0];
}

/** Inserts a customer, and gives its id. */
export async function newCustomer(
  api: TestApi,
  values: object = {},
  environmentId?: string,
): Promise<string> {
  const [id = ""] = await insert(api, "Customer", [values], environmentId);
  return id;
}

/** Makes a wallet of credits for a new customer, or of what is said, and gives its id. */
export async function newWallet(
  api: TestApi,
  values: Record<string, unknown> = {},
): Promise<{ id: string; customerId: string }> {
  const { customerId = await newCustomer(api), ...rest } = values as { customerId?: string };
  const customer = { id: customerId };
  const input = { customer, name: "Credits", unit: "CREDITS", ...rest };
  const { wallet } = await done(api, "createWallet", input);
  return { id: wallet.id, customerId };
}

/** Grants credit, and gives the grant. */
export async function grant(
  api: TestApi,
  walletId: string,
  amount: string,
  values: object = {},
): Promise<any> {
  const input = { wallet: { id: walletId }, amount, ...values };
  return (await done(api, "grantCredits", input)).grant;
}

/** What the graph tells of a wallet, its ledger latest first. */
export async function read(api: TestApi, id: string, key?: string): Promise<any> {
  const { data } = await api.query(
    `query ($id: ID!) { wallet(id: $id) {
      balance status worth { amount currency } sums { granted purchased consumed invoiced expired revoked }
      grants(first: 100, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { id status remaining recurrences nextStepAt } }
      transactions(first: 100) { totalCount nodes { type amount balance createdAt grant { id } invoice { id } postings { account amount } } }
    } }`,
    { id },
    key,
  );
  return data.wallet;
}
