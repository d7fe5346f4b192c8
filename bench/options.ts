/** How a run is made shorter or longer, from the environment. */
export interface Options {
  /** How often each server is started: figures are medians over its starts. */
  readonly starts: number;
  /** How long each workload is measured at each start, and before that run to warm the server. */
  readonly seconds: number;
  readonly warmSeconds: number;
  /** How many connections ask, each for one thing at a time. */
  readonly connections: number;
  /** The names of servers and workloads to keep; all when empty. */
  readonly only: readonly string[];
  /** How many usage events the largest of the sizes has that usage is measured at. */
  readonly usageEvents: number;
  /** The database to fill and use; it is made when missing. */
  readonly databaseUrl: string;
}

export function readOptions(environment: Readonly<Record<string, string | undefined>>): Options {
  return {
    starts: number(environment, "BENCH_STARTS", 3),
    seconds: number(environment, "BENCH_SECONDS", 3),
    warmSeconds: number(environment, "BENCH_WARM_SECONDS", 5),
    connections: number(environment, "BENCH_CONNECTIONS", 16),
    only: (environment["BENCH_ONLY"] ?? "").split(",").filter((name) => name !== ""),
    usageEvents: number(environment, "BENCH_USAGE_EVENTS", 1_000_000),
    databaseUrl: environment["BENCH_DATABASE_URL"] ?? "postgres://root@127.0.0.1:5432/billgraph_bench",
  };
}

function number(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  otherwise: number,
): number {
  const text = environment[name];
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} must be a number above 0, not ${text}.`);
  return value;
}

/** Whether a server or a workload is wanted: `only` may name both; a kind that it names none of is wanted whole. */
export function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  only: readonly string[],
): readonly T[] {
  const named = all.filter(({ name }) => only.includes(name));
  return named.length ? named : all;
}
