export { type AuthenticatedKey, keyAuthenticator } from "./authenticate.ts";
export { createKey, revokeKey } from "./keys.ts";
