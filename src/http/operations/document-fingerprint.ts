import { createHash } from "node:crypto";
import { type DocumentNode, print, stripIgnoredCharacters } from "graphql";

/** The same for documents that differ in white space, commas and comments only. */
export function fingerprintOf(document: DocumentNode): string {
  return createHash("sha256")
    .update(stripIgnoredCharacters(print(document)))
    .digest("hex");
}
