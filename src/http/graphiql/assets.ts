import { readFile } from "node:fs/promises";

import { createAsset } from "./asset.ts";
import type { Asset } from "./asset.ts";

const assetNames = [
  "style",
  "icon",
  "graphiql",
  "start",
  "editorWorker",
  "jsonWorker",
  "graphqlWorker",
] as const;
export type AssetName = (typeof assetNames)[number];

interface Assets {
  readonly byFileName: ReadonlyMap<string, Asset>;
  readonly urls: (basePath: string) => Record<AssetName, string>;
}

let assets: Promise<Assets> | undefined;

/** The page's scripts, style, workers and icon, read once per process. */
export function loadAssets(): Promise<Assets> {
  assets ??= readAssets();
  return assets;
}

async function readAssets(): Promise<Assets> {
  const [bundle, start, tabsStyle, icon] = await Promise.all([
    import("@graphql-yoga/render-graphiql/graphiql"),
    readFile(new URL("browser/start.js", import.meta.url)),
    readFile(new URL("browser/tabs.css", import.meta.url), "utf8"),
    readFile(new URL("browser/icon.svg", import.meta.url)),
  ]);
  const script = "text/javascript; charset=utf-8";
  const byName: Record<AssetName, Asset> = {
    style: createAsset("graphiql.css", "text/css; charset=utf-8", bundle.css + tabsStyle),
    icon: createAsset("icon.svg", "image/svg+xml", icon),
    graphiql: createAsset("graphiql.js", script, bundle.js),
    start: createAsset("start.js", script, start),
    editorWorker: createAsset("editor-worker.js", script, bundle.editorWorkerService),
    jsonWorker: createAsset("json-worker.js", script, bundle.jsonWorker),
    graphqlWorker: createAsset("graphql-worker.js", script, bundle.graphqlWorker),
  };
  return {
    byFileName: new Map(Object.values(byName).map((asset) => [asset.fileName, asset])),
    urls: (basePath) =>
      Object.fromEntries(assetNames.map((name) => [name, basePath + byName[name].fileName])) as Record<
        AssetName,
        string
      >,
  };
}
