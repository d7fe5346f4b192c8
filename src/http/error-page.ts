import { faultCodes } from "../kit/refusal.ts";
import type { PageHandler } from "./server.ts";

/** Serves `/docs/errors`, where the `docUrl` of a user error leads: every code with what it means. */
export const errorPage: PageHandler = (request, response) => {
  if (request.method !== "GET" || request.url?.split("?", 1)[0] !== "/docs/errors") return undefined;
  const entries = Object.entries(faultCodes).map(
    ([code, meaning]) =>
      `<dt id="${code.toLowerCase()}"><code>${code}</code></dt><dd>${asHtml(meaning)}</dd>`,
  );
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  response.end(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Billgraph: user errors</title>
<h1>User errors</h1>
<p>A mutation that refuses its input, or a row of it, says why in <code>userErrors</code>, and changes nothing there.</p>
<dl>${entries.join("\n")}</dl>
</html>
`);
  return Promise.resolve();
};

function asHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/`([^`]*)`/g, "<code>$1</code>");
}
