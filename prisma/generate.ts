import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

// `npm run generate`: the Prisma client and the types of the GraphQL builder. Does nothing when nothing has changed.
const root = join(import.meta.dirname, "..");
const stampFile = join(root, "src/db/generated/stamp");
const stamp = hashInputs();

if (read(stampFile) !== stamp) {
  rmSync(stampFile, { force: true });
  const prisma = join(root, "node_modules/prisma/build/index.js");
  const { status, stderr } = spawnSync(
    process.execPath,
    [prisma, "generate", "--config", "prisma/prisma.config.ts"],
    {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        PATH: [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
        // Without it Prisma downloads an engine that generating does not use; any program will do.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: "1",
        PRISMA_HIDE_UPDATE_MESSAGE: "1",
      },
    },
  );
  if (status !== 0) {
    process.stderr.write(stderr);
    process.exit(status ?? 1);
  }
  writeFileSync(stampFile, stamp);
}

function hashInputs(): string {
  const models = join(root, "prisma/models");
  const files = [
    ...readdirSync(models).map((name) => join(models, name)),
    ...["prisma", "@prisma/client", "@pothos/plugin-prisma"].map((name) =>
      join(root, "node_modules", name, "package.json"),
    ),
    join(import.meta.dirname, "prisma.config.ts"),
  ];
  const hash = createHash("sha256");
  for (const file of files.toSorted()) hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest("hex");
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
