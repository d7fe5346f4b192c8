import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname;

/** Installs the packages of the benchmark unless those of its lock file are there. The product needs none of them. */
export function installPackages(): void {
  if (installed()) return;
  console.error("Installing the servers to compare with.");
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-fund", "--no-audit"], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error("The packages of the benchmark could not be installed.");
}

interface Lock {
  readonly packages: Readonly<Record<string, { version?: string; optional?: boolean }>>;
}

/** npm leaves a copy of what it has installed. */
function installed(): boolean {
  const copy = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(copy)) return false;
  const there = readLock(copy).packages;
  const wanted = readLock(join(folder, "package-lock.json")).packages;
  return Object.entries(wanted).every(
    ([name, { version, optional }]) => name === "" || optional === true || there[name]?.version === version,
  );
}

function readLock(file: string): Lock {
  return JSON.parse(readFileSync(file, "utf8")) as Lock;
}
