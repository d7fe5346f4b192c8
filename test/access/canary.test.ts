import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { createKey } from "../../src/domains/access/index.ts";
import { createLogger } from "../../src/http/logger.ts";
import { newId } from "../../src/kit/ids.ts";
import { openTestDatabase, serverUrl } from "../kit/database.ts";
import { ask } from "./ask.ts";
import { type Issuer, startIssuer } from "./issuer.ts";

/** A server in a process of its own, with all that it has said. */
interface Watched {
  readonly url: string;
  readonly said: () => string;
  readonly stop: () => Promise<void>;
}

const gatewaySecret = "gateway-secret-0123456789abcdefghijklmnopqrstuvwxyz";
const signingSecret = "signing-secret-0123456789abcdefghijklmnopqrstuvwxyz";
const pepper = "pepper-0123456789abcdefghijklmnopqrstuvwxyz";
const cookie = "session=0123456789abcdefghijklmnopqrstuvwxyz";
const signature = "sig=:0123456789abcdefghijklmnopqrstuvwxyz0123456=:";

let folder: string;
let issuer: Issuer;
let server: Watched;
let key: string;
let token: string;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "billgraph-canary-"));
  issuer = await startIssuer();
  const test = serverUrl ? await openTestDatabase(2) : undefined;
  const dataDir = join(folder, "data");
  const database = test ?? (await openDatabase({ dataDir, poolSize: 1 }));
  const environment = await database.prisma.environment.create({
    data: { id: newId(), merchantId: newId(), merchantName: "Canary", livemode: false },
  });
  const wanted = { environmentId: environment.id, name: "canary", scopes: ["*"] };
  ({ key } = await createKey(database.prisma, wanted));
  token = await issuer.token({ environment_id: environment.id, scope: "*" });
  // What reads invoices fails from now on.
  await database.pool.query("ALTER TABLE invoices RENAME TO invoices_away");
  if (!test) await database.close();
  close = async () => test?.close();
  server = await start({
    ...(test?.url !== undefined && { DATABASE_URL: test.url }),
    DATA_DIR: dataDir,
    GATEWAY_SECRET: gatewaySecret,
    GATEWAY_SIGNING_SECRETS: signingSecret,
    KEY_PEPPERS: pepper,
    OAUTH_ISSUER: issuer.options.issuer,
    OAUTH_AUDIENCE: issuer.options.audience,
    OAUTH_JWKS_URL: issuer.options.jwksUrl,
  });
});

it("a log that is given headers leaves out those that let somebody in", () => {
  const secrets = {
    authorization: "a",
    cookie: "b",
    signature: "c",
    "x-api-key": "d",
    "x-gateway-secret": "e",
  };
  const lines: string[] = [];
  const logger = createLogger("trace", { write: (line) => void lines.push(line) });
  const headers = () => ({ ...secrets, "x-request-id": "r" });
  logger.info({ headers: headers() });
  logger.info({ req: { headers: headers() } });
  logger.error({ err: Object.assign(new Error("failed"), { request: { headers: headers() } }) });

  const shown = {
    ...Object.fromEntries(Object.keys(secrets).map((name) => [name, "[secret]"])),
    "x-request-id": "r",
  };
  const [plain, request, error] = lines.map((line) => JSON.parse(line) as Record<string, object>);
  expect(plain).toMatchObject({ headers: shown });
  expect(request).toMatchObject({ req: { headers: shown } });
  expect(error).toMatchObject({ err: { message: "failed", request: { headers: shown } } });
});

afterAll(async () => {
  await server.stop();
  await issuer.close();
  await close();
  await rm(folder, { recursive: true });
});

async function start(options: Record<string, string>): Promise<Watched> {
  const env = { PATH: process.env["PATH"], PORT: "0", DEMO: "off", LOG_LEVEL: "trace", ...options };
  const main = resolve(import.meta.dirname, "../../src/main.ts");
  const child: ChildProcess = spawn(process.execPath, [main], { cwd: folder, env });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  let said = "";
  const url = await new Promise<string>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        const found = /URL +(http\S+)\/graphql/.exec(said)?.[1];
        if (found !== undefined) done(found);
      });
    }
    void ended.then(() => fail(new Error(`the server ended:\n${said}`)));
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  return { url, said: () => said, stop };
}

async function send(url: string, headers: Record<string, string>, query: string): Promise<void> {
  const body = JSON.stringify({ query });
  await (
    await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body })
  ).text();
}

describe("the log of a server that tells everything", () => {
  it("has what went wrong, and never a key or a token, however they were sent", async () => {
    const credentials: Record<string, string>[] = [
      { "x-api-key": key },
      { authorization: `Bearer ${token}` },
    ];
    for (const headers of credentials) {
      expect((await ask(server, headers)).status).toBe(200);
      expect((await ask(server, headers, "{ nonsense }")).code).toBe("INVALID_REQUEST");
      expect((await ask(server, headers, "{ invoices { totalCount } }")).code).toBe("INTERNAL_ERROR");
      expect((await ask(server, { ...headers, "revkeen-version": "x" })).status).toBe(400);
      expect((await ask(server, { ...headers, "x-request-id": key })).headers.get("x-request-id")).not.toBe(
        key,
      );
      expect((await ask(server, { ...headers, "idempotency-key": key })).status).toBe(200);
    }
    const [forged, broken] = [`${token.slice(0, -6)}AAAAAA`, key.slice(0, -1)];
    expect((await ask(server, { authorization: `Bearer ${forged}` })).status).toBe(401);
    expect((await ask(server, { "x-api-key": broken })).status).toBe(401);
    expect((await ask(server, { "x-api-key": key, authorization: `Bearer ${token}` })).status).toBe(400);
    for (const path of [
      `/${key}`,
      `/graphql?api_key=${key}`,
      `/graphql?query={viewer{keyId}}&token=${token}`,
    ]) {
      await (await fetch(`${server.url}${path}`, { headers: { "x-api-key": key } })).text();
    }
    const document = `{ invoices(first: 1) { nodes { id } } customer(id: "${key}") { id } }`;
    await ask(server, { "x-api-key": key }, document);

    const gateways: Record<string, string>[] = [
      { "x-gateway-secret": gatewaySecret, cookie },
      { "x-gateway-secret": `${gatewaySecret}!`, cookie },
      { signature, "signature-input": "sig=()", cookie },
      { signature, "signature-input": "nonsense;;", cookie },
    ];
    for (const headers of gateways) {
      await send(`${server.url}/subgraph`, { ...headers, "x-api-key": key }, "{ invoices { totalCount } }");
    }

    await expect.poll(server.said).toContain("invoices");
    await server.stop();
    const said = server.said();
    expect(said).toContain("Something went wrong on our side");
    for (const secret of [
      key,
      token,
      forged,
      broken,
      gatewaySecret,
      signingSecret,
      pepper,
      cookie,
      signature,
    ]) {
      expect(said).not.toContain(secret);
      // No part of it by which one could know or finish it.
      expect(said).not.toContain(secret.slice(11, 31));
      expect(said).not.toContain(secret.slice(-40));
    }
  });
});
