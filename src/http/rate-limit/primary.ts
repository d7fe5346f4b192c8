import type { Worker } from "node:cluster";
import type { Bucket, TakeTokens, Taken } from "./bucket.ts";

/** What a process asks the one that started it, and is told. */
interface Ask {
  readonly kind: "billgraph:take";
  readonly id: number;
  readonly name: string;
  readonly bucket: Bucket;
  readonly tokens: number;
}

interface Told {
  readonly kind: "billgraph:taken";
  readonly id: number;
  readonly taken: Taken;
}

/** Buckets that the process which started this one keeps for all that it has started. */
export function primaryBuckets(): TakeTokens {
  const waiting = new Map<number, (taken: Taken) => void>();
  let asked = 0;
  process.on("message", (message: Told) => {
    if (message.kind !== "billgraph:taken") return;
    waiting.get(message.id)?.(message.taken);
    waiting.delete(message.id);
  });
  return (name, bucket, tokens) =>
    new Promise((resolve) => {
      const id = asked++;
      waiting.set(id, resolve);
      process.send?.({ kind: "billgraph:take", id, name, bucket, tokens } satisfies Ask);
    });
}

/** Lets a process take tokens here. */
export function serveBuckets(worker: Worker, take: TakeTokens): void {
  worker.on("message", (message: Ask) => {
    if (message.kind !== "billgraph:take") return;
    const { id, name, bucket, tokens } = message;
    void Promise.resolve(take(name, bucket, tokens)).then((taken) => {
      if (worker.isConnected()) worker.send({ kind: "billgraph:taken", id, taken } satisfies Told);
    });
  });
}
