import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const programs = "/usr/lib/postgresql/15/bin";

/** Why no PostgreSQL of a test's own can be started here; undefined where it can. */
export const noCluster: string | undefined = !existsSync(join(programs, "initdb"))
  ? `there is no ${programs}/initdb`
  : process.getuid?.() !== 0
    ? "only root can start PostgreSQL as its user"
    : undefined;

/** A PostgreSQL server of the test's own. */
export interface Cluster {
  readonly url: string;
  /** Ends it as a crash would: all processes at once, without a checkpoint. */
  crash(): Promise<void>;
  /** Resolves when it takes connections. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function createCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), "billgraph-cluster-"));
  const [{ stdout: user }, { stdout: group }] = await Promise.all([
    run("id", ["-u", "postgres"]),
    run("id", ["-g", "postgres"]),
  ]);
  await chown(folder, Number(user), Number(group));
  const data = join(folder, "data");
  const port = await freePort();
  const as = (program: string, ...args: readonly string[]) =>
    run("runuser", ["-u", "postgres", "--", join(programs, program), ...args], { cwd: folder });
  await as("initdb", "-D", data, "-A", "trust", "-U", "root", "--no-sync");
  const options = `-p ${port} -h 127.0.0.1 -k ${folder} -c fsync=off -c max_connections=60`;
  const start = async (): Promise<void> => {
    await as("pg_ctl", "-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start");
  };
  const crash = async (): Promise<void> => {
    await as("pg_ctl", "-D", data, "-m", "immediate", "stop");
  };
  await start();
  return {
    url: `postgresql://root@127.0.0.1:${port}/postgres`,
    start,
    crash,
    remove: async () => {
      await crash().catch(() => {});
      await rm(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
