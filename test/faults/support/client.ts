import { setTimeout as pause } from "node:timers/promises";

/** What is sent to a server. */
export interface Call {
  readonly apiKey: string;
  /** The idempotency key. */
  readonly key?: string;
  readonly query: string;
  readonly variables?: object;
}

/** What a server answers. */
export interface Reply {
  readonly status: number;
  readonly replayed: boolean;
  readonly retryAfter: string | null;
  readonly data: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** Sends a request once. Rejects when there is no answer. */
export async function send(url: string, { apiKey, key, query, variables }: Call): Promise<Reply> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": apiKey,
      ...(key !== undefined && { "idempotency-key": key }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as Pick<Reply, "data" | "errors">;
  return {
    status: response.status,
    replayed: response.headers.get("idempotency-replayed") === "true",
    retryAfter: response.headers.get("retry-after"),
    ...body,
  };
}

/** Counts of what happened, by its name. */
export class Tally {
  readonly counts: Record<string, number> = {};

  add(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

const passing: ReadonlySet<unknown> = new Set(["SERVICE_UNAVAILABLE", "IDEMPOTENCY_IN_PROGRESS"]);

/**
 * Sends a keyed request again and again, each time to whom `pick` names, until it is answered. What came in between is
 * counted in `tally` by its code. Throws for an answer that must not come: an error without a code or `Retry-After`,
 * or one that another try cannot mend.
 */
export async function sendUntilAnswered(pick: () => string, call: Call, tally: Tally): Promise<Reply> {
  for (let attempt = 0; attempt < 3_000; attempt++) {
    const reply = await send(pick(), call).catch(() => undefined);
    if (reply && !reply.errors) {
      tally.add(reply.replayed ? "replayed" : "answered");
      return reply;
    }
    if (!reply) tally.add("no answer");
    for (const { extensions } of reply?.errors ?? []) {
      const { code } = extensions;
      tally.add(String(code));
      if (passing.has(code) && reply?.retryAfter != null && reply.status >= 400) continue;
      throw new Error(`not to be answered so: ${JSON.stringify(reply)}`);
    }
    await pause(20);
  }
  throw new Error("there was no answer in 3,000 attempts");
}
