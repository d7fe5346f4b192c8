import type { ExecutionResult } from "graphql";
import { Sheet } from "../../kit/sheet.ts";
import type { Settled } from "./pieces.ts";

/** A part of an answer that has been written as JSON. */
export class JsonText {
  readonly #settled: readonly Settled[];

  constructor(settled: readonly Settled[]) {
    this.#settled = settled;
  }

  /** The whole between two texts: as a text, or as bytes where a part of it is bytes already. */
  between(before: string, after: string): string | Buffer {
    const settled = this.#settled;
    if (settled.every((part) => typeof part === "string")) return before + settled.join("") + after;
    const sheet = new Sheet(
      settled.reduce((sum, part) => sum + lengthOf(part), before.length + after.length),
    );
    sheet.text(before);
    for (const part of settled) {
      if (typeof part === "string") sheet.text(part);
      else sheet.copy(part.sheet.bytes, part.from, part.to);
    }
    sheet.text(after);
    return sheet.written();
  }

  /** How many bytes it has. */
  size(): number {
    return this.#settled.reduce(
      (sum, part) => sum + (typeof part === "string" ? Buffer.byteLength(part) : part.to - part.from),
      0,
    );
  }

  /** For whoever writes it as JSON again. */
  toJSON(): unknown {
    return JSON.parse(this.between("", "").toString());
  }
}

function lengthOf(part: Settled): number {
  return typeof part === "string" ? part.length : part.to - part.from;
}

/** An answer as JSON: a text, or its bytes. */
export function jsonOf(result: ExecutionResult): string | Buffer {
  const { data, errors, extensions } = result;
  if (!(data instanceof JsonText)) return JSON.stringify(result);
  const faults = errors ? `,"errors":${JSON.stringify(errors)}` : "";
  const more = extensions ? `,"extensions":${JSON.stringify(extensions)}` : "";
  return data.between('{"data":', `${faults}${more}}`);
}
