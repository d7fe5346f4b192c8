import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** SQLite's code for a file that someone else has locked. */
const busy = 5;

/**
 * Takes a folder for this process until the function that it returns is called, or the process ends in whatever way.
 * Throws when another process has it, or this one already.
 *
 * Node has no file locks of its own but comes with SQLite, whose locks are the operating system's: they vanish with
 * their process, so there is no stale lock to find, and no process id that meanwhile belongs to another program.
 */
export function lockFolder(folder: string): () => void {
  const owner = join(folder, "pid");
  const lock = new DatabaseSync(join(folder, "lock"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if ((error as { errcode?: unknown }).errcode !== busy) throw error;
    throw new Error(
      `the data folder ${folder} is in use by another process${readOwner(owner)}: stop it, or give this one ` +
        `another folder, or let both use one PostgreSQL server`,
      { cause: error },
    );
  }
  writeFileSync(owner, `${process.pid}\n`);
  return () => {
    rmSync(owner, { force: true });
    lock.close();
  };
}

function readOwner(file: string): string {
  try {
    return ` (process ${readFileSync(file, "utf8").trim()})`;
  } catch {
    return "";
  }
}
