import { parseArgs } from "node:util";
import pg from "pg";
import { z } from "zod";
import { type Config, ConfigError, loadConfig } from "../config.ts";
import { type Database, openDatabase } from "../db/database.ts";
import { Refusal } from "../kit/refusal.ts";

/** What the user of a command can mend. The message says how. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The options of a command: each has a schema that reads its text, `flag` for one without a text. */
export type Options = Readonly<Record<string, z.ZodType>>;

/** The schema of an option that is there or not. */
export const flag = z.literal(true, "takes no value").optional();

type Values<O extends Options> = { readonly [K in keyof O]: z.infer<O[K]> };

/**
 * Reads `--name value` options. The names of `options` are the names on the command line. Throws a `UsageError` that
 * names every option that is unknown or wrong.
 */
export function readOptions<O extends Options>(args: readonly string[], options: O): Values<O> {
  const { values, tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, schema]) => [
        name,
        { type: schema === flag ? "boolean" : "string" },
      ]),
    ),
  });
  const wrong: string[] = [];
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    // What follows an unknown option is its value.
    if (token.kind === "positional" && before?.kind === "option" && !Object.hasOwn(options, before.name))
      continue;
    const text = token.kind === "option" ? token.rawName : token.kind === "positional" ? token.value : "--";
    if (token.kind !== "option" || !Object.hasOwn(options, token.name)) {
      wrong.push(`${text}: there is no such option. There are: ${listOf(options)}.`);
    }
  }
  const given = Object.fromEntries(
    Object.keys(options).map((name) => [
      name,
      values[name] === true && options[name] !== flag ? "" : values[name],
    ]),
  );
  const { data, error } = z.object(options).safeParse(given);
  for (const { path, message } of error?.issues ?? []) wrong.push(`--${path.join(".")}: ${message}.`);
  if (!data || wrong.length) throw new UsageError(wrong.join("\n"));
  return data as Values<O>;
}

function listOf(options: Options): string {
  const names = Object.keys(options).map((name) => `--${name}`);
  return names.join(", ") || "none";
}

/** Runs a command on the configured database, which it closes. */
export async function withDatabase(
  work: (database: Database, config: Config) => Promise<void>,
): Promise<void> {
  const config = loadConfig();
  const database = await openDatabase(config);
  try {
    await work(database, config);
  } finally {
    await database.close();
  }
}

/** Runs a command. What the user can mend is told in a line, and a mistake of ours keeps its stack; both end with 1. */
export async function run(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(isExpected(error) ? error.message : error);
    process.exitCode = 1;
  }
}

function isExpected(error: unknown): error is Error {
  const kinds = [UsageError, Refusal, ConfigError, pg.DatabaseError];
  return (
    kinds.some((kind) => error instanceof kind) || (error instanceof Error && error.constructor === Error)
  );
}
