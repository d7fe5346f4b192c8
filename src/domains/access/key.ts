import { createHmac, hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const shape = /^rk_(?:sandbox|live)_(?<secret>[A-Za-z0-9_-]{43})(?<checksum>[0-9a-f]{8})$/;

/**
 * A new API key: `rk_sandbox_` or `rk_live_`, 256 random bits as 43 characters of base64url, and a checksum of all
 * before it as 8 hexadecimal digits, by which junk and typing errors are told without asking the database.
 */
export function newKey(livemode: boolean): string {
  const unchecked = `rk_${livemode ? "live" : "sandbox"}_${randomBytes(32).toString("base64url")}`;
  return unchecked + checksum(unchecked);
}

/** Whether `text` could be a key: right form, right checksum. */
export function isKey(text: string): boolean {
  return shape.test(text) && checksum(text.slice(0, -8)) === text.slice(-8);
}

/** Secrets that are hashed with keys, and that the database does not know: the one for new keys, and then earlier ones. */
export type Peppers = readonly string[];

/**
 * What is stored of a key: its HMAC-SHA-256 by a pepper, or, where there is none, its SHA-256, as lower-case hexadecimal digits. A
 * key is random, so a fast hash will do.
 */
export function hashKey(key: string, [pepper]: Peppers): string {
  return pepper === undefined ? hash("sha256", key) : createHmac("sha256", pepper).update(key).digest("hex");
}

/** What can be stored of a key: by each of the peppers, and without any. */
export function hashesOf(key: string, peppers: Peppers): string[] {
  return [...peppers.map((pepper) => hashKey(key, [pepper])), hashKey(key, [])];
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
