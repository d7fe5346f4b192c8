import type { AssetName } from "./assets.ts";

export interface HtmlInput {
  readonly assets: Readonly<Record<AssetName, string>>;
  /** What `browser/start.js` reads, but for the addresses of the assets. */
  readonly settings: object;
}

/** The page: only references and one block of data, since the content security policy allows no inline script. */
export function renderHtml({ assets, settings }: HtmlInput): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Billgraph</title>
    <link rel="icon" type="image/svg+xml" href="${assets.icon}" />
    <link rel="stylesheet" href="${assets.style}" />
    <script type="application/json" id="settings">${inlineJson({ ...settings, assets })}</script>
    <script defer src="${assets.graphiql}"></script>
    <script defer src="${assets.start}"></script>
  </head>
  <body class="no-focus-outline">
    <noscript>The playground needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
}

/** JSON that cannot end the script element it stands in: no `</script>`, no `<!--`. */
function inlineJson(value: object): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
