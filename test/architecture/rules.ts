import type { IConfiguration } from "dependency-cruiser";

/** A role of a domain is one file (`schema.ts`) or, once that grows too long, a folder of them (`schema/`). */
const role = (...names: string[]) => `^src/domains/[^/]+/(${names.join("|")})(\\.ts$|/)`;

const graphPackages =
  "node_modules/(graphql|graphql-[^/]+|@graphql-[^/]+|@pothos|@apollo|@envelop|dataloader)/";
const dataPackages = "node_modules/(@prisma|prisma|pg|pg-[^/]+|@electric-sql)/";

type Rule = NonNullable<IConfiguration["forbidden"]>[number] & { name: string };

const rule = (name: string, comment: string, from: object, to: object): Rule => ({
  name,
  comment,
  severity: "error",
  from,
  to,
});

/**
 * Imports point down only: kit <- db <- verbs of the domains <- their schema <- graph; whatever is not said
 * here to be allowed at a layer's edge is a violation. A domain reaches another through its `index.ts`.
 */
export const rules: Rule[] = [
  rule(
    "kit-stands-alone",
    "The kit computes: it imports only itself and packages that do no I/O.",
    { path: "^src/kit/" },
    { path: [graphPackages, dataPackages, "node_modules/(pino|pg-boss|ioredis)/", "^src/(?!kit/)"] },
  ),
  rule(
    "kit-does-no-io",
    "No files, sockets or processes in the kit; node:crypto, node:util and node:buffer compute.",
    { path: "^src/kit/" },
    { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|util|buffer)$" },
  ),
  rule(
    "db-knows-only-the-kit",
    "The database layer knows neither the domains nor GraphQL.",
    { path: "^src/db/" },
    { path: ["^src/(?!db/|kit/)", graphPackages] },
  ),
  rule(
    "verbs-know-no-graphql",
    "Use cases and pure logic run without GraphQL: in jobs, commands and tests.",
    { path: "^src/domains/", pathNot: role("graph", "schema", "mutations", "inputs", "loaders") },
    { path: ["^src/graph/", graphPackages, role("schema", "mutations", "inputs", "loaders")] },
  ),
  rule(
    "loaders-only-read",
    "A loader batches reads: it declares no GraphQL and knows no types of it.",
    { path: role("loaders") },
    {
      path: [
        "^src/graph/(builder|connections|entities|mutations|scalars|schema|user-errors)\\.ts$",
        graphPackages,
        role("schema", "mutations", "inputs"),
      ],
      pathNot: "node_modules/dataloader/",
    },
  ),
  rule(
    "fields-hold-no-sql",
    "Schema and mutations resolve through loaders and verbs.",
    { path: role("schema", "mutations", "inputs") },
    { path: dataPackages },
  ),
  rule(
    "domains-meet-at-the-index",
    "A domain reaches another through its index.ts only.",
    { path: "^src/domains/([^/]+)/" },
    { path: "^src/domains/", pathNot: ["^src/domains/$1/", "^src/domains/[^/]+/index\\.ts$"] },
  ),
  rule(
    "outsiders-meet-domains-at-the-index",
    "Commands, jobs, HTTP and main use a domain through its index.ts; the schema assembly reads its graph.ts.",
    { path: "^src/", pathNot: ["^src/domains/", "^src/graph/schema\\.ts$"] },
    { path: "^src/domains/", pathNot: "^src/domains/[^/]+/index\\.ts$" },
  ),
  rule(
    "graph-below-the-domains",
    "The builder and its helpers know no domain; graph/schema.ts puts the domains together.",
    { path: "^src/graph/", pathNot: "^src/graph/schema\\.ts$" },
    { path: "^src/(?!graph/|db/|kit/)" },
  ),
  rule(
    "assembly-reads-lists-only",
    "The schema assembly loads each domain by its graph.ts.",
    { path: "^src/graph/schema\\.ts$" },
    { path: "^src/domains/", pathNot: "^src/domains/[^/]+/graph\\.ts$" },
  ),
  rule(
    "lists-read-roles-only",
    "A domain's graph.ts lists what the domain gives to the graph, and nothing of its logic.",
    { path: "^src/domains/([^/]+)/graph\\.ts$" },
    { pathNot: "^src/domains/$1/(schema|mutations)(\\.ts$|/)" },
  ),
  rule(
    "assembly-is-not-for-domains",
    "What a domain needs from the graph stands below it.",
    { path: "^src/domains/" },
    { path: "^src/graph/schema\\.ts$" },
  ),
  rule(
    "http-is-for-main",
    "Nothing imports the HTTP server but the composition root.",
    { path: "^src/", pathNot: ["^src/http/", "^src/main\\.ts$"] },
    { path: "^src/http/" },
  ),
  rule(
    "config-is-for-composition-roots",
    "Settings are read once and passed on.",
    { path: "^src/", pathNot: "^src/(main\\.ts$|commands/)" },
    { path: "^src/config\\.ts$" },
  ),
  rule(
    "roots-are-not-imported",
    "Nothing imports main, and only main runs a command.",
    { path: "^src/", pathNot: "^src/(main\\.ts$|commands/)" },
    { path: "^src/(main\\.ts$|commands/)" },
  ),
  rule("no-cycles", "A cycle has no top to read from.", {}, { circular: true }),
  rule(
    "no-dead-code",
    "Every module is reached from main, a command or the cases; what runs in a browser is not imported.",
    { path: ["^src/(main\\.ts$|commands/)", "^test/cases/run\\.ts$"] },
    {
      path: "^src/",
      pathNot: "^src/(main\\.ts$|commands/|db/generated/|http/graphiql/browser/)",
      reachable: false,
    },
  ),
  rule(
    "resolvable",
    "Every import leads somewhere. The types of pdfmake have no file of their own beside it.",
    {},
    { couldNotResolve: true, pathNot: "^pdfmake/interfaces\\.js$" },
  ),
  rule(
    "runtime-dependencies-only",
    "The program imports what package.json lists under dependencies; comparing and composing schemas is for developers.",
    { path: "^src/", pathNot: "^src/commands/(breaking-changes|compose|supergraph)\\.ts$" },
    { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
  ),
];
