import { spawn, type ChildProcess } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../..");

/** What a fresh clone does not have. `node_modules` is linked: installing it is not what is tested. */
const absent = /^((.*\/)?node_modules|\.git|\.data|\.env|src\/db\/generated|examples\/[^/]+\/generated)$/;

/** Environment variables that would lead a program started from a test astray. */
const ours = /^(npm_|vitest|node_|test$|test_|database_url$|port$|init_cwd$)/i;

/** A server that `npm start` runs. */
export type Program = {
  url: string;
  key: string;
  /** Sends SIGTERM to npm; resolves when npm has gone. */
  stop: () => Promise<void>;
};

/** A copy of the source as git has it, in a new folder with spaces in its path. */
export type Checkout = {
  /** Runs `npm start` there. Resolves when the URL and the key are printed; rejects when it ends before. */
  start: (options?: Record<string, string>) => Promise<Program>;
  /** Stops what still runs there, and deletes the folder. */
  remove: () => Promise<void>;
};

export async function checkOut(): Promise<Checkout> {
  const parent = await mkdtemp(join(tmpdir(), "a folder with spaces "));
  const folder = join(parent, "bill graph");
  await cp(repository, folder, {
    recursive: true,
    filter: (path) => !absent.test(relative(repository, path)),
  });
  await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
  const stops = new Set<() => Promise<void>>();

  async function start(options: Record<string, string> = {}): Promise<Program> {
    const inherited = Object.entries(process.env).filter(([name]) => !ours.test(name));
    const env = { ...Object.fromEntries(inherited), PORT: "0", ...options };
    const child = spawn("npm", ["start"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = new Promise<void>((done) => child.once("close", () => done()));
    const stop = async (): Promise<void> => {
      child.kill("SIGTERM");
      await ended;
    };
    stops.add(stop);
    const { output, read } = collect(child);
    const [url, key] = await Promise.race([
      Promise.all([read(/^ *URL +(http\S+)$/m), read(/^ *Key +(rk_\S+)$/m)]),
      ended.then(() => Promise.reject(new Error(`npm start ended:\n${output()}`))),
    ]);
    return { url, key, stop };
  }

  async function remove(): Promise<void> {
    for (const stop of stops) await stop();
    await rm(parent, { recursive: true });
  }

  return { start, remove };
}

/** Keeps what a process prints; `read` resolves with the first group of a pattern once it has been printed. */
function collect(child: ChildProcess): { output: () => string; read: (pattern: RegExp) => Promise<string> } {
  let text = "";
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (const look of waiting) look();
    });
  }
  const read = (pattern: RegExp): Promise<string> =>
    new Promise((done) => {
      const look = (): void => {
        const found = pattern.exec(text)?.[1];
        if (found === undefined) return;
        waiting.delete(look);
        done(found);
      };
      waiting.add(look);
      look();
    });
  return { output: () => text, read };
}
