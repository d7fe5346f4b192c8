import type { GraphQLError } from "graphql";
import type { Sheet } from "../../kit/sheet.ts";

/** A part of an answer as JSON, some of which may still be on its way. */
export type Piece = Settled | Parts | Hole;

/** A part of an answer that is known: a text, or what is written somewhere else already. */
export type Settled = string | Range;

/** A part of an answer that is written on a sheet. */
export class Range {
  readonly sheet: Sheet;
  readonly from: number;
  readonly to: number;

  constructor(sheet: Sheet, from: number, to: number) {
    this.sheet = sheet;
    this.from = from;
    this.to = to;
  }
}

/** An object or a list that has holes, or is written in several places. */
export class Parts {
  /** Whether null may stand in its place. */
  readonly nullable: boolean;
  readonly parts: Piece[];

  constructor(nullable: boolean, parts: Piece[] = []) {
    this.nullable = nullable;
    this.parts = parts;
  }
}

/** The place of a value that was not known yet. */
export class Hole {
  piece: Piece = "null";
  /** Why there is none, where null may not stand in its place. */
  error: GraphQLError | undefined = undefined;
}

/**
 * Adds to `settled` what a piece consists of, whose holes have been filled. What may not be null and is takes its surroundings
 * with it, as far as they may not be null: where that ends, the error is told. Gives the error itself where it does not end.
 */
export function settle(piece: Piece, errors: GraphQLError[], settled: Settled[]): GraphQLError | undefined {
  if (typeof piece === "string" || piece instanceof Range) {
    settled.push(piece);
    return undefined;
  }
  if (piece instanceof Hole) return piece.error ?? settle(piece.piece, errors, settled);
  const before = settled.length;
  for (const part of piece.parts) {
    if (typeof part === "string") {
      settled.push(part);
      continue;
    }
    const error = settle(part, errors, settled);
    if (!error) continue;
    settled.length = before;
    if (!piece.nullable) return error;
    errors.push(error);
    settled.push("null");
    return undefined;
  }
  return undefined;
}
