import { LRUCache } from "lru-cache";

/** How many refusals a second a tenant is told at once. */
const promptly = 50;
const secondMs = 1_000;

/** How many tenants are remembered. */
const mostTenants = 1_000;

interface Refused {
  since: number;
  count: number;
}

/**
 * Refuses requests of tenants. Callers who come back at once, against what they are told, would keep the server busy with nothing but
 * refusing: beyond some refusals a second, a tenant is told the next ones a second later.
 */
export function createRefuser(): (tenant: string, error: Error) => Promise<never> {
  const tenants = new LRUCache<string, Refused>({ max: mostTenants });
  return async (tenant, error) => {
    const now = performance.now();
    let refused = tenants.get(tenant);
    if (!refused || now - refused.since > secondMs) {
      refused = { since: now, count: 0 };
      tenants.set(tenant, refused);
    }
    refused.count += 1;
    if (refused.count > promptly) await new Promise((later) => setTimeout(later, secondMs));
    throw error;
  };
}
