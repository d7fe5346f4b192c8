import { createHash, timingSafeEqual } from "node:crypto";

/** Whether a caller's text is the secret, in a time that tells nothing of either. A missing text is no secret. */
export function isSameSecret(given: unknown, secret: string): boolean {
  return typeof given === "string" && timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
