import { createHash } from "node:crypto";
import { sortedJson } from "../kit/sorted-json.ts";
import { toJson } from "./json.ts";

/** SHA-256 of a content, in hexadecimal: the same whatever order its fields came in. Fields that are undefined do not count. */
export function contentHash(content: object): string {
  return createHash("sha256")
    .update(sortedJson(JSON.parse(toJson(content))))
    .digest("hex");
}
