import type { AddressInfo } from "node:net";
import type { GraphQLSchema } from "graphql";
import { createKey } from "../../src/domains/access/index.ts";
import { type Printer, type PrinterOptions, createPrinter } from "../../src/domains/invoices/index.ts";
import { type Announcements, type EventHub, createHub } from "../../src/db/events/hub.ts";
import type { TransactionHost } from "../../src/db/transaction.ts";
import { buildSchema, buildSubgraph } from "../../src/graph/schema.ts";
import { createLogger } from "../../src/http/logger.ts";
import { type DocumentLimits, invoicePages } from "../../src/http/invoice-pages.ts";
import { type ServerOptions, createApiServer } from "../../src/http/server.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestDatabase, openTestDatabase } from "./database.ts";

/** An answer of the API. */
export interface Answer<D = any> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: D;
  readonly extensions?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** A statement that a request ran. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A tenant to test with. */
export interface TestEnvironment {
  readonly environmentId: string;
  readonly merchantId: string;
  /** A key that may do everything. */
  readonly key: string;
}

/** A running server with a database of its own. */
export interface TestApi extends TestEnvironment {
  readonly database: TestDatabase;
  /** What makes its PDFs. */
  readonly printer: Printer;
  /** Where its live streams come from. */
  readonly events: EventHub;
  /** Where it listens, such as `http://127.0.0.1:49152`. */
  readonly url: string;
  /** The statements of all requests since the array was last emptied; transactions' BEGIN and COMMIT are not among them. */
  readonly statements: Statement[];
  /** Sends a document; the key of the API's own environment unless another is given. */
  graphql<D = any>(
    document: string,
    variables?: Record<string, unknown>,
    options?: {
      readonly key?: string;
      readonly path?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<Answer<D>>;
  /** Sends a document that must succeed, and gives its data and how many statements it took. */
  query<D = any>(
    document: string,
    variables?: Record<string, unknown>,
    key?: string,
  ): Promise<{ data: D; statements: number }>;
  /** Another tenant, in test mode unless said. */
  newEnvironment(options?: {
    readonly livemode?: boolean;
    readonly merchantId?: string;
  }): Promise<TestEnvironment>;
  /** A key of the API's own environment with these scopes only. */
  keyWith(...scopes: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Sees what an API answers to each document that is sent to `/graphql`. */
export type Witness = (asked: {
  readonly document: string;
  readonly variables: Record<string, unknown>;
  readonly key: string;
  readonly answer: Answer;
}) => Promise<void>;

/** Asked for a witness by every API that is started in this process, while there is one to ask. */
export const witnesses: { call?: (api: TestApi) => Promise<Witness> } = {};

/** The graph of all servers of this process: it is large, and the same for all of them. */
const built: { schema?: GraphQLSchema; subgraph?: GraphQLSchema } = {};

/** What links to documents are signed with. */
export const testLinkSecret = "the secret of the tests' links";

/** What a gateway sends to the door of the test server. */
export const testGatewaySecret = "the secret of the tests' gateway";

/** Starts the server as `npm start` does, on a free port, with a fresh database and one tenant. */
export async function startApi(
  options: Partial<
    Pick<
      ServerOptions,
      | "schema"
      | "subgraph"
      | "pages"
      | "corsOrigins"
      | "trustedProxies"
      | "oauth"
      | "logger"
      | "keyPeppers"
      | "takeTokens"
      | "gatewaySecret"
      | "gatewaySigningSecrets"
      | "observe"
      | "timeoutMs"
      | "timeOuts"
      | "shortWay"
      | "answerBytes"
    >
  > & {
    readonly route?: (url: URL) => URL;
    readonly rowLevelSecurity?: boolean;
    readonly announcements?: Announcements;
    readonly defer?: NonNullable<TransactionHost["defer"]>;
    readonly enqueue?: NonNullable<TransactionHost["enqueue"]>;
    readonly lookEveryMs?: number;
    readonly printing?: PrinterOptions;
    readonly documentLimits?: Partial<DocumentLimits>;
  } = {},
): Promise<TestApi> {
  const {
    route,
    rowLevelSecurity,
    announcements,
    lookEveryMs,
    defer,
    enqueue,
    printing,
    documentLimits,
    ...serverOptions
  } = options;
  const database = await openTestDatabase(10, route, rowLevelSecurity);
  const statements: Statement[] = [];
  const observed = {
    ...database,
    observe: (text: string, values: readonly unknown[]) => void statements.push({ text, values }),
  };
  const hub = createHub({ host: database, announcements, lookEveryMs, onError: () => {} });
  const served = { ...observed, events: hub, announce: hub.announce, defer, enqueue };
  const links = { linkSecrets: [testLinkSecret] };
  const printer = createPrinter(printing);
  const server = createApiServer({
    links,
    pages: [invoicePages({ database: served, printer, limits: documentLimits, ...links })],
    database: served,
    schema: (built.schema ??= buildSchema()),
    subgraph: (built.subgraph ??= buildSubgraph()),
    logger: createLogger("fatal"),
    gatewaySecret: testGatewaySecret,
    shortWay: process.env["TEST_DOOR"] !== "general",
    ...serverOptions,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const newEnvironment: TestApi["newEnvironment"] = async ({
    livemode = false,
    merchantId = newId(),
  } = {}) => {
    const environment = await database.prisma.environment.create({
      data: { id: newId(), merchantId, merchantName: "Test merchant", livemode },
    });
    const { key } = await createKey(database.prisma, {
      environmentId: environment.id,
      name: "test",
      scopes: ["*"],
    });
    return { environmentId: environment.id, merchantId, key };
  };
  const own = await newEnvironment();

  const graphql: TestApi["graphql"] = async (
    document,
    variables = {},
    { key = own.key, path = "/graphql", headers = {} } = {},
  ) => {
    const response = await fetch(url + path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-api-key": key,
        ...(path === "/subgraph" && { "x-gateway-secret": testGatewaySecret }),
        ...headers,
      },
      body: JSON.stringify({ query: document, variables }),
    });
    const body = (await response.json()) as Pick<Answer, "data" | "errors" | "extensions">;
    const answer = { status: response.status, headers: response.headers, ...body };
    if (path === "/graphql") await witness?.({ document, variables, key, answer });
    return answer;
  };

  const api: TestApi = {
    ...own,
    database,
    events: hub,
    printer,
    url,
    statements,
    graphql,
    newEnvironment,
    query: async (document, variables, key = own.key) => {
      const before = statements.length;
      const { data, errors } = await graphql(document, variables, { key });
      if (errors) throw new Error(`unexpected errors: ${JSON.stringify(errors)}`);
      return { data, statements: statements.length - before };
    },
    keyWith: async (...scopes) => {
      const { environmentId } = own;
      return (await createKey(database.prisma, { environmentId, name: "scoped", scopes })).key;
    },
    close: async () => {
      await hub.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await printer.close();
      await database.close();
      // Files that share a process hold what they opened for ever, but not all that it leads to.
      for (const name of Object.keys(api)) Reflect.deleteProperty(api, name);
    },
  };
  const witness = await witnesses.call?.(api);
  return api;
}
