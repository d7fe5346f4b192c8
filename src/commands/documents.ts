import { parseArgs } from "node:util";
import { z } from "zod";
import type { Environment, PrismaClient } from "../db/generated/prisma/client.ts";
import { isId } from "../kit/ids.ts";
import { UsageError, readOptions, run, withDatabase } from "./command-line.ts";
import { readDocuments } from "./document-files.ts";
import { findEnvironment, findOrMakeEnvironment } from "./environments.ts";
import { formatTable } from "./table.ts";

const help = `Manages persisted documents: GraphQL documents that requests name by their SHA-256 instead of sending them,
and the only ones that keys made with --documents-only run.

  npm run documents -- add FILES… [--environment sandbox|live|ID]
  npm run documents -- list [--environment sandbox|live|ID]
  npm run documents -- remove HASHES… [--environment sandbox|live|ID]

  FILES          Each is one document, text for text; or JSON with documents by their hashes: the
                 persisted-documents.json of GraphQL Code Generator's client preset, the file that
                 Relay's compiler persists to with SHA256, or the manifest of Apollo's clients.
                 All are registered, or none.
  HASHES         As add and list tell them.
  --environment  Whose they are: sandbox (the default), live, or the id of an environment.`;

const options = {
  environment: z
    .string()
    .refine(
      (value) => value === "sandbox" || value === "live" || isId(value),
      "must be sandbox, live, or the id of an environment",
    )
    .default("sandbox"),
};

/** Reads what is named before, between and after the options, and the environment. */
function readArguments(args: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: { environment: { type: "string" } },
  });
  const named = tokens.filter((token) => token.kind === "positional");
  const places = new Set(named.map(({ index }) => index));
  const { environment } = readOptions(
    args.filter((_, index) => !places.has(index)),
    options,
  );
  return { names: named.map(({ value }) => value), environment };
}

function environmentOf(prisma: PrismaClient, place: string): Promise<Environment> {
  if (isId(place)) return findEnvironment(prisma, place);
  return findOrMakeEnvironment(prisma, { livemode: place === "live", merchant: undefined });
}

async function add(args: readonly string[]): Promise<void> {
  const { names: files, environment } = readArguments(args);
  if (!files.length) throw new UsageError("Say which files: npm run documents -- add FILES…");
  // Nothing else asks for the graph, which takes a second to make.
  const { buildSchema } = await import("../graph/schema.ts");
  const { documents, faults } = await readDocuments(buildSchema(), files);
  if (faults.length) throw new UsageError([...faults, "Nothing was registered."].join("\n"));
  await withDatabase(async ({ prisma }) => {
    const { id, merchantName } = await environmentOf(prisma, environment);
    const { count } = await prisma.persistedDocument.createMany({
      data: documents.map((document) => ({ ...document, environmentId: id })),
      skipDuplicates: true,
    });
    const known = documents.length - count;
    console.error(
      `${count} registered for ${merchantName}, environment ${id}; ${known} were registered already.`,
    );
    for (const { hash, name } of documents) console.log(`sha256:${hash}  ${name}`.trimEnd());
  });
}

async function list(args: readonly string[]): Promise<void> {
  const { names, environment } = readArguments(args);
  if (names.length) throw new UsageError(`list takes no names: ${names.join(", ")}`);
  await withDatabase(async ({ prisma }) => {
    const { id } = await environmentOf(prisma, environment);
    const rows = await prisma.persistedDocument.findMany({
      where: { environmentId: id },
      orderBy: [{ name: "asc" }, { hash: "asc" }],
    });
    if (!rows.length) return console.log("No documents are registered. See: npm run documents -- help");
    const shown = rows.map(({ hash, name, createdAt }) => ({
      document: `sha256:${hash}`,
      operations: name,
      registered: `${createdAt.toISOString().slice(0, 19)}Z`,
    }));
    console.log(formatTable(shown));
  });
}

async function remove(args: readonly string[]): Promise<void> {
  const { names, environment } = readArguments(args);
  if (!names.length) throw new UsageError("Say which, by their hashes: npm run documents -- remove HASHES…");
  const hashes = [...new Set(names.map((name) => name.replace(/^sha256:/, "")))];
  await withDatabase(async ({ prisma }) => {
    const { id } = await environmentOf(prisma, environment);
    await prisma.$transaction(async (tx) => {
      const where = { environmentId: id, hash: { in: hashes } };
      const known = await tx.persistedDocument.findMany({ where, select: { hash: true } });
      const unknown = hashes.filter((hash) => !known.some((row) => row.hash === hash));
      if (unknown.length) {
        throw new UsageError(`Not registered: ${unknown.join(", ")}. Nothing was removed.`);
      }
      await tx.persistedDocument.deleteMany({ where });
    });
    console.log(`${hashes.length} removed. Running servers forget them within ten seconds.`);
  });
}

await run(async () => {
  const [command, ...args] = process.argv.slice(2);
  if (command === "help" || process.argv.includes("--help")) return console.log(help);
  if (command === "add") return add(args);
  if (command === "list") return list(args);
  if (command === "remove") return remove(args);
  throw new UsageError(command === undefined ? help : `${command}: there is no such command.\n\n${help}`);
});
