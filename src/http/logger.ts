import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

/** Headers that let whoever knows them in. */
const secretHeaders = ["authorization", "cookie", "signature", "x-api-key", "x-gateway-secret"];

/** The headers of a request, of an error's request and the like, were one of them ever to be logged. */
const secretPaths = ["", "*.", "*.*."].flatMap((where) =>
  secretHeaders.map((name) => `${where}headers["${name}"]`),
);

/** The server's log: one JSON object a line, on standard error unless said, never with keys or what callers sent. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(2)): Logger {
  const redact = { paths: secretPaths, censor: "[secret]" };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact }, destination);
}
