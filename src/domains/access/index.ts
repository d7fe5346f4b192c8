export { type AuthenticatedKey, type Credential, type FindKey, keyAuthenticator } from "./authenticate.ts";
export { type Tenant, environmentFinder } from "./environments.ts";
export { createKey, revokeKey } from "./keys.ts";
export { useRecorder } from "./last-used.ts";
export { isWithin } from "./networks.ts";
export { rotateKey } from "./rotate.ts";
