/** The type of the message that holds a row. */
const dataRow = "D".charCodeAt(0);
const head = 5;

/** Whoever takes the answer of a statement. */
export interface Taker {
  /** Takes rows: messages that follow one another in `bytes`, from the first one's beginning to the last one's end. */
  takeRows(bytes: Buffer, from: number, to: number): void;
  /** Takes a message of another type, of which all but its head begins at `at`. False for what is for others. */
  takeMessage?(type: number, bytes: Buffer, at: number): boolean;
}

/**
 * Makes a function that takes what PostgreSQL sends, in whatever pieces it comes. What `takerNow` wants at that moment goes to it,
 * all other messages to `pass`, in their order. Pieces that are `reused` hold something else once it has returned.
 */
export function splitter(
  takerNow: () => Taker | undefined,
  pass: (bytes: Buffer) => void,
  reused = false,
): (piece: Buffer) => void {
  // A message of which more is to come.
  let held: Buffer[] = [];
  let heldLength = 0;
  let neededLength = 0;

  const joined = (piece: Buffer): Buffer | null => {
    if (!heldLength) return piece;
    held.push(reused ? Buffer.from(piece) : piece);
    heldLength += piece.length;
    if (heldLength < neededLength) return null;
    const bytes = Buffer.concat(held, heldLength);
    held = [];
    heldLength = 0;
    return bytes;
  };

  return (piece) => {
    const bytes = joined(piece);
    if (!bytes) return;
    let passed = 0;
    let at = 0;
    let needed = head;
    while (at + head <= bytes.length) {
      const length = 1 + bytes.readInt32BE(at + 1);
      if (at + length > bytes.length) {
        needed = length;
        break;
      }
      const begin = at;
      const type = bytes[at]!;
      at = type === dataRow ? endOfRows(bytes, at + length) : at + length;
      if (type !== dataRow && passed < begin) continue;
      // What came before may be the end of one statement, and the beginning of another one.
      if (passed < begin) pass(bytes.subarray(passed, begin));
      passed = begin;
      const taker = takerNow();
      if (!taker) continue;
      if (type === dataRow) taker.takeRows(bytes, begin, at);
      else if (!taker.takeMessage?.(type, bytes, begin + head)) continue;
      passed = at;
    }
    if (passed < at) pass(bytes.subarray(passed, at));
    if (at === bytes.length) return;
    const rest = bytes.subarray(at);
    held = [reused ? Buffer.from(rest) : rest];
    heldLength = bytes.length - at;
    neededLength = needed;
  };
}

/** Where the whole messages end that are rows and follow one another. */
function endOfRows(bytes: Buffer, from: number): number {
  let at = from;
  while (at + head <= bytes.length && bytes[at] === dataRow) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (end > bytes.length) break;
    at = end;
  }
  return at;
}
