import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import type { Viewer } from "../../src/graph/context.ts";
import { documentFinder } from "../../src/http/operations/persisted.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import * as persisted from "./persisted-requests.ts";
import { answer, fresh, hashOf, idOf, persistedQuery } from "./persisted-requests.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const register = (text: string, environmentId?: string) => persisted.register(api, text, environmentId);
const send = (params: object | string, options?: Parameters<typeof persisted.send>[2]) =>
  persisted.send(api, params, options);

describe("a registered document", () => {
  it("runs by its documentId, with variables and an operation's name", async () => {
    const documentId = await register(
      "query a { viewer { livemode } } query b($id: ID!) { customer(id: $id) { id } }",
    );
    const { status, data } = await send({ documentId, operationName: "b", variables: { id: "x" } });
    expect({ status, data }).toEqual({ status: 200, data: { customer: null } });
  });

  it("runs by GET", async () => {
    const documentId = await register(fresh());
    expect(await send(`documentId=${documentId}`)).toMatchObject({ status: 200, data: answer });
  });

  it("runs beside its own text, and not beside another", async () => {
    const text = fresh();
    const documentId = await register(text);
    expect(await send({ documentId, query: text })).toMatchObject({ status: 200, data: answer });
    expect(await send({ documentId, query: `${text} ` })).toMatchObject({
      status: 400,
      code: "INVALID_REQUEST",
      message: "The hash that names the document is not the SHA-256 of query.",
    });
  });

  it("runs by the hash of an automatic persisted query", async () => {
    const text = fresh();
    await register(text);
    expect(await send({ extensions: persistedQuery(text) })).toMatchObject({ status: 200, data: answer });
  });

  it("belongs to its environment", async () => {
    const other = await api.newEnvironment();
    const documentId = await register(fresh());
    expect(await send({ documentId })).toMatchObject({ status: 200 });
    expect(await send({ documentId }, other)).toMatchObject({
      status: 400,
      code: "PERSISTED_DOCUMENT_NOT_FOUND",
    });
  });

  it("is read from the database once", async () => {
    const documentId = await register(fresh());
    api.statements.length = 0;
    for (let i = 0; i < 3; i++) expect(await send({ documentId })).toMatchObject({ data: answer });
    expect(api.statements.filter(({ text }) => text.includes("persisted_documents"))).toHaveLength(1);
  });

  it("is found as soon as it is registered", async () => {
    const text = fresh();
    expect(await send({ documentId: idOf(text) })).toMatchObject({ code: "PERSISTED_DOCUMENT_NOT_FOUND" });
    expect(await send({ documentId: await register(text) })).toMatchObject({ data: answer });
  });

  it("is held against the schema and the limits like any other", async () => {
    const unknown = await register("{ custmers { nodes { id } } }");
    expect(await send({ documentId: unknown })).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
    const dear = await register("{ customers(first: 101) { nodes { id } } }");
    expect((await send({ documentId: dear })).message).toMatch(/between 1 and 100/);
  });

  it("that is a mutation does not run by GET, and is the same request as its text for an idempotency key", async () => {
    const text = `mutation { createCustomer(input: { email: "${randomUUID()}@a.example" }) { created } }`;
    const documentId = await register(text);
    expect(await send(`documentId=${documentId}`)).toMatchObject({ status: 405 });
    const extensions = { idempotencyKey: randomUUID() };
    const first = await send({ documentId, extensions });
    const again = await send({ query: text, extensions });
    expect(first.data).toEqual({ createCustomer: { created: true } });
    expect(again).toMatchObject({ data: first.data, extensions: { idempotency: { replayed: true } } });
  });
});

describe("a documentId", () => {
  it.each([
    ["a number", 7],
    ["an object", {}],
    ["empty", ""],
    ["without its prefix", "a".repeat(64)],
    ["too short", `sha256:${"a".repeat(63)}`],
    ["in upper case", `sha256:${"A".repeat(64)}`],
    ["of another method", `md5:${"a".repeat(64)}`],
  ])("is refused when it is %s", async (_, documentId) => {
    const refused = await send({ documentId });
    expect(refused).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
    expect(refused.message).toMatch(/^documentId must be sha256: /);
  });

  it("that nobody registered gets 400, in either form of answer", async () => {
    const documentId = idOf(fresh());
    for (const accept of ["application/json", "application/graphql-response+json"]) {
      const refused = await send({ documentId }, { accept });
      expect(refused).toMatchObject({ status: 400, code: "PERSISTED_DOCUMENT_NOT_FOUND" });
      expect(refused.message).toBe(`The document ${documentId} is not registered.`);
      expect(refused.errors).toHaveLength(1);
    }
  });
});

describe("an automatic persisted query", () => {
  it("is asked for as Apollo's clients know it, sent, and then known by its hash", async () => {
    const text = fresh();
    const extensions = persistedQuery(text);
    const unknown = await send({ extensions });
    expect(unknown).toMatchObject({
      status: 400,
      message: "PersistedQueryNotFound",
      code: "PERSISTED_QUERY_NOT_FOUND",
    });
    expect((await send({ extensions }, { accept: "application/json" })).status).toBe(200);
    expect(await send({ query: text, extensions })).toMatchObject({ data: answer });
    expect(await send({ extensions })).toMatchObject({ data: answer });
    const byGet = new URLSearchParams({ extensions: JSON.stringify(extensions) });
    expect(await send(String(byGet))).toMatchObject({ data: answer });
  });

  it("is not registered by that", async () => {
    const text = fresh();
    await send({ query: text, extensions: persistedQuery(text) });
    expect(await send({ documentId: idOf(text) })).toMatchObject({ code: "PERSISTED_DOCUMENT_NOT_FOUND" });
    const hash = hashOf(text);
    expect(await api.database.prisma.persistedDocument.count({ where: { hash } })).toBe(0);
  });

  it("is not kept when the hash is another's", async () => {
    const [text, other] = [fresh(), fresh()];
    expect(await send({ query: other, extensions: persistedQuery(text) })).toMatchObject({
      status: 400,
      code: "INVALID_REQUEST",
    });
    for (const one of [text, other])
      expect(await send({ extensions: persistedQuery(one) })).toMatchObject({
        code: "PERSISTED_QUERY_NOT_FOUND",
      });
  });

  it("is not kept when it is not valid", async () => {
    const text = `${fresh()} { nonsense }`;
    const extensions = persistedQuery(text);
    expect(await send({ query: text, extensions })).toMatchObject({ code: "INVALID_REQUEST" });
    expect(await send({ extensions })).toMatchObject({ code: "PERSISTED_QUERY_NOT_FOUND" });
  });

  it("is known in its environment only", async () => {
    const text = fresh();
    const other = await api.newEnvironment();
    await send({ query: text, extensions: persistedQuery(text) });
    expect(await send({ extensions: persistedQuery(text) }, other)).toMatchObject({
      code: "PERSISTED_QUERY_NOT_FOUND",
    });
  });

  it.each([
    ["of another version", { version: 2, sha256Hash: "a".repeat(64) }],
    ["without a hash", { version: 1 }],
    ["with a hash that is none", { version: 1, sha256Hash: "a".repeat(65) }],
    ["that is a text", "a".repeat(64)],
  ])("is refused when it is one %s", async (_, query) => {
    expect(await send({ extensions: { persistedQuery: query } })).toMatchObject({
      status: 400,
      code: "INVALID_REQUEST",
    });
  });

  it("is refused beside the documentId of another document", async () => {
    const documentId = await register(fresh());
    const refused = await send({ documentId, extensions: persistedQuery(fresh()) });
    expect(refused).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
  });
});

it("is forgotten within ten seconds when it is removed", async () => {
  let now = 1_000;
  const { environmentId, database } = api;
  const find = documentFinder(reader(database, platform), () => now);
  const text = fresh();
  const documentId = await register(text);
  const admission = { viewer: { environmentId } as Viewer, documentsOnly: true };
  expect(await find({ documentId }, admission)).toEqual({ text, registered: true });
  await database.prisma.persistedDocument.deleteMany({ where: { hash: hashOf(text) } });
  now += 9_999;
  expect(await find({ documentId }, admission)).toEqual({ text, registered: true });
  now += 2;
  await expect(find({ documentId }, admission)).rejects.toThrow(/is not registered/);
});

it("cannot be registered under the hash of another text", async () => {
  const { environmentId, database } = api;
  const lie = { environmentId, hash: hashOf(fresh()), text: fresh(), name: "" };
  await expect(database.prisma.persistedDocument.create({ data: lie })).rejects.toThrow(/hash_check/);
});
