import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, SignJWT, exportJWK, generateKeyPair } from "jose";
import type { OAuthOptions } from "../../src/http/authenticate-token.ts";

/** Claims of a token, right or wrong. */
export type Claims = Readonly<Record<string, unknown>>;

/** An OAuth issuer that signs what it is told to, with its public keys at an address. */
export interface Issuer {
  readonly options: OAuthOptions;
  /** A token with these claims beside the usual ones; a claim that is undefined is left out. */
  token(
    claims: Claims,
    how?: { readonly key?: CryptoKey; readonly kid?: string; readonly typ?: string | null },
  ): Promise<string>;
  /** Signs from now on with a new key, which is published beside the old one. */
  rotate(): Promise<void>;
  /** How often its keys were asked for. */
  readonly asked: () => number;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const keys: { kid: string; privateKey: CryptoKey; jwk: object }[] = [];
  const rotate = async (): Promise<void> => {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const kid = `key-${keys.length}`;
    keys.push({ kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256" } });
  };
  await rotate();
  let asked = 0;
  const server: Server = createServer((_request, response) => {
    asked++;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = { issuer: url, audience: "https://api.test", jwksUrl: `${url}/jwks.json` };
  return {
    options,
    rotate,
    asked: () => asked,
    token: async (
      claims,
      { key = keys.at(-1)?.privateKey, kid = keys.at(-1)?.kid ?? "", typ = "at+jwt" } = {},
    ) => {
      const now = Math.floor(Date.now() / 1_000);
      const usual = { iss: options.issuer, aud: options.audience, sub: "user-1", iat: now, exp: now + 300 };
      if (!key) throw new Error("an issuer has a key");
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: "ES256", kid, ...(typ !== null && { typ }) })
        .sign(key);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
