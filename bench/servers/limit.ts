import type { Server } from "./server.ts";

/** What everything else is compared with. */
export const limit: Server = {
  name: "limit",
  title: "The limit: `node:http` and hand-written SQL",
  program: "bench/limit/main.ts",
};
