import { apiVersions, currentVersion, isApiVersion } from "../../kit/api-versions.ts";
import { refuse } from "../../kit/refusal.ts";
import { grantableScopes } from "../../kit/scopes.ts";
import { networkOf } from "./networks.ts";

/** What a new key is to be. */
export interface NewApiKey {
  readonly environmentId: string;
  readonly name: string;
  /** Such as `["customers:read", "customers:write"]`; `["*"]` for everything. */
  readonly scopes: readonly string[];
  /** How long it is to work, in milliseconds; for ever by default. */
  readonly lifetimeMs?: number | undefined;
  /** The networks, such as `10.0.0.0/8`, or single addresses, that it may be used from; anywhere by default. */
  readonly allowedAddresses?: readonly string[] | undefined;
  /** Requests a minute; by default what the mode of its environment has. */
  readonly requestsPerMinute?: number | undefined;
  /** Requests at once; by default what the mode has, or twice `requestsPerMinute` where that is given. */
  readonly burst?: number | undefined;
  /** The version of the API that it is made for; the current one by default. */
  readonly apiVersion?: string | undefined;
  /** Whether it runs registered documents only; any document by default. */
  readonly documentsOnly?: boolean | undefined;
}

/** The most of each number that a key may be given. */
const most = { lifetimeMs: 10 * 365 * 86_400_000, requestsPerMinute: 1_000_000, burst: 1_000_000 };
const mostNetworks = 100;

/** The settings of a new key as they are stored. Refuses those that are wrong. */
export function keySettings(wanted: Omit<NewApiKey, "environmentId">) {
  const {
    name,
    requestsPerMinute = null,
    burst = null,
    apiVersion = currentVersion,
    documentsOnly = false,
  } = wanted;
  if (!name.trim()) refuse("REQUIRED", "Give the key a name.", ["name"]);
  for (const field of ["lifetimeMs", "requestsPerMinute", "burst"] as const)
    checkNumber(field, wanted[field]);
  if (!isApiVersion(apiVersion)) {
    refuse("INVALID", `There is no version ${apiVersion}. Versions are: ${apiVersions.join(", ")}.`, [
      "apiVersion",
    ]);
  }
  const scopes = scopesOf(wanted.scopes);
  const allowedAddresses = networksOf(wanted.allowedAddresses ?? []);
  return { name, scopes, allowedAddresses, requestsPerMinute, burst, apiVersion, documentsOnly };
}

function checkNumber(field: keyof typeof most, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most[field])) return;
  refuse("INVALID", `${field} must be a whole number from 1 to ${most[field]}.`, [field]);
}

function scopesOf(wanted: readonly string[]): string[] {
  const scopes = [...new Set(wanted)];
  if (!scopes.length) refuse("REQUIRED", "Give at least one scope, or *.", ["scopes"]);
  for (const scope of scopes) {
    if (grantableScopes.includes(scope)) continue;
    refuse("INVALID", `There is no scope ${scope}. Scopes are: ${grantableScopes.join(", ")}.`, ["scopes"]);
  }
  return scopes;
}

function networksOf(wanted: readonly string[]): string[] {
  const networks = wanted.map(
    (text) =>
      networkOf(text) ??
      refuse("INVALID", `${text} is neither an address nor a network such as 10.0.0.0/8.`, [
        "allowedAddresses",
      ]),
  );
  if (networks.length > mostNetworks) {
    refuse("TOO_LONG", `A key may have at most ${mostNetworks} networks.`, ["allowedAddresses"]);
  }
  return [...new Set(networks)];
}
