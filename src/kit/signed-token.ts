import { createHmac, timingSafeEqual } from "node:crypto";
import { parse, stringify } from "uuid";

/** What a token opens, and until when. */
export interface TokenContent {
  readonly environmentId: string;
  readonly objectId: string;
  readonly expiresAt: Date;
}

const idBytes = 16;
const timeBytes = 6;
const contentBytes = 2 * idBytes + timeBytes;
const signatureBytes = 32;

/** A text that whoever holds `secret` can tell to be its own: ids and expiry, then their HMAC-SHA-256. */
export function signToken(secret: string, { environmentId, objectId, expiresAt }: TokenContent): string {
  const content = Buffer.alloc(contentBytes);
  content.set(parse(environmentId), 0);
  content.set(parse(objectId), idBytes);
  content.writeUIntBE(expiresAt.getTime(), 2 * idBytes, timeBytes);
  return Buffer.concat([content, signature(secret, content)]).toString("base64url");
}

/** What a token says, expired or not; null for one that was not signed with `secret`. */
export function openToken(secret: string, token: string): TokenContent | null {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== contentBytes + signatureBytes || bytes.toString("base64url") !== token) return null;
  const content = bytes.subarray(0, contentBytes);
  if (!timingSafeEqual(bytes.subarray(contentBytes), signature(secret, content))) return null;
  return {
    environmentId: stringify(content.subarray(0, idBytes)),
    objectId: stringify(content.subarray(idBytes, 2 * idBytes)),
    expiresAt: new Date(content.readUIntBE(2 * idBytes, timeBytes)),
  };
}

function signature(secret: string, content: Uint8Array): Buffer {
  return createHmac("sha256", secret).update("invoice document\0").update(content).digest();
}
