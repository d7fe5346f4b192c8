import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");

/** Environment variables that would lead a program started from a test astray. */
const ours = /^(?:npm_|vitest|node_|test$|test_|database_url$|redis_url$|port$|init_cwd$)/i;

/** A server process, as `npm start` runs it. */
export interface Program {
  /** Where it listens, such as `http://127.0.0.1:49152`. */
  readonly url: string;
  readonly processId: number;
  readonly running: boolean;
  /** What it has printed, logs included. */
  readonly output: () => string;
  /** Sends a signal; resolves with the exit code, null for a process that a signal ended. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Starts `src/main.ts` on a database. Resolves when it listens; rejects when it ends before. */
export async function startProgram(
  databaseUrl: string,
  { preload, ...options }: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const inherited = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    DATABASE_URL: databaseUrl,
    PORT: "0",
    DEMO: "off",
    RATE_LIMIT: "off",
    PLAYGROUND: "off",
    LOG_LEVEL: "error",
    ...options,
  };
  const args = [...(preload === undefined ? [] : ["--import", preload]), "src/main.ts"];
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let running = true;
  const ended = new Promise<number | null>((done) => {
    child.once("close", (code) => {
      running = false;
      done(code);
    });
  });
  const url = await new Promise<string>((found, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const match = /^ *URL +(http\S+)\/graphql$/m.exec(output)?.[1];
        if (match !== undefined) found(match);
      });
    }
    void ended.then((code) => failed(new Error(`the server ended with ${code}:\n${output}`)));
  });
  return {
    url,
    processId: child.pid ?? 0,
    get running() {
      return running;
    },
    output: () => output,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
