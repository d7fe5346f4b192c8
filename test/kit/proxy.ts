import { type AddressInfo, type Socket, connect, createServer } from "node:net";

/** A TCP proxy whose line can be cut. */
export interface Proxy {
  /** The same URL by way of the proxy. */
  readonly route: (url: URL) => URL;
  /** How many answers to a COMMIT have been lost. */
  readonly lost: number;
  /** Cuts all connections, and refuses new ones. */
  cut(): void;
  mend(): void;
  /**
   * Asks `choose` at every COMMIT of PostgreSQL's simple protocol whether its answer is lost: the server carries it out, and
   * then the connection breaks. Undefined lets all answers pass.
   */
  loseCommits(choose: (() => boolean) | undefined): void;
  /** Resets one connection, chosen by a number from 0 up to 1. */
  reset(which: number): void;
  /** Lets nothing pass in either direction, without closing anything, until `pass`. */
  stall(): void;
  pass(): void;
  /** Lets nothing pass for good by the connections that there are, and everything by new ones. */
  cutStalled(): void;
  close(): Promise<void>;
}

interface Line {
  readonly near: Socket;
  readonly far: Socket;
}

const commit = Buffer.from("COMMIT\0");

/** Starts a proxy to the host and port of `target`. */
export async function startProxy(target: URL): Promise<Proxy> {
  const lines = new Set<Line>();
  const dead = new Set<Line>();
  let whole = true;
  let stalled = false;
  let lost = 0;
  let choose: (() => boolean) | undefined;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(target.port || 5432), target.hostname);
    const line = { near, far };
    let dying = false;
    lines.add(line);
    near.on("data", (data) => {
      if (choose && data.includes(commit) && choose()) {
        dying = true;
        lost++;
      }
      far.write(data);
    });
    far.on("data", (data) => {
      if (dying) near.destroy();
      else near.write(data);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("end", () => other.end());
      one.on("error", () => {});
      one.on("close", () => {
        lines.delete(line);
        other.destroy();
      });
      if (stalled) one.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const sockets = (): Socket[] => [...lines].flatMap(({ near, far }) => [near, far]);
  const cut = (): void => {
    whole = false;
    for (const socket of sockets()) socket.destroy();
  };
  return {
    route: (url) => Object.assign(new URL(url), { hostname: "127.0.0.1", port: String(port) }),
    get lost() {
      return lost;
    },
    cut,
    mend: () => {
      whole = true;
    },
    loseCommits: (chooser) => {
      choose = chooser;
    },
    reset: (which) => void [...lines][Math.floor(which * lines.size)]?.near.resetAndDestroy(),
    stall: () => {
      stalled = true;
      for (const socket of sockets()) socket.pause();
    },
    pass: () => {
      stalled = false;
      for (const socket of sockets()) socket.resume();
    },
    cutStalled: () => {
      stalled = false;
      for (const line of lines) dead.add(line);
      lines.clear();
    },
    close: async () => {
      for (const { near } of dead) near.destroy();
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
