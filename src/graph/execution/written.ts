import { isWritten } from "../../db/wire/form.ts";
import { Range } from "./pieces.ts";
import type { ValuePlan } from "./plan.ts";

/** Where all rows of a list are written, one behind the other and without gaps; null where they are not. */
export function writtenTogether({ objectType, objects }: ValuePlan, list: Iterable<unknown>): Range | null {
  const written = objectType && objects.get(objectType)?.written;
  if (!written || written.gaps.length || !Array.isArray(list)) return null;
  const rows = list as readonly unknown[];
  const [first] = rows;
  if (!isWritten(first, written.parts)) return null;
  let end = first.$from - 1;
  for (const row of rows) {
    if (!isWritten(row, written.parts) || row.$sheet !== first.$sheet || row.$from !== end + 1) return null;
    end = row.$to;
  }
  return new Range(first.$sheet, first.$from, end);
}
