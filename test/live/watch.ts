import { type IncomingMessage, request } from "node:http";
import type { TestApi } from "../kit/api.ts";

/** A live stream, as a client reads it. */
export interface Watch<D = any> {
  /** The next result; undefined when the stream is complete or cut off. */
  next(): Promise<{ data?: D; errors?: { message: string; extensions: { code: string } }[] } | undefined>;
  /** Reads until there are so many results. */
  take(count: number): Promise<D[]>;
  close(): void;
}

/** Opens a live stream and waits until it is open. */
export async function watch<D = any>(
  api: Pick<TestApi, "url" | "key">,
  query: string,
  variables: Record<string, unknown> = {},
  key = api.key,
): Promise<Watch<D>> {
  const body = JSON.stringify({ query, variables });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      accept: "text/event-stream",
      "accept-encoding": "gzip",
      "x-api-key": key,
    };
    const sent = request(`${api.url}/graphql`, { method: "POST", headers, agent: false }, resolve);
    sent.once("error", reject);
    sent.end(body);
  });
  const results = resultsIn(response.setEncoding("utf8"));
  const next: Watch<D>["next"] = async () => (await results.next()).value as never;
  return {
    next,
    take: async (count) => {
      const taken: D[] = [];
      while (taken.length < count) {
        // oxlint-disable-next-line no-await-in-loop -- a stream is read from its beginning to its end
        const result = await next();
        if (!result?.data || result.errors) throw new Error(`no data: ${JSON.stringify(result)}`);
        taken.push(result.data);
      }
      return taken;
    },
    close: () => response.destroy(),
  };
}

async function* resultsIn(chunks: AsyncIterable<string>): AsyncGenerator<unknown, void> {
  let text = "";
  try {
    for await (const chunk of chunks) {
      text += chunk;
      let end: number;
      while ((end = text.indexOf("\n\n")) >= 0) {
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const data = lines.find((line) => line.startsWith("data: "));
        if (lines[0] === "event: next" && data) yield JSON.parse(data.slice(6));
      }
    }
  } catch {
    // The stream was cut off.
  }
}
