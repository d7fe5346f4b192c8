import type { DocumentLink } from "../graph/context.ts";
import { signToken } from "../kit/signed-token.ts";

export interface LinkOptions {
  /** The first signs links; all of them open some. */
  readonly linkSecrets: readonly string[];
  /** How the server is reached from outside; links start with their path unless said. */
  readonly publicUrl?: string | undefined;
}

/** The paths of documents: a token, and the format. */
export const documentPath = /^\/invoices\/([\w-]{94})\.(pdf|html)$/;

const hourMs = 60 * 60_000;
const lifeHours = 24;

/** Makes links to the documents of environments, which anybody can open for at least a day, and an hour more at most. */
export function documentLinks({ linkSecrets, publicUrl = "" }: LinkOptions) {
  const [secret = ""] = linkSecrets;
  const base = publicUrl.replace(/\/+$/, "");
  return (environmentId: string, objectId: string, format: "pdf" | "html"): DocumentLink => {
    // By the hour, so that the same link is given again and again, and browsers can keep what it opens.
    const hour = Math.floor(Date.now() / hourMs) + 1;
    const expiresAt = new Date((hour + lifeHours) * hourMs);
    const token = signToken(secret, { environmentId, objectId, expiresAt });
    return { url: `${base}/invoices/${token}.${format}`, expiresAt };
  };
}
