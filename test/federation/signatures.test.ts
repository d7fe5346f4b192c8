import { createHash, createHmac } from "node:crypto";
import {
  defaultExecutionRequestSerializer as serialize,
  useHmacUpstreamSignature,
} from "@graphql-mesh/hmac-upstream-signature";
import { parse } from "graphql";
import { httpbis } from "http-message-signatures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi, testGatewaySecret } from "../kit/api.ts";

const older = "the older signing secret";
const newer = "the newer signing secret";

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ gatewaySigningSecrets: [older, newer] });
});
afterAll(() => api.close());

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const query =
  "query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }";
const variables = { representations: [] };

/** A request to the door that nothing but the caller's key vouches for. */
function unsigned(body: object = { query, variables }): Sent {
  const headers = { "content-type": "application/json", "x-api-key": api.key };
  return { method: "POST", url: `${api.url}/subgraph`, headers, body: JSON.stringify(body) };
}

async function send({ method, url, headers, body }: Sent) {
  const response = await fetch(url, { method, headers, ...(method === "POST" && { body }) });
  const { data, errors } = (await response.json()) as {
    data?: { _entities?: unknown };
    errors?: { message: string; extensions: { code: string } }[];
  };
  return { status: response.status, entities: data?._entities, code: errors?.[0]?.extensions.code, errors };
}

const refused = { status: 401, entities: undefined, code: "UNAUTHENTICATED" };
const answered = { status: 200, entities: [], code: undefined };

const digestOf = (body: string): string => `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

interface Signing {
  readonly secret?: string;
  readonly fields?: string[];
  readonly params?: string[];
  readonly alg?: string;
  /** How many seconds ago the signature was made. */
  readonly age?: number;
  readonly digest?: string;
}

/** Signs a request as RFC 9421 has it. */
async function signed(sent: Sent, options: Signing = {}): Promise<Sent> {
  const { secret = newer, fields = ["@method", "@path", "content-digest"], age = 0 } = options;
  const { params = ["created", "alg"], alg = "hmac-sha256" } = options;
  const headers = { ...sent.headers, "content-digest": options.digest ?? digestOf(sent.body) };
  const sign = async (data: Buffer) => createHmac("sha256", secret).update(data).digest();
  const paramValues = { created: new Date(Date.now() - age * 1_000) };
  const message = await httpbis.signMessage(
    { key: { alg, sign }, fields, params, paramValues },
    { ...sent, headers: headers as Record<string, string | string[]> },
  );
  return { ...sent, headers: message.headers as Record<string, string> };
}

describe("a request with an HTTP message signature", () => {
  it.each([older, newer])("by %s is answered", async (secret) => {
    expect(await send(await signed(unsigned(), { secret }))).toMatchObject(answered);
  });

  it.each([
    ["made a while ago", 50],
    ["of a clock that is a little ahead", -3],
  ])("%s is answered", async (_, age) => {
    expect(await send(await signed(unsigned(), { age }))).toMatchObject(answered);
  });

  it("can be sent again as long as it is believed, and takes effect once with an Idempotency-Key", async () => {
    const email = `${newId()}@example.org`;
    const input = { email };
    const sent = unsigned({
      query: "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } } }",
      variables: { input },
    });
    const keyed = { ...sent, headers: { ...sent.headers, "idempotency-key": newId() } };
    const once = await signed(keyed);
    expect(await send(once)).toMatchObject({ status: 200, code: undefined });
    expect(await send(once)).toMatchObject({ status: 200, code: undefined });
    const { environmentId } = api;
    expect(await api.database.prisma.customer.count({ where: { environmentId, email } })).toBe(1);
    expect(
      await api.database.prisma.event.count({ where: { environmentId, type: "customer.created" } }),
    ).toBe(1);
  });

  it("may be digested by SHA-512, and signed over more", async () => {
    const sent = unsigned();
    const digest = `sha-512=:${createHash("sha512").update(sent.body).digest("base64")}:`;
    const fields = ["@method", "@path", "content-digest", "x-api-key"];
    expect(await send(await signed(sent, { digest, fields }))).toMatchObject(answered);
  });

  it("may be as large as any, and no larger", async () => {
    const padded = (bytes: number) =>
      unsigned({ query, variables, extensions: { padding: " ".repeat(bytes) } });
    expect(await send(await signed(padded(1_900_000)))).toMatchObject(answered);
    expect(await send(await signed(padded(2_000_000)))).toMatchObject({
      status: 400,
      code: "INVALID_REQUEST",
    });
  });

  it.each<[string, Signing]>([
    ["by another secret", { secret: "a secret of somebody else" }],
    ["that is too old", { age: 62 }],
    ["that is from the future", { age: -10 }],
    ["without a time", { params: ["alg"] }],
    ["by another algorithm", { alg: "hmac-sha1" }],
    ["that leaves the method out", { fields: ["@path", "content-digest"] }],
    ["that leaves the path out", { fields: ["@method", "content-digest"] }],
    ["that leaves the body out", { fields: ["@method", "@path"] }],
    ["over a digest of another body", { digest: digestOf("{}") }],
    ["over a digest that nobody knows", { digest: "md5=:AAAA:" }],
    ["over no digest at all", { digest: "nonsense;;" }],
  ])("%s is refused", async (_, signing) => {
    expect(await send(await signed(unsigned(), signing))).toMatchObject(refused);
  });

  it("that was altered is refused", async () => {
    const sent = await signed(unsigned());
    const body = sent.body.replace("__typename", "__typenam");
    const digest = { ...sent.headers, "content-digest": digestOf(body) };
    const { Signature: signature = "" } = sent.headers;
    expect(await send(sent)).toMatchObject(answered);
    for (const altered of [
      { ...sent, body },
      { ...sent, body, headers: digest },
      { ...sent, headers: { ...sent.headers, Signature: signature.replace(/:.{8}/, ":AAAAAAAA") } },
      { ...sent, headers: { ...sent.headers, Signature: "sig=:AAAA:" } },
      { ...sent, headers: { ...sent.headers, Signature: "nonsense" } },
      { ...sent, headers: { ...sent.headers, "Signature-Input": "nonsense;;" } },
      { ...sent, url: `${sent.url}/` },
    ]) {
      expect((await send(altered)).status).toBe(altered.url === sent.url ? 401 : 404);
    }
  });

  it.each(["Signature", "Signature-Input", "content-digest"])(
    "whose %s is missing is refused",
    async (name) => {
      const { headers, ...sent } = await signed(unsigned());
      expect(Object.keys(headers)).toContain(name);
      const { [name]: _, ...rest } = headers;
      expect(await send({ ...sent, headers: rest })).toMatchObject(refused);
    },
  );

  it("by a secret that was taken away is refused, whoever signs", async () => {
    const rotated = await startApi({ gatewaySigningSecrets: [newer] });
    const to = (sent: Sent): Sent => ({
      ...sent,
      url: `${rotated.url}/subgraph`,
      headers: { ...sent.headers, "x-api-key": rotated.key },
    });
    for (const [secret, outcome] of [
      [older, refused],
      [newer, answered],
    ] as const) {
      expect(await send(await signed(to(unsigned()), { secret }))).toMatchObject(outcome);
      expect(await send(to(unsigned(await signedByHive(secret))))).toMatchObject(outcome);
    }
    await rotated.close();
  });

  it("needs the caller's key too", async () => {
    const { headers, ...sent } = unsigned();
    const keyless = await signed({ ...sent, headers: { "content-type": "application/json" } });
    expect(await send(await signed({ ...sent, headers }))).toMatchObject(answered);
    expect(await send(keyless)).toMatchObject({
      ...refused,
      errors: [{ message: expect.stringContaining("x-api-key") }],
    });
  });

  it("is sent by POST: the signature says nothing of what stands in a URL", async () => {
    const url = `${api.url}/subgraph?query={__typename}`;
    expect(await send(await signed({ ...unsigned(), method: "GET", url, body: "" }))).toMatchObject(refused);
  });
});

/** Signs a request by the code of Hive Gateway. */
async function signedByHive(secret: string, given: object = variables): Promise<Record<string, unknown>> {
  const plugin = useHmacUpstreamSignature({ secret });
  const executionRequest: Record<string, unknown> = { document: parse(query), variables: given };
  const log = { child: () => ({ debug: () => {} }) };
  const fetchAPI = { TextEncoder, crypto, btoa };
  plugin.onYogaInit?.({ yoga: { fetchAPI } } as never);
  await plugin.onSubgraphExecute?.({ subgraphName: "billing", executionRequest, log } as never);
  // It writes the document in a way of its own.
  const written = JSON.parse(serialize(executionRequest as never) ?? "") as { query: string };
  return { query: written.query, variables: given, extensions: executionRequest["extensions"] };
}

describe("a request that Hive Gateway signed", () => {
  it.each([older, newer])("by %s is answered", async (secret) => {
    expect(await send(unsigned(await signedByHive(secret)))).toMatchObject(answered);
  });

  it("can be sent again: it holds no time", async () => {
    const sent = unsigned(await signedByHive(newer));
    expect(await send(sent)).toMatchObject(answered);
    expect(await send(sent)).toMatchObject(answered);
  });

  it("is the same however its variables are ordered and written", async () => {
    const given = { representations: [], b: { é: "\u2028", "10": 1e21, "9": [null, -0.5] }, a: "" };
    const body = await signedByHive(newer, given);
    expect(await send(unsigned(body))).toMatchObject(answered);
    const reordered = { a: "", b: { "9": [null, -0.5], é: "\u2028", "10": 1e21 }, representations: [] };
    expect(await send(unsigned({ ...body, variables: reordered }))).toMatchObject(answered);
  });

  it("is refused when it was signed by another secret, or altered", async () => {
    const body = await signedByHive(newer);
    const extensions = (signature: unknown) => ({ extensions: { "hmac-signature": signature } });
    for (const other of [
      await signedByHive("a secret of somebody else"),
      { ...body, query: `${query} # more` },
      { ...body, query: null },
      { ...body, variables: { representations: [{ __typename: "Customer" }] } },
      { ...body, ...extensions("AAAA") },
      { ...body, ...extensions(7) },
      { ...body, ...extensions("") },
      { query, variables },
      { query, variables, extensions: null },
      [body],
    ]) {
      expect(await send(unsigned(other))).toMatchObject(refused);
    }
  });

  it("is refused as a whole when its variables are no variables", async () => {
    const sent = unsigned({ ...(await signedByHive(newer)), variables: "here" });
    const deep = `{"deep":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
    for (const wrong of ["[]", '"x"', deep]) {
      expect(await send({ ...sent, body: sent.body.replace('"here"', wrong) })).toMatchObject({
        status: 400,
        code: "INVALID_REQUEST",
      });
    }
  });
});

describe("a request that is not signed", () => {
  it("is refused", async () => {
    expect(await send(unsigned())).toMatchObject(refused);
    expect(await send({ ...unsigned(), body: "nonsense" })).toMatchObject(refused);
  });

  it("is let in by the shared secret, where there is one", async () => {
    const bySecret = (secret: string): Sent => {
      const sent = unsigned();
      return { ...sent, headers: { ...sent.headers, "x-gateway-secret": secret } };
    };
    expect(await send(bySecret(testGatewaySecret))).toMatchObject(answered);
    expect(await send(bySecret("a guess at the secret"))).toMatchObject(refused);

    const other = await startApi({ gatewaySecret: undefined, gatewaySigningSecrets: [newer] });
    const { status } = await other.graphql("{ __typename }", {}, { path: "/subgraph" });
    await other.close();
    expect(status).toBe(401);
  });
});
