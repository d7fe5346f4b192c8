import type { IncomingMessage } from "node:http";
import {
  type Credential,
  environmentFinder,
  keyAuthenticator,
  useRecorder,
} from "../domains/access/index.ts";
import { Wanted } from "../db/abandon.ts";
import type { Executor } from "../db/executor.ts";
import type { RateLimitState } from "../graph/context.ts";
import type { ApiVersion } from "../kit/api-versions.ts";
import { type Soon, andThen } from "../kit/soon.ts";
import { addressReader } from "./address.ts";
import type { Answer } from "./answer.ts";
import { type OAuthOptions, tokenReader } from "./authenticate-token.ts";
import { type Authenticators, authenticate } from "./authenticate.ts";
import { type Admission, type GraphDatabase, adminReader } from "./context.ts";
import { type LinkOptions, documentLinks } from "./document-links.ts";
import { checkBody, takeFromKey } from "./gates.ts";
import type { HeaderSink } from "./headers.ts";
import type { Life } from "./life.ts";
import type { LoadGate } from "./load/gate.ts";
import type { Logger } from "./logger.ts";
import type { TakeTokens } from "./rate-limit/bucket.ts";
import { chooseVersion } from "./versions/choose.ts";

export interface AdmitOptions {
  readonly database: GraphDatabase;
  readonly logger: Logger;
  /** The buckets of the keys; without them there is no limit. */
  readonly takeTokens?: TakeTokens | undefined;
  /** The proxies whose `X-Forwarded-For` is believed; none unless said. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** What keys may have been hashed with; nothing unless said. */
  readonly keyPeppers?: readonly string[] | undefined;
  /** How links to documents are made. */
  readonly links: LinkOptions;
  /** Whose access tokens are believed beside API keys; nobody's unless said. */
  readonly oauth?: OAuthOptions | undefined;
}

/** A request at the gates. */
export interface Arrival {
  readonly request: IncomingMessage;
  readonly answer: Answer;
  readonly requestId: string;
  readonly life: Life;
  /** The version of its answer, errors of the gates included, once that is known. */
  version: ApiVersion | undefined;
}

/** Lets requests in, one gate after another: form, credential, rate limit, version. Each throws what keeps a request out. */
export type Admit = (arrival: Arrival) => Soon<Admission>;

/** Makes the gates that every GraphQL request passes; `load` is asked before anything is taken from a key or read of a body. */
export function createAdmit(options: AdmitOptions & { readonly load: LoadGate }): Admit {
  const { takeTokens, load } = options;
  const authenticators = authenticatorsOf(options);
  const links = documentLinks(options.links);
  const admitAs = (arrival: Arrival, viewer: Credential): Soon<Admission> => {
    const { request, answer, requestId, life } = arrival;
    const { version, check } = chooseVersion(request, answer, viewer.apiVersion);
    arrival.version = version;
    const take = (tokens: number) => (takeTokens ? takeFromKey(takeTokens, viewer, tokens, answer) : null);
    const taken = andThen<void, RateLimitState | null>(load.check(viewer.environmentId), () => take(1));
    return andThen<RateLimitState | null, Admission>(taken, (rateLimit) => {
      check();
      const admission: Admission = {
        requestId,
        wanted: life,
        viewer,
        documentsOnly: viewer.documentsOnly,
        version,
        rateLimit,
        linkTo: (objectId, format) => links(viewer.environmentId, objectId, format),
        charge: (tokens) =>
          tokens
            ? andThen<RateLimitState | null, void>(take(tokens), (left) => void (admission.rateLimit = left))
            : undefined,
        checkAgain: async () => void (await authenticate(request, sent, authenticators)),
        stayOpen: () => life.stayOpen(),
      };
      return admission;
    });
  };
  return (arrival) => {
    const { request, answer } = arrival;
    checkBody(request);
    return andThen(authenticate(request, answer, authenticators), (viewer) => admitAs(arrival, viewer));
  };
}

/** How long looking up a key may take, in milliseconds, before it is tried on another connection. */
const lookUpMs = 3_000;

/** An answer whose headers have been sent. */
const sent: HeaderSink = { setHeader: () => {}, removeHeader: () => {} };

function authenticatorsOf({
  database,
  logger,
  oauth,
  keyPeppers,
  trustedProxies = [],
}: AdmitOptions): Authenticators {
  // What everybody waits for must not wait for a silent line longer than for a slow one.
  const reads: Executor = {
    confined: false,
    query: (statement) => {
      const wanted = Wanted.until(AbortSignal.timeout(lookUpMs));
      return adminReader({ ...database, wanted }).query(statement);
    },
  };
  return {
    findKey: keyAuthenticator(reads, keyPeppers),
    // Not a part of any request, so it is not counted as one's.
    recordUse: useRecorder(adminReader({ ...database, observe: undefined })),
    addressOf: addressReader(trustedProxies),
    readToken: oauth && tokenReader({ ...oauth, findEnvironment: environmentFinder(reads), logger }),
  };
}
