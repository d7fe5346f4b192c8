import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { Piscina } from "piscina";
import { Away, Overloaded } from "../../../db/unavailable.ts";
import type layOutPdf from "./pdf-worker.ts";
import type { InvoiceView } from "./view.ts";

export interface PrinterOptions {
  /** Bytes of documents that are kept; 64 million unless said. */
  readonly keptBytes?: number | undefined;
  /** How many documents wait until more are refused, and how many of them may be of one environment. */
  readonly waiting?: number | undefined;
  readonly waitingOfOne?: number | undefined;
  /** How long laying out one document may take, in milliseconds, before its thread is ended. */
  readonly deadlineMs?: number | undefined;
}

/** Makes PDFs of invoices, and keeps those that were asked for last. */
export interface Printer {
  print(environmentId: string, view: InvoiceView): Promise<Buffer>;
  /** How many PDFs it has made. */
  readonly printed: number;
  close(): Promise<void>;
}

/**
 * Laying a PDF out takes a processor for up to seconds, so a thread beside the one that answers requests does it. A document is
 * made once for all who ask for it, and again only when anything that stands in it is another: the view is its version.
 */
export function createPrinter({
  keptBytes = 64_000_000,
  waiting = 20,
  waitingOfOne = 5,
  deadlineMs = 10_000,
}: PrinterOptions = {}): Printer {
  const kept = new LRUCache<string, Buffer>({
    maxSize: keptBytes,
    sizeCalculation: (body) => body.length + 100,
  });
  // As many as may wait.
  const underWay = new Map<string, Promise<Buffer>>();
  const ofOne = new Map<string, number>();
  let threads: Piscina<InvoiceView, Awaited<ReturnType<typeof layOutPdf>>> | undefined;
  let printed = 0;

  function start(): NonNullable<typeof threads> {
    return (threads ??= new Piscina({
      filename: new URL("pdf-worker.ts", import.meta.url).href,
      minThreads: 0,
      maxThreads: 1,
      maxQueue: waiting,
      idleTimeout: 30_000,
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    }));
  }

  async function make(name: string, view: InvoiceView): Promise<Buffer> {
    try {
      // Its time counts from when it waits: whoever asked waits as well.
      const made = await start().run(view, { signal: AbortSignal.timeout(deadlineMs) });
      printed++;
      const body = Buffer.from(made.buffer, made.byteOffset, made.byteLength);
      kept.set(name, body);
      return body;
    } catch (error) {
      if ((error as Error).name !== "AbortError") throw error;
      throw new Away("the document could not be laid out in time", { cause: error });
    }
  }

  return {
    get printed() {
      return printed;
    },
    print: async (environmentId, view) => {
      const name = `${environmentId}/${hash("sha256", JSON.stringify(view))}`;
      const found = kept.get(name) ?? underWay.get(name);
      if (found) return found;
      const others = ofOne.get(environmentId) ?? 0;
      if (others >= waitingOfOne || underWay.size >= waiting) throw new Overloaded();
      ofOne.set(environmentId, others + 1);
      const making = make(name, view).finally(() => {
        underWay.delete(name);
        const left = (ofOne.get(environmentId) ?? 1) - 1;
        if (left) ofOne.set(environmentId, left);
        else ofOne.delete(environmentId);
      });
      underWay.set(name, making);
      return making;
    },
    close: async () => {
      await threads?.destroy();
    },
  };
}
