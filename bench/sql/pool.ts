import pg from "pg";

/** How values come out of the database: ready to be written into an answer. */
const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, Number],
  [pg.types.builtins.NUMERIC, plainDecimal],
  [pg.types.builtins.TIMESTAMPTZ, isoInstant],
]);

/** A pool as large as the product's, whose sessions are in UTC. */
export function openPool(connectionString: string): pg.Pool {
  return new pg.Pool({
    connectionString,
    max: 10,
    options: "-c TimeZone=UTC",
    types: {
      getTypeParser: ((oid: number, format?: "text") =>
        parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
}

/** `1.500000000000` as `1.5`. */
function plainDecimal(text: string): string {
  if (!text.includes(".")) return text;
  let end = text.length;
  while (text[end - 1] === "0") end -= 1;
  return text.slice(0, text[end - 1] === "." ? end - 1 : end);
}

/** `2026-01-31 12:30:00.25+00` as `2026-01-31T12:30:00.250Z`. */
function isoInstant(text: string): string {
  const fraction = text.slice(19, text.indexOf("+", 19)).padEnd(1, ".").padEnd(4, "0");
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction}Z`;
}
