import { iso31661 } from "iso-3166";

const assigned: ReadonlySet<string> = new Set(
  iso31661.filter(({ state }) => state === "assigned").map(({ alpha2 }) => alpha2),
);

/** Letters of ASCII only: some others become these in upper case, as `ß` becomes `SS`. */
const twoLetters = /^[A-Za-z]{2}$/;

/** The ISO 3166-1 alpha-2 code that `text` is, in upper case; null for anything else. */
export function parseCountry(text: string): string | null {
  if (!twoLetters.test(text)) return null;
  const code = text.toUpperCase();
  return assigned.has(code) ? code : null;
}
