import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether `mac` is the HMAC-SHA-256 of `data` by any of the secrets, in a time that tells nothing of them. */
export function hasMac(data: Buffer | string, mac: Buffer, secrets: readonly string[]): boolean {
  return secrets.some((secret) => {
    const expected = createHmac("sha256", secret).update(data).digest();
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  });
}
