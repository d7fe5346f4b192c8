import { type OnReadOpts, Socket } from "node:net";

/**
 * What is read, by all sockets in turns: each piece is dealt with before the next one is read. A stream would ask for 64 KiB for each
 * piece, give most of it back, and leave the rest to the garbage collector.
 */
const buffer = Buffer.allocUnsafeSlow(64 * 1_024);

/** A socket that gives what it reads to one taker, who must not keep it. */
export class WireSocket extends Socket {
  taker: ((bytes: Buffer) => void) | undefined;

  constructor() {
    const place: { socket?: WireSocket } = {};
    const onread: OnReadOpts = {
      buffer,
      callback: (length) => {
        place.socket?.taker?.(buffer.subarray(0, length));
        return true;
      },
    };
    super({ onread });
    place.socket = this;
  }
}
