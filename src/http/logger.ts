import { type Logger, pino } from "pino";

export type { Logger };

/** The server's log: one JSON object a line on standard error, never with keys or what callers sent. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
