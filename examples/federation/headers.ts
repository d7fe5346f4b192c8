const ours: ReadonlySet<string> = new Set(["customers", "catalog", "billing", "usage", "platform"]);

/** Whether a subgraph is Billgraph's: only those are sent signatures, and the keys of clients. */
export function isOurs(subgraph: string): boolean {
  return ours.has(subgraph.toLowerCase());
}

/**
 * What our subgraphs get of a request beside its document: who asks, what makes a mutation safe to repeat, the version of
 * the API, and the id that the request is known by in every log. Partners get the last one only.
 */
const names = ["x-api-key", "authorization", "idempotency-key", "revkeen-version", "x-request-id"];
const namesForPartners = ["x-request-id"];

/** The tokens by which partners know this gateway, by their subgraphs: `loyalty=…,other=…`. */
export function tokensIn(list = ""): ReadonlyMap<string, string> {
  return new Map(
    list.split(",").flatMap((one) => {
      const [, subgraph, token] = /^\s*([^=]+)=(.+)$/.exec(one) ?? [];
      return subgraph && token ? [[subgraph, token.trim()] as const] : [];
    }),
  );
}

/** The headers of a request to a subgraph. */
export function headersFor(
  subgraph: string,
  client: Headers,
  tokens: ReadonlyMap<string, string>,
): Record<string, string> {
  const token = tokens.get(subgraph.toLowerCase());
  const passedOn = (isOurs(subgraph) ? names : namesForPartners).flatMap((name) => {
    const value = client.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passedOn), ...(token && { authorization: `Bearer ${token}` }) };
}
