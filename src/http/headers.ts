/** Where headers of an answer are set. */
export interface HeaderSink {
  setHeader(name: string, value: string | number): unknown;
  removeHeader(name: string): void;
}

/**
 * What every answer of the API carries, names and values in turns: it is nobody's page, and nobody's to keep. Pages for
 * people set their own.
 */
export const securityHeaders: readonly string[] = Object.entries({
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
}).flat();
