import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { type TimeOuts, usualTimeOuts } from "./kit/time-outs.ts";
import { type SubgraphName, subgraphNames } from "./graph/subgraph-names.ts";

const port = z.coerce.number().int().min(0).max(65_535);
const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const toggle = z.enum(["on", "off"]).transform((value) => value === "on");

const isProxyList = (list: string[]) => list.every((one) => ipaddr.isValid(one) || ipaddr.isValidCIDR(one));
const listOf = (list: string) => list.split(",").map((part) => part.trim());

const secrets = z
  .string()
  .transform(listOf)
  .refine((list) => list.every(({ length }) => length >= 16), "must have at least 16 characters each")
  .optional();

/** Every option, by the name of its environment variable. The texts say what each is for. */
const separate = z.object({
  NODE_ENV: z
    .enum(["development", "production", "test"])
    .default("development")
    .describe("production turns the demo data and the filled-in key of the playground off."),
  HOST: z.string().min(1).default("127.0.0.1").describe("The address to listen on; 0.0.0.0 for all."),
  PORT: port.default(4000).describe("The port to listen on; 0 takes any that is free."),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" })
    .optional()
    .describe("PostgreSQL 15 or newer. Without it the embedded database in DATA_DIR is used."),
  DATA_DIR: z.string().min(1).default(".data").describe("The folder of the embedded database."),
  WORKERS: wholeNumber(1, 64)
    .default(1)
    .describe("How many processes answer requests at the port. More than one needs DATABASE_URL."),
  POOL_SIZE: wholeNumber(1, 1_000).default(10).describe("The most connections to PostgreSQL at once."),
  STATEMENT_TIMEOUT_MS: wholeNumber(100, 3_600_000)
    .default(30_000)
    .describe("After how many milliseconds PostgreSQL gives up on a statement."),
  REQUEST_TIMEOUT_MS: wholeNumber(100, 3_600_000)
    .default(30_000)
    .describe("After how many milliseconds a request is given up, and its statement in PostgreSQL stopped."),
  HEADERS_TIMEOUT_MS: wholeNumber(100, 3_600_000)
    .default(usualTimeOuts.headersMs)
    .describe("For how many milliseconds the headers of a request may come in."),
  BODY_TIMEOUT_MS: wholeNumber(100, 3_600_000)
    .default(usualTimeOuts.bodyMs)
    .describe("For how many milliseconds a request may come in, its body included."),
  KEEP_ALIVE_MS: wholeNumber(1_000, 3_600_000)
    .default(usualTimeOuts.keepAliveMs)
    .describe(
      "For how many milliseconds a connection that is idle stays open: longer than a load balancer before it keeps its own.",
    ),
  UNREAD_TIMEOUT_MS: wholeNumber(100, 3_600_000)
    .default(usualTimeOuts.unreadMs)
    .describe("After how many milliseconds a caller is cut off who takes nothing of an answer or a stream."),
  ANSWER_BYTES: wholeNumber(10_000, 1_000_000_000)
    .default(16_000_000)
    .describe("The most bytes of an answer: whoever asks for more is told to ask for less."),
  PREPARED_STATEMENTS: toggle
    .default(true)
    .describe("off for PostgreSQL behind a pooler that does not keep prepared statements."),
  ROW_LEVEL_SECURITY: toggle
    .default(true)
    .describe("off to let statements alone keep tenants apart, without the database's policies."),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: "must be a redis:// URL" })
    .optional()
    .describe("Redis, for rate limits that several nodes share. Without it each process counts alone."),
  RATE_LIMIT: toggle.default(true).describe("off to let every key ask as often as it likes."),
  CORS_ORIGINS: z
    .string()
    .transform(listOf)
    .pipe(z.array(z.url("must be origins such as https://app.example.com, with commas between")))
    .optional()
    .describe("The origins, with commas between, whose pages may use the API from a browser."),
  TRUST_PROXY: z
    .string()
    .transform(listOf)
    .refine(isProxyList, "must be addresses or networks such as 10.0.0.0/8, with commas between")
    .optional()
    .describe("The proxies, by address or network, whose X-Forwarded-For says where a request came from."),
  OAUTH_ISSUER: z
    .string()
    .optional()
    .describe("Whose access tokens are believed beside API keys: their iss. Needs the next two."),
  OAUTH_AUDIENCE: z.string().optional().describe("The aud of access tokens that are meant for this API."),
  OAUTH_JWKS_URL: z
    .url({ protocol: /^https?$/, error: "must be an https:// URL" })
    .optional()
    .describe("Where the public keys of OAUTH_ISSUER are, as a JSON Web Key Set."),
  OAUTH_TOKEN_TYPE: z
    .string()
    .min(1)
    .default("at+jwt")
    .describe("The typ of access tokens; at+jwt, as RFC 9068 has it, unless the issuer writes another one."),
  OAUTH_LONGEST_LIFE_S: wholeNumber(60, 31_536_000)
    .default(86_400)
    .describe("For how many seconds an access token may be good; one that is good for longer is refused."),
  GATEWAY_SECRET: z
    .string()
    .min(16, "must have at least 16 characters")
    .optional()
    .describe(
      "What a federation gateway sends in x-gateway-secret to use /subgraph; without it and the next that door is shut.",
    ),
  GATEWAY_SIGNING_SECRETS: secrets.describe(
    "What a federation gateway may sign its requests to /subgraph with, with commas between.",
  ),
  SUBGRAPH: z
    .enum(subgraphNames)
    .optional()
    .describe(
      "Serves one subgraph at /subgraph, to a federation gateway, in place of the whole graph. Needs one of the two before.",
    ),
  KEY_PEPPERS: secrets.describe(
    "What new API keys are hashed with, and, after commas, what earlier ones were.",
  ),
  LINK_SECRETS: secrets.describe(
    "What links to documents are signed with, and, after commas, what earlier ones were. Without it they end with this process.",
  ),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "must be an https:// URL" })
    .optional()
    .describe(
      "How the server is reached from outside, for links to documents; they start with their path unless set.",
    ),
  METRICS_TOKEN: z
    .string()
    .min(16, "must have at least 16 characters")
    .optional()
    .describe(
      "What /metrics asks for as a bearer token; without it, it answers this machine only, by a loopback address and name.",
    ),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  PLAYGROUND: toggle.default(true).describe("Whether browsers get GraphiQL at /graphql."),
  WORKER: toggle
    .default(true)
    .describe("off for a process that answers requests only: then another one must do the jobs."),
  USAGE_STREAM: z
    .url({ protocol: /^nats$/, error: "must be a nats:// URL" })
    .optional()
    .describe(
      "A NATS server with JetStream, and, as the path, the name of a stream in it: usage events are kept there, and stored by the workers. Without it they are stored at once.",
    ),
  DEMO: toggle
    .optional()
    .describe("Whether an empty database is filled with demo data. on unless NODE_ENV is production."),
});

const options = separate
  .refine(
    ({ OAUTH_ISSUER, OAUTH_AUDIENCE, OAUTH_JWKS_URL }) =>
      new Set([OAUTH_ISSUER, OAUTH_AUDIENCE, OAUTH_JWKS_URL].map((value) => value === undefined)).size === 1,
    { path: ["OAUTH_ISSUER"], error: "goes with OAUTH_AUDIENCE and OAUTH_JWKS_URL: set all three, or none" },
  )
  .refine(({ WORKERS, DATABASE_URL }) => WORKERS === 1 || DATABASE_URL !== undefined, {
    path: ["WORKERS"],
    error: "more than one process needs PostgreSQL: set DATABASE_URL. The embedded database serves one",
  })
  .refine(
    ({ SUBGRAPH, GATEWAY_SECRET, GATEWAY_SIGNING_SECRETS }) =>
      SUBGRAPH === undefined || GATEWAY_SECRET !== undefined || GATEWAY_SIGNING_SECRETS !== undefined,
    {
      path: ["SUBGRAPH"],
      error: "is for a gateway: set GATEWAY_SIGNING_SECRETS or GATEWAY_SECRET, by which it is known",
    },
  );

/** The options of the server and of the commands, read and checked. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** How many processes answer requests. */
  readonly workers: number;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How long callers may keep the server waiting. */
  readonly timeOuts: TimeOuts;
  readonly answerBytes: number;
  readonly preparedStatements: boolean;
  readonly rowLevelSecurity: boolean;
  readonly redisUrl: string | undefined;
  readonly rateLimit: boolean;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  /** Undefined where there are API keys only. */
  readonly oauth:
    | {
        readonly issuer: string;
        readonly audience: string;
        readonly jwksUrl: string;
        readonly tokenType: string;
        readonly longestLife: number;
      }
    | undefined;
  readonly gatewaySecret: string | undefined;
  readonly gatewaySigningSecrets: readonly string[];
  /** The one subgraph to serve; undefined for the whole graph. */
  readonly subgraph: SubgraphName | undefined;
  readonly keyPeppers: readonly string[];
  readonly linkSecrets: readonly string[];
  readonly publicUrl: string | undefined;
  readonly metricsToken: string | undefined;
  readonly logLevel: string;
  readonly playground: boolean;
  readonly worker: boolean;
  readonly usageStream: string | undefined;
  readonly demo: boolean;
}

/** Thrown for options that are wrong: the message names each of them and says what it must be. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads the options from the environment and, where it does not set them, from a file `.env` in the current folder.
 * Empty values count as unset. This is the only place that reads `process.env`.
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>> = readEnvironment(),
): Config {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const { data, error } = options.safeParse(set);
  if (!data) {
    const lines = error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new ConfigError(`These options are wrong:\n${lines.join("\n")}\nSee .env.example for all of them.`);
  }
  const production = data.NODE_ENV === "production";
  return {
    production,
    host: data.HOST,
    port: data.PORT,
    databaseUrl: data.DATABASE_URL,
    dataDir: data.DATA_DIR,
    workers: data.WORKERS,
    poolSize: data.POOL_SIZE,
    statementTimeoutMs: data.STATEMENT_TIMEOUT_MS,
    requestTimeoutMs: data.REQUEST_TIMEOUT_MS,
    timeOuts: {
      headersMs: data.HEADERS_TIMEOUT_MS,
      bodyMs: data.BODY_TIMEOUT_MS,
      keepAliveMs: data.KEEP_ALIVE_MS,
      unreadMs: data.UNREAD_TIMEOUT_MS,
    },
    answerBytes: data.ANSWER_BYTES,
    preparedStatements: data.PREPARED_STATEMENTS,
    rowLevelSecurity: data.ROW_LEVEL_SECURITY,
    redisUrl: data.REDIS_URL,
    rateLimit: data.RATE_LIMIT,
    corsOrigins: data.CORS_ORIGINS ?? [],
    trustedProxies: data.TRUST_PROXY ?? [],
    oauth: oauthOf(data),
    gatewaySecret: data.GATEWAY_SECRET,
    gatewaySigningSecrets: data.GATEWAY_SIGNING_SECRETS ?? [],
    subgraph: data.SUBGRAPH,
    keyPeppers: data.KEY_PEPPERS ?? [],
    linkSecrets: data.LINK_SECRETS ?? [],
    publicUrl: data.PUBLIC_URL,
    metricsToken: data.METRICS_TOKEN,
    logLevel: data.LOG_LEVEL,
    playground: data.PLAYGROUND,
    worker: data.WORKER,
    usageStream: data.USAGE_STREAM,
    demo: data.DEMO ?? !production,
  };
}

function oauthOf(data: z.infer<typeof options>): Config["oauth"] {
  const { OAUTH_ISSUER: issuer, OAUTH_AUDIENCE: audience, OAUTH_JWKS_URL: jwksUrl } = data;
  if (!issuer || !audience || !jwksUrl) return undefined;
  const { OAUTH_TOKEN_TYPE: tokenType, OAUTH_LONGEST_LIFE_S: longestLife } = data;
  return { issuer, audience, jwksUrl, tokenType, longestLife };
}

function readEnvironment(): Record<string, string | undefined> {
  const file = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  return { ...file, ...process.env };
}
