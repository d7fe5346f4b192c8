import { limit } from "./limit.ts";
import { peers } from "./peers.ts";
import { postgraphile } from "./postgraphile.ts";
import { product } from "./product.ts";
import type { Server } from "./server.ts";

/** All servers, in the order of the results. */
export const servers: readonly Server[] = [limit, product, postgraphile, ...peers];
