import { once } from "node:events";
import { createServer, request as send } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Playground, createPlayground } from "../../src/http/graphiql/page.ts";

const html = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("the playground over HTTP", () => {
  let server: Server;
  let origin: string;
  let playground: Playground;

  beforeAll(async () => {
    playground = createPlayground({
      endpoint: "/graphql",
      apiKey: "rk_sandbox_test",
      tabs: [
        { document: "query Hostile { a } # </script><script>alert(1)</script>", variables: { x: "<!--" } },
      ],
    });
    server = createServer((request, response) => {
      if (!playground(request, response)) response.writeHead(418).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  it("answers browsers with the page, under a policy without inline scripts and outside addresses", async () => {
    const response = await fetch(`${origin}/graphql?ref=1`, { headers: html });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'; script-src 'self'; worker-src 'self';");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    const page = await response.text();
    expect(page).not.toMatch(/https?:\/\//);
  });

  it("keeps the tabs inside the data they are in", async () => {
    const page = await (await fetch(`${origin}/graphql`, { headers: html })).text();
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page).not.toContain("<!--");
    const [, settings = ""] =
      /<script type="application\/json" id="settings">(.*?)<\/script>/s.exec(page) ?? [];
    expect(JSON.parse(settings)).toMatchObject({
      apiKey: "rk_sandbox_test",
      tabs: [
        {
          query: "query Hostile { a } # </script><script>alert(1)</script>",
          variables: '{\n  "x": "<!--"\n}',
        },
      ],
    });
  });

  it.each(["localhost:1", "LOCALHOST", "api.localhost:4000", "127.0.0.1:4000", "127.8.8.8", "[::1]:4000"])(
    "fills the key in for a browser at this machine that asks for %s",
    async (host) => {
      expect(await pageFor({ host })).toContain("rk_sandbox_test");
    },
  );

  it.each([
    { host: "evil.example" },
    { host: "localhost.evil.example" },
    { host: "127.0.0.1.evil.example" },
    { host: "127.0.0.1@evil.example" },
    { host: "10.0.0.1:4000" },
    { host: "[::2]:4000" },
    { host: "localhost", "x-forwarded-for": "10.0.0.1" },
    { host: "localhost", forwarded: "for=10.0.0.1" },
  ])("fills nothing in for %j", async (headers) => {
    const page = await pageFor(headers);
    expect(page).not.toContain("rk_sandbox_test");
    expect(page).toContain(`"apiKey":""`);
  });

  const elsewhere = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address;
  it.skipIf(!elsewhere)("fills nothing in over an address that others can reach", async () => {
    const open = createServer((request, response) => void playground(request, response)).listen(0, "0.0.0.0");
    await once(open, "listening");
    const { port } = open.address() as AddressInfo;
    const ask = (to: string) => pageFor({ host: "localhost" }, `http://${to}:${port}`);
    expect(await ask(elsewhere ?? "")).not.toContain("rk_sandbox_test");
    expect(await ask("127.0.0.1")).toContain("rk_sandbox_test");
    open.closeAllConnections();
    open.close();
  });

  it.each([
    ["GET", "/graphql", "application/json"],
    ["GET", "/graphql", "*/*"],
    ["POST", "/graphql", "text/html"],
    ["GET", "/graphqlx", "text/html"],
    ["GET", "/", "text/html"],
    ["POST", "/graphql/assets/graphiql.js", "*/*"],
  ])("leaves %s %s accepting %s to others", async (method, path, accept) => {
    const response = await fetch(origin + path, { method, headers: { accept } });
    expect(response.status).toBe(418);
  });

  it.each(["br", "gzip", "identity"])(
    "serves every asset of the page as %s, the same bytes, to be kept",
    async (encoding) => {
      for (const path of await assetPaths()) {
        const response = await fetch(origin + path, { headers: { "accept-encoding": encoding } });
        expect(response.status).toBe(200);
        expect(response.headers.get("content-encoding") ?? "identity").toBe(encoding);
        expect(response.headers.get("cache-control")).toContain("immutable");
        expect(response.headers.get("vary")).toBe("accept-encoding");
        expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
        const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
        expect(path).toContain(`-${Buffer.from(digest).toString("hex").slice(0, 16)}.`);
      }
    },
  );

  it("answers a known ETag with 304, of the same encoding only", async () => {
    const [path] = await assetPaths();
    const ask = (headers: Record<string, string>) => fetch(origin + path, { headers });
    const etag = (await ask({ "accept-encoding": "gzip" })).headers.get("etag")!;
    expect((await ask({ "accept-encoding": "gzip", "if-none-match": `"other", ${etag}` })).status).toBe(304);
    expect((await ask({ "accept-encoding": "br", "if-none-match": etag })).status).toBe(200);
    expect((await ask({ "accept-encoding": "gzip;q=0, br", "if-none-match": etag })).status).toBe(200);
  });

  it.each(["graphiql.js", "..%2f..%2fpackage.json", "constructor", ""])("has no asset %j", async (name) => {
    expect((await fetch(`${origin}/graphql/assets/${name}`)).status).toBe(404);
  });

  /** The page, asked for with headers that `fetch` would not send. */
  function pageFor(headers: Record<string, string>, at = origin): Promise<string> {
    return new Promise((resolve, reject) => {
      send(`${at}/graphql`, { headers: { ...html, ...headers }, agent: false }, (response) =>
        resolve(text(response)),
      )
        .once("error", reject)
        .end();
    });
  }

  async function assetPaths(): Promise<string[]> {
    const page = await (await fetch(`${origin}/graphql`, { headers: html })).text();
    const paths = [...new Set(page.match(/\/graphql\/assets\/[^"]+/g))];
    expect(paths).toHaveLength(7);
    return paths;
  }
});
