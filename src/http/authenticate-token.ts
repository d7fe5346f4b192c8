import { type JWTPayload, type JWTVerifyGetKey, createRemoteJWKSet, errors, jwtVerify } from "jose";
import type { GraphQLError } from "graphql";
import type { Credential, Tenant } from "../domains/access/index.ts";
import { requestError } from "../graph/errors.ts";
import { currentVersion } from "../kit/api-versions.ts";
import { grantableScopes } from "../kit/scopes.ts";
import type { Soon } from "../kit/soon.ts";
import type { Logger } from "./logger.ts";

/** Whose access tokens are believed. */
export interface OAuthOptions {
  /** The `iss` of the tokens. */
  readonly issuer: string;
  /** The `aud` of tokens that are meant for this API. */
  readonly audience: string;
  /** Where the issuer's public keys are, as a JSON Web Key Set. */
  readonly jwksUrl: string;
  /** The `typ` of the tokens; `at+jwt` unless said, as RFC 9068 has it, so that no identity token is taken for one. */
  readonly tokenType?: string | undefined;
  /** For how long a token may be good, in seconds; a day unless said. One that was stolen cannot be revoked here. */
  readonly longestLife?: number | undefined;
}

export interface TokenReaderOptions extends OAuthOptions {
  readonly findEnvironment: (id: string) => Soon<Tenant | null>;
  readonly logger: Logger;
}

/** Signatures by a key that only the issuer has; with a shared secret, or with none, anybody could sign. */
const algorithms = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" ");

/** How far, in seconds, the clocks of issuer and server may be apart. */
const clockTolerance = 5;

/** For how long, in seconds, to wait when the issuer's keys cannot be had. */
const retryAfter = 5;

/**
 * Makes a function that reads access tokens (RFC 9068): signed by the issuer, for this audience, not expired, with the
 * environment in `environment_id` and the scopes in `scope` or `scopes`. It throws UNAUTHENTICATED for any other token,
 * and SERVICE_UNAVAILABLE as long as the issuer's keys cannot be had.
 */
export function tokenReader(options: TokenReaderOptions): (token: string) => Promise<Credential> {
  const { issuer, audience, findEnvironment, tokenType = "at+jwt", longestLife = 86_400 } = options;
  const keys = issuerKeys(options);
  const rules = {
    issuer,
    audience,
    algorithms,
    clockTolerance,
    typ: tokenType,
    // Which makes it want an `iat` that has passed.
    maxTokenAge: longestLife,
    requiredClaims: ["exp", "sub", "environment_id"],
  };
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, rules).catch((error: unknown) => {
      throw error instanceof errors.JOSEError ? refusal(error) : error;
    });
    const { sub, environment_id: id, exp = Infinity, iat = 0 } = payload;
    // The subject stands in what it writes, and claims are whatever the issuer wrote, texts or not.
    if (typeof sub !== "string" || !/^[\x21-\x7E]{1,255}$/.test(sub))
      throw invalid("its claim sub is not as it should be");
    if (exp - iat > longestLife)
      throw invalid(`it is good for longer than ${longestLife} s, the most there is here`);
    const tenant = typeof id === "string" ? await findEnvironment(id) : null;
    if (!tenant) throw invalid("there is no such environment as its claim environment_id names");
    const actor = `oauth:${sub}`;
    return {
      ...tenant,
      keyId: actor,
      keyName: clientOf(payload) ?? sub,
      actor,
      scopes: scopesOf(payload),
      apiVersion: currentVersion,
      documentsOnly: false,
      requestsPerMinute: null,
      burst: null,
    };
  };
}

/** The issuer's keys, kept for ten minutes and asked for again, at most twice a minute, when a token names a new one. */
function issuerKeys({ jwksUrl, logger }: TokenReaderOptions): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 3_000 });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error;
      if (error instanceof errors.JOSENotSupported) throw error;
      logger.error({ err: error }, "the keys of the OAuth issuer cannot be had");
      throw requestError(
        "SERVICE_UNAVAILABLE",
        "Access tokens cannot be checked at the moment. Try again shortly.",
        {
          retryAfter,
        },
      );
    }
  };
}

function refusal(error: errors.JOSEError): GraphQLError {
  if (error instanceof errors.JWTExpired) return invalid("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return invalid(`its claim ${error.claim} is not as it should be`);
  }
  return invalid("it is not signed by the issuer");
}

function invalid(reason: string): GraphQLError {
  return requestError("UNAUTHENTICATED", `The access token is not valid: ${reason}.`);
}

function clientOf({ client_id: id, azp }: JWTPayload): string | undefined {
  const client = id ?? azp;
  return typeof client === "string" ? client.slice(0, 255) : undefined;
}

/** The scopes of a token that say something here; an issuer's tokens may carry others. */
function scopesOf({ scope, scopes }: JWTPayload): string[] {
  const texts = [scope, scopes].flat().filter((text) => typeof text === "string");
  const listed = new Set(texts.flatMap((text) => text.split(" ")));
  return grantableScopes.filter((known) => listed.has(known));
}
