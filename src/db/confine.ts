import { LRUCache } from "lru-cache";
import pg from "pg";
import { type Statement, messagesOf } from "./wire/packet.ts";
import type { Prelude } from "./wire/run.ts";

/** Whose rows work may touch: those of the environment with this id, or, for work of the platform itself, everybody's. */
export type Reach = string | typeof platform;

/** Authentication before the tenant is known, work for all tenants, seeds and migrations. */
export const platform = Symbol("platform");

/** How the database keeps work for one environment to the rows of that environment. */
export interface Confinement {
  /** The role that such work runs as; without one it stays the user that connected, whom the policies confine as well. */
  readonly role: string | undefined;
}

/** The setting that the policies read; see the function `current_environment_id` of the database. */
const setting = "billgraph.environment_id";

/** Begins a transaction that is kept to the rows of an environment until it ends. One round trip, like any other. */
export function beginWithin({ role }: Confinement, environmentId: string): string {
  const settings = [settingTo(setting, environmentId), ...(role ? [settingTo("role", role)] : [])];
  return `BEGIN; SELECT ${settings.join(", ")}`;
}

function settingTo(name: string, value: string): string {
  return `set_config('${name}', ${pg.escapeLiteral(value)}, true)`;
}

/** The messages of the statements for the environments that had work lately. */
const known = new LRUCache<string, Prelude>({ max: 1_000 });

/** The name that the statement is prepared by. */
const settingsName = "confine";

/** How work for an environment is kept to its rows, if it is, and whether statements may be prepared by name. */
interface Confining {
  readonly confinement?: Confinement | undefined;
  readonly prepares: boolean;
}

/** What goes before statements in their packet and implicit transaction, to keep them to the rows within `reach`; undefined where nothing has to. */
export function preludeFor({ confinement, prepares }: Confining, reach: Reach): Prelude | undefined {
  if (!confinement || reach === platform) return undefined;
  return settingsFor(confinement, reach, prepares ? settingsName : "");
}

function settingsFor({ role }: Confinement, environmentId: string, name: string): Prelude {
  const key = `${name} ${role} ${environmentId}`;
  let settings = known.get(key);
  if (!settings) {
    const statement = statementFor(role, environmentId, name);
    settings = { statement, messages: messagesOf(statement) };
    known.set(key, settings);
  }
  return settings;
}

function statementFor(role: string | undefined, environmentId: string, name: string): Statement {
  const text = `SELECT set_config('${setting}', $1, true)${role ? ", set_config('role', $2, true)" : ""}`;
  return { name, text, values: [environmentId, ...(role ? [role] : [])] };
}
