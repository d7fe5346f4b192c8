import { type CryptoKey, SignJWT, UnsecuredJWT, generateKeyPair } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryBuckets } from "../../src/http/rate-limit/memory.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { ask } from "./ask.ts";
import { type Claims, type Issuer, startIssuer } from "./issuer.ts";

const viewer = "{ viewer { keyId keyName scopes livemode environment { id } merchant { id } } }";

let issuer: Issuer;
let api: TestApi;
beforeAll(async () => {
  issuer = await startIssuer();
  api = await startApi({ oauth: issuer.options, takeTokens: memoryBuckets() });
});
afterAll(async () => {
  await api.close();
  await issuer.close();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const token = (claims: Claims = {}, how?: Parameters<Issuer["token"]>[1]) =>
  issuer.token({ environment_id: api.environmentId, scope: "openid customers:read", ...claims }, how);
const send = async (claims: Claims, query = viewer) => ask(api, bearer(await token(claims)), query);

describe("an access token", () => {
  it("tells who asks, where, and what for", async () => {
    const answer = await send({ client_id: "dashboard" });
    expect(answer.status).toBe(200);
    expect(answer.data.viewer).toEqual({
      keyId: "oauth:user-1",
      keyName: "dashboard",
      scopes: ["customers:read"],
      livemode: false,
      environment: { id: api.environmentId },
      merchant: { id: api.merchantId },
    });
    expect(answer.headers.get("www-authenticate")).toBeNull();
  });

  it.each<[string, Claims, string[]]>([
    ["scope as a text", { scope: "invoices:read customers:*" }, ["customers:*", "invoices:read"]],
    ["scopes as a list", { scope: undefined, scopes: ["*"] }, ["*"]],
    ["scopes as a text", { scope: undefined, scopes: "usage:write" }, ["usage:write"]],
    ["both", { scope: "usage:read", scopes: ["meters:read"] }, ["meters:read", "usage:read"]],
    ["none that there is", { scope: "openid customers:drop", scopes: [7] }, []],
    ["no scope", { scope: undefined }, []],
  ])("may have %s", async (_, claims, scopes) => {
    const answer = await send(claims);
    expect(answer.data.viewer.scopes.toSorted()).toEqual(scopes);
  });

  it("may say its type in full, and be good for a day", async () => {
    const now = Math.floor(Date.now() / 1_000);
    const day = await token({ iat: now, exp: now + 86_400 }, { typ: "application/at+jwt" });
    expect((await ask(api, bearer(day))).status).toBe(200);
  });

  it("has the type and the life that the server is told", async () => {
    const options = { ...issuer.options, tokenType: "JWT", longestLife: 120 };
    const server = await startApi({ oauth: options });
    const now = Math.floor(Date.now() / 1_000);
    const statusOf = async (exp: number, typ: string) => {
      const one = await token({ environment_id: server.environmentId, iat: now, exp }, { typ });
      return (await ask(server, bearer(one))).status;
    };
    expect(await statusOf(now + 120, "JWT")).toBe(200);
    expect(await statusOf(now + 120, "at+jwt")).toBe(401);
    expect(await statusOf(now + 180, "JWT")).toBe(401);
    await server.close();
  });

  it("may do what its scopes say, and nothing else", async () => {
    const query = "{ customers { totalCount } invoices { totalCount } }";
    const answer = await send({}, query);
    expect(answer).toMatchObject({ status: 200, code: "PERMISSION_DENIED" });
    expect(answer.data).toEqual({ customers: { totalCount: 0 }, invoices: null });
  });

  it("names the one who wrote", async () => {
    const document = `mutation { createCustomer(input: { email: "token@a.example" }) { customer { id } } }`;
    const { data } = await send({ scope: "customers:*" }, document);
    expect(data.createCustomer.customer).not.toBeNull();
    const row = await api.database.prisma.customer.findFirstOrThrow({ where: { email: "token@a.example" } });
    expect(row).toMatchObject({ environmentId: api.environmentId, createdBy: "oauth:user-1" });
  });

  it("has the limits of its environment's mode, a bucket for each subject and environment", async () => {
    const live = await api.newEnvironment({ livemode: true });
    const limits = async (claims: Claims) => {
      const { headers } = await send(claims);
      return [headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")];
    };
    expect(await limits({ sub: "bucket" })).toEqual(["200", "199"]);
    expect(await limits({ sub: "bucket" })).toEqual(["200", "198"]);
    expect(await limits({ sub: "bucket", environment_id: live.environmentId })).toEqual(["2000", "1999"]);
    expect(await limits({ sub: "other" })).toEqual(["200", "199"]);
  });

  it("is checked with keys that are kept", async () => {
    await send({});
    const asked = issuer.asked();
    for (let i = 0; i < 5; i++) expect((await send({})).status).toBe(200);
    expect(issuer.asked()).toBe(asked);
  });
});

describe("a token is refused", () => {
  let stranger: CryptoKey;
  beforeAll(async () => {
    stranger = (await generateKeyPair("ES256")).privateKey;
  });
  const now = Math.floor(Date.now() / 1_000);
  const past = now - 3_600;

  const wrong: Record<string, () => Promise<string> | string> = {
    "that has expired": () => token({ exp: past }),
    "that never expires": () => token({ exp: undefined }),
    "that is not valid yet": () => token({ nbf: Math.floor(Date.now() / 1_000) + 3_600 }),
    "for another audience": () => token({ aud: "https://other.test" }),
    "for no audience": () => token({ aud: undefined }),
    "of another issuer": () => token({ iss: "https://evil.test" }),
    "signed by a stranger": () => token({}, { key: stranger }),
    "signed with a key that the issuer does not have": () => token({}, { key: stranger, kid: "unknown" }),
    "that nobody signed": () =>
      new UnsecuredJWT({ environment_id: api.environmentId, sub: "user-1", scope: "*" })
        .setIssuer(issuer.options.issuer)
        .setAudience(issuer.options.audience)
        .setExpirationTime("5m")
        .encode(),
    "signed with a secret": () =>
      new SignJWT({ environment_id: api.environmentId, sub: "user-1", scope: "*" })
        .setProtectedHeader({ alg: "HS256", kid: "key-0" })
        .setIssuer(issuer.options.issuer)
        .setAudience(issuer.options.audience)
        .setExpirationTime("5m")
        .sign(new TextEncoder().encode("a secret that is long enough for HS256")),
    "whose claims were changed": async () => {
      const [header, , signature] = (await token()).split(".");
      const claims = { iss: issuer.options.issuer, aud: issuer.options.audience, sub: "x", scope: "*" };
      const body = { ...claims, exp: past + 7_200, environment_id: api.environmentId };
      return `${header}.${Buffer.from(JSON.stringify(body)).toString("base64url")}.${signature}`;
    },
    "without an environment": () => token({ environment_id: undefined }),
    "for an environment that there is not": () => token({ environment_id: newId() }),
    "for an environment that is no id": () => token({ environment_id: "sandbox' OR '1'='1" }),
    "for several environments": () => token({ environment_id: [api.environmentId] }),
    "whose subject is a number": () => token({ sub: 7 }),
    "whose subject is a list": () => token({ sub: ["user-1"] }),
    "that is an identity token": () => token({}, { typ: "JWT" }),
    "that says no type": () => token({}, { typ: null }),
    "that says not since when": () => token({ iat: undefined }),
    "that is good for longer than a day": () => token({ exp: now + 86_500 }),
    "that is good from a later day on": () => token({ iat: now + 86_400, exp: now + 86_700 }),
    "without a subject": () => token({ sub: undefined }),
    "with a subject that is no name": () => token({ sub: "a\nb" }),
    "that is an API key": () => api.key,
    "that is empty": () => "",
    "that is junk": () => "a.b.c",
  };

  it.each(Object.entries(wrong))("%s", async (_, make) => {
    const sent = await make();
    const { status, code, headers, text } = await ask(api, bearer(sent));
    expect({ status, code }).toEqual({ status: 401, code: "UNAUTHENTICATED" });
    expect(headers.get("www-authenticate")).toBe(`Bearer error="invalid_token"`);
    expect(headers.get("revkeen-version")).toBeNull();
    expect(text).not.toContain(sent || "Bearer");
  });

  it("beside a key", async () => {
    const headers = { ...bearer(await token()), "x-api-key": api.key };
    expect(await ask(api, headers)).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
  });

  it("by a server that has no issuer", async () => {
    const plain = await startApi();
    expect((await ask(plain, bearer(await token()))).status).toBe(401);
    await plain.close();
  });
});

it("keys are as good as tokens, and without either one is told of both", async () => {
  expect((await ask(api, { "x-api-key": api.key })).status).toBe(200);
  const nothing = await ask(api, {});
  expect(nothing.status).toBe(401);
  expect(nothing.headers.get("www-authenticate")).toBe("Bearer");
});

describe("the keys of the issuer", () => {
  it("may be several, of which a token names its own, and are asked for once", async () => {
    const other = await startIssuer();
    const server = await startApi({ oauth: other.options });
    const claims = { environment_id: server.environmentId };
    const older = await other.token(claims);
    await other.rotate();
    const newer = await other.token(claims);
    const statuses = await Promise.all([older, newer, older, newer].map((one) => ask(server, bearer(one))));
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(other.asked()).toBe(1);
    await server.close();
    await other.close();
  });

  it("that cannot be had make the service unavailable for tokens, and not for keys", async () => {
    const gone = await startIssuer();
    await gone.close();
    const server = await startApi({ oauth: gone.options });
    const answer = await ask(server, bearer(await gone.token({ environment_id: server.environmentId })));
    expect(answer).toMatchObject({ status: 503, code: "SERVICE_UNAVAILABLE" });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answer.text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1/);
    expect((await ask(server, { "x-api-key": server.key })).status).toBe(200);
    await server.close();
  });
});
