import type { TestApi, TestEnvironment } from "../kit/api.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

const customer = `customer {
  id version status email name companyName phone taxId taxIdCountry notes timezone merchantRefId authUserId
  metadata customFields createdAt updatedAt createdBy updatedBy archivedAt
  address { line1 line2 city state region postalCode country }
}`;

const userErrors = `userErrors {
  __typename code message path docUrl
  ... on StaleUpdate { storedUpdatedAt incomingUpdatedAt }
  ... on VersionMismatch { expectedVersion currentVersion }
}`;

const selections: Readonly<Record<string, string>> = {
  upsertCustomersByExternalId: `created updated skipped failed ${userErrors}
    results { index externalId outcome warnings ${customer} ${userErrors} }`,
  upsertCustomerByExternalId: `created outcome warnings ${customer} ${userErrors}`,
  createCustomers: `successful { id email name } failed { index error data ${userErrors} } ${userErrors}`,
  createCustomer: `created ${customer} ${userErrors}`,
  updateCustomer: `changed ${customer} ${userErrors}`,
  archiveCustomer: `warnings ${customer} ${userErrors}`,
  restoreCustomer: `warnings ${customer} ${userErrors}`,
};

/** A document of one mutation with everything that its payload tells. */
export function documentOf(name: string): string {
  const type = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${selections[name]} } }`;
}

/** An event of the outbox. */
export interface WrittenEvent {
  readonly type: string;
  readonly objectId: string;
  readonly data: any;
  readonly previousAttributes: any;
  readonly requestId: string | null;
}

/** A merchant of its own, and what it can do. */
export interface Tenant extends TestEnvironment {
  /** Runs a mutation that must not fail as a whole, and gives its payload. */
  mutate(name: string, input: object): Promise<any>;
  /** Upserts a batch of customers; `practicehub` is their source unless said. */
  upsert(customers: readonly object[], source?: string): Promise<any>;
  /** Runs a query that must succeed, and gives its data. */
  read(document: string, variables?: Record<string, unknown>): Promise<any>;
  /** The active customer with an external id; null when there is none. */
  find(externalId: string, source?: string): Promise<any>;
  /** All events so far, oldest first. */
  events(): Promise<WrittenEvent[]>;
}

/** A fresh tenant of a running server. */
export async function newTenant(
  api: TestApi,
  options?: Parameters<TestApi["newEnvironment"]>[0],
): Promise<Tenant> {
  const environment = await api.newEnvironment(options);
  const read: Tenant["read"] = async (document, variables) =>
    (await api.query(document, variables, environment.key)).data;
  const mutate: Tenant["mutate"] = async (name, input) => (await read(documentOf(name), { input }))[name];
  return {
    ...environment,
    read,
    mutate,
    upsert: (customers, source = "practicehub") =>
      mutate("upsertCustomersByExternalId", { source, customers }),
    find: async (externalId, source = "practicehub") => {
      const document = `query ($source: String!, $externalId: String!) {
        customerByExternalId(source: $source, externalId: $externalId) {
          id status email name notes version metadata updatedAt
          externalIds(first: 100) { nodes { source externalId live externalUpdatedAt } }
          integrations(first: 100) { nodes { providerType providerEntityId metadata } }
        }
      }`;
      return (await read(document, { source, externalId })).customerByExternalId;
    },
    events: async () => {
      const events = await api.database.prisma.event.findMany({
        where: { environmentId: environment.environmentId },
        orderBy: { sequence: "asc" },
      });
      return events as unknown as WrittenEvent[];
    },
  };
}

/** Sends a body as it is, and gives the answer. */
export async function post(
  api: TestApi,
  key: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; data: any; errors: any[] }> {
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": key, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, ...((await response.json()) as any) };
}
