import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { loadAssets } from "./assets.ts";
import { sendAsset } from "./asset.ts";
import { isLocal } from "../local.ts";
import { renderHtml } from "./html.ts";
import { securityHeaders } from "./security-headers.ts";

/** One editor tab. GraphiQL labels it with the document's operation name. */
export interface PlaygroundTab {
  readonly document: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface PlaygroundOptions {
  /** Path of the GraphQL endpoint, e.g. `/graphql`; the page is the same path, its assets lie under it. */
  readonly endpoint: string;
  /** Filled in as `x-api-key` for whoever opens the page at this machine, and for nobody else: a sandbox key, in development. */
  readonly apiKey?: string;
  readonly tabs: readonly PlaygroundTab[];
}

/**
 * Answers the request and resolves once it is sent, or returns undefined when the request is none of the
 * playground's. Rejects, with nothing sent, if GraphiQL's bundle cannot be loaded.
 */
export type Playground = (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined;

/**
 * GraphiQL for browsers that open the endpoint (GET with `Accept: text/html`), and the assets of that page
 * under `<endpoint>/assets/`. Everything comes from this origin. The bundle (9 MB) is loaded at first use.
 */
export function createPlayground(options: PlaygroundOptions): Playground {
  const assetsPath = `${options.endpoint}/assets/`;
  const settings = {
    endpoint: options.endpoint,
    storagePrefix: `billgraph:${contentKey(options.tabs)}:`,
    tabs: options.tabs.map(({ document, variables }) => ({
      query: document,
      variables: variables ? JSON.stringify(variables, null, 2) : "",
    })),
  };

  async function sendPage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { urls } = await loadAssets();
    const apiKey = isLocal(request) ? (options.apiKey ?? "") : "";
    const html = renderHtml({ assets: urls(assetsPath), settings: { ...settings, apiKey } });
    response
      .writeHead(200, {
        ...securityHeaders,
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
      })
      .end(html);
  }

  async function sendFile(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { byFileName } = await loadAssets();
    const asset = byFileName.get(name);
    if (asset) await sendAsset(asset, request, response);
    else response.writeHead(404, securityHeaders).end();
  }

  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const [path = ""] = (request.url ?? "").split("?", 1);
    if (path.startsWith(assetsPath)) return sendFile(path.slice(assetsPath.length), request, response);
    if (path === options.endpoint && request.headers.accept?.includes("text/html"))
      return sendPage(request, response);
    return undefined;
  };
}

/** Changes with the examples, so that a browser that stored the tabs of other examples starts with these. */
function contentKey(tabs: readonly PlaygroundTab[]): string {
  return createHash("sha256").update(JSON.stringify(tabs)).digest("hex").slice(0, 8);
}
