import type { IncomingMessage } from "node:http";
import { requestError } from "../../graph/errors.ts";
import { isSameSecret } from "../same-secret.ts";
import { bodyOf } from "../body.ts";
import { verifyHiveSignature } from "./hive-signature.ts";
import { verifyMessageSignature } from "./message-signature.ts";

/** By what a gateway is known. Without any of it there is no door for gateways. */
export interface GatewayOptions {
  /** What it may send in `x-gateway-secret`. */
  readonly gatewaySecret?: string | undefined;
  /** What it may sign its requests with; any of them will do, so that they can be changed one after the other. */
  readonly gatewaySigningSecrets?: readonly string[] | undefined;
}

/**
 * Lets only gateways through; throws UNAUTHENTICATED for everyone else. What it gives is to be called once the caller is known: a signature
 * is over the body, and bodies of strangers are not read.
 */
export type CheckGateway = (request: IncomingMessage) => (() => Promise<void>) | undefined;

/** Makes the gate before the door of gateways; undefined where there is no such door. */
export function gatewayCheck({
  gatewaySecret: secret,
  gatewaySigningSecrets: signingSecrets = [],
}: GatewayOptions): CheckGateway | undefined {
  if (secret === undefined && !signingSecrets.length) return undefined;
  return (request) => {
    const given = request.headers["x-gateway-secret"];
    if (secret !== undefined && isSameSecret(given, secret)) return undefined;
    if (given !== undefined || !signingSecrets.length) throw refused("x-gateway-secret is missing or wrong");
    if (request.method !== "POST") throw refused("sign requests that are sent by POST");
    return () => checkSignature(request, signingSecrets);
  };
}

async function checkSignature(request: IncomingMessage, secrets: readonly string[]): Promise<void> {
  const body = await bodyOf(request);
  const signed =
    request.headers.signature === undefined
      ? verifyHiveSignature(body, secrets)
      : await verifyMessageSignature(request, body, secrets);
  if (signed !== "valid") throw refused(reasons[signed]);
}

const reasons = {
  missing: "the request is not signed",
  wrong: "the signature is not one of this request",
  late: "the signature was not made just now",
};

function refused(reason: string) {
  return requestError("UNAUTHENTICATED", `This door is for the gateway: ${reason}.`);
}
