/** The versions of the API that requests may ask for, each by its date, oldest first. */
export const apiVersions = ["2026-01-15", "2026-05-01"] as const;

export type ApiVersion = (typeof apiVersions)[number];

/** The version that new keys are made for. */
export const currentVersion: ApiVersion = "2026-05-01";

/** Whether there is such a version. */
export function isApiVersion(text: string): text is ApiVersion {
  return (apiVersions as readonly string[]).includes(text);
}

/**
 * The version to serve a key by that was made for `pinned`: that one, or, when this program does not know it (any more, or
 * yet), the newest one before it, or the oldest.
 */
export function servedVersion(pinned: string): ApiVersion {
  return apiVersions.findLast((version) => version <= pinned) ?? apiVersions[0];
}
