/** Up to here, copying byte by byte is faster than asking for it. */
const short = 48;

/** Bytes that grow: what is written is put behind what is there. */
export class Sheet {
  bytes: Buffer;
  length = 0;

  constructor(room: number) {
    this.bytes = Buffer.allocUnsafe(room);
  }

  /** Makes room for so many bytes more. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  /** Writes a text as UTF-8. */
  text(text: string): void {
    const { length } = text;
    this.reserve(length);
    if (length <= short && this.#ascii(text)) return;
    this.reserve(length * 3);
    this.length += this.bytes.write(text, this.length, "utf8");
  }

  /** Writes a text if it is ASCII. */
  #ascii(text: string): boolean {
    const { bytes, length } = this;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      bytes[length + index] = code;
    }
    this.length += text.length;
    return true;
  }

  /** Writes a part of other bytes. */
  copy(from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.reserve(length);
    const { bytes } = this;
    if (length > short) bytes.set(from.subarray(start, end), this.length);
    else for (let at = this.length, index = start; index < end;) bytes[at++] = from[index++]!;
    this.length += length;
  }

  /** What has been written so far. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
