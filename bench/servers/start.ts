import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../load/wire.ts";
import { family } from "../machine/process.ts";
import type { Server, Surroundings } from "./server.ts";

const root = resolve(import.meta.dirname, "../..");
const logs = join(root, "bench/.data/logs");

/** A server that listens. */
export interface Running extends Target {
  /** Its processes. */
  readonly pids: () => number[];
  readonly stop: () => Promise<void>;
}

export interface StartOptions {
  /** What is put before the command, such as `taskset`. */
  readonly before?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Variables of this process that would change what servers do. */
const ours = /^(npm_|node_|bench_|port$|database_url$)/i;
/** The demo is billed at the first start, which takes its time on a busy machine. */
const patienceMs = 180_000;

/** The servers that run; none is left behind. */
const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** Starts a server in production mode, its output in a file, and waits until it listens. */
export async function start(
  server: Server,
  surroundings: Surroundings,
  { before = [], environment = {} }: StartOptions = {},
): Promise<Running> {
  mkdirSync(logs, { recursive: true });
  const file = join(logs, `${server.name}.log`);
  const log = createWriteStream(file);
  await new Promise<void>((opened) => log.once("open", () => opened()));
  const inherited = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const [command, ...args] = [...before, process.execPath, server.program];
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["ignore", log, log],
    env: {
      ...Object.fromEntries(inherited),
      NODE_ENV: "production",
      DATABASE_URL: surroundings.databaseUrl,
      ENVIRONMENT_ID: surroundings.environmentId,
      ...server.environment?.(surroundings),
      ...environment,
    },
  });
  children.add(child);
  child.once("exit", () => children.delete(child));
  const url = await listening(child, file);
  const headers = server.headers?.(surroundings) ?? {};
  return { url, headers, pids: () => family(child.pid ?? 0), stop: () => stop(child) };
}

async function listening(child: ChildProcess, file: string): Promise<string> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const output = readFileSync(file, "utf8");
    const [url] = /http:\/\/127\.0\.0\.1:\d+\/graphql/.exec(output) ?? [];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`The server ended at once. It said:\n${output}`);
    await sleep(20);
  }
  child.kill("SIGKILL");
  throw new Error(`The server does not listen after ${patienceMs / 1_000} s. See ${file}.`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  child.kill("SIGINT");
  const kill = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(kill);
}
