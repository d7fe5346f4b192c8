import type { IncomingMessage, ServerResponse } from "node:http";
import { environmentFinder, keyAuthenticator, useRecorder } from "../domains/access/index.ts";
import { addressReader } from "./address.ts";
import { type OAuthOptions, tokenReader } from "./authenticate-token.ts";
import { type Authenticators, authenticate } from "./authenticate.ts";
import { type Admission, type GraphDatabase, adminReader } from "./context.ts";
import { checkBody, takeFromKey } from "./gates.ts";
import type { Logger } from "./logger.ts";
import type { TakeTokens } from "./rate-limit/bucket.ts";
import type { ApiVersion } from "../kit/api-versions.ts";
import { chooseVersion } from "./versions/choose.ts";

export interface AdmitOptions {
  readonly database: GraphDatabase;
  readonly logger: Logger;
  /** The buckets of the keys; without them there is no limit. */
  readonly takeTokens?: TakeTokens | undefined;
  /** The proxies whose `X-Forwarded-For` is believed; none unless said. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Whose access tokens are believed beside API keys; nobody's unless said. */
  readonly oauth?: OAuthOptions | undefined;
}

/** A request at the gates. */
export interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** The version of its answer, errors of the gates included, once that is known. */
  version?: ApiVersion;
}

/** Lets requests in, one gate after another: form, credential, rate limit, version. Each throws what keeps a request out. */
export type Admit = (arrival: Arrival) => Promise<Admission>;

/** Makes the gates that every GraphQL request passes. */
export function createAdmit(options: AdmitOptions): Admit {
  const authenticators = authenticatorsOf(options);
  return async (arrival) => {
    const { request, response, requestId, signal } = arrival;
    checkBody(request);
    const viewer = await authenticate(request, response, authenticators);
    const { version, check } = chooseVersion(request, response, viewer.apiVersion);
    arrival.version = version;
    const take = async (tokens: number) =>
      options.takeTokens ? takeFromKey(options.takeTokens, viewer, tokens, response) : null;
    const admission: Admission = {
      requestId,
      signal,
      viewer,
      documentsOnly: viewer.documentsOnly,
      version,
      rateLimit: await take(1),
      charge: async (tokens) => {
        if (tokens) admission.rateLimit = await take(tokens);
      },
    };
    check();
    return admission;
  };
}

function authenticatorsOf({ database, logger, oauth, trustedProxies = [] }: AdmitOptions): Authenticators {
  const reads = adminReader(database);
  return {
    findKey: keyAuthenticator(reads),
    // Not a part of any request, so it is not counted as one's.
    recordUse: useRecorder(adminReader({ ...database, observe: undefined })),
    addressOf: addressReader(trustedProxies),
    readToken: oauth && tokenReader({ ...oauth, findEnvironment: environmentFinder(reads), logger }),
  };
}
