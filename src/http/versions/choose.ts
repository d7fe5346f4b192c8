import type { IncomingMessage } from "node:http";
import { requestError } from "../../graph/errors.ts";
import { type ApiVersion, apiVersions, isApiVersion, servedVersion } from "../../kit/api-versions.ts";
import type { HeaderSink } from "../headers.ts";

/** The version that answers a request. */
export interface ChosenVersion {
  readonly version: ApiVersion;
  /** Throws INVALID_REQUEST for a request that named a version that there is not. */
  readonly check: () => void;
}

/**
 * Chooses by the header `RevKeen-Version`, or, without it, the version that the key was made for; tells of it in the header
 * `revkeen-version`. A version that there is not is answered, and refused, in the key's version.
 */
export function chooseVersion(request: IncomingMessage, headers: HeaderSink, pinned: string): ChosenVersion {
  const asked = request.headers["revkeen-version"];
  const known = typeof asked === "string" && isApiVersion(asked);
  const version = known ? asked : servedVersion(pinned);
  headers.setHeader("revkeen-version", version);
  return {
    version,
    check: () => {
      if (known || asked === undefined) return;
      throw requestError(
        "INVALID_REQUEST",
        `RevKeen-Version names a version that there is not. Versions are: ${apiVersions.join(", ")}.`,
        { versions: apiVersions },
      );
    },
  };
}
