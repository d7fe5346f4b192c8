import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey } from "../../src/domains/access/index.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import * as persisted from "./persisted-requests.ts";
import { answer, fresh, idOf, persistedQuery } from "./persisted-requests.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const register = (text: string, environmentId?: string) => persisted.register(api, text, environmentId);
const send = (params: object | string, options?: Parameters<typeof persisted.send>[2]) =>
  persisted.send(api, params, options);

describe("a key for registered documents only", () => {
  let key: string;
  beforeAll(async () => {
    const { environmentId, database } = api;
    const wanted = { environmentId, name: "test", scopes: ["*"], documentsOnly: true };
    key = (await createKey(database.prisma, wanted)).key;
  });

  it("runs them by documentId, by an automatic persisted query's hash, and as a text", async () => {
    const text = fresh();
    const documentId = await register(text);
    for (const params of [{ documentId }, { extensions: persistedQuery(text) }, { query: text }])
      expect(await send(params, { key })).toMatchObject({ status: 200, data: answer });
  });

  it.each<[string, (text: string) => object]>([
    ["a text", (query) => ({ query })],
    ["a documentId", (text) => ({ documentId: idOf(text) })],
    ["a hash", (text) => ({ extensions: persistedQuery(text) })],
    ["a text with its hash", (query) => ({ query, extensions: persistedQuery(query) })],
    ["a dry run", (query) => ({ query, extensions: { dryRun: true } })],
  ])("runs nothing else: %s", async (_, paramsOf) => {
    const text = fresh();
    const refused = await send(paramsOf(text), { key });
    expect(refused).toMatchObject({ status: 403, code: "PERMISSION_DENIED" });
    expect(refused.message).toBe(
      `This key runs registered documents only, and ${idOf(text)} is not registered.`,
    );
    expect(refused.data).toBeUndefined();
  });

  it("runs neither introspection, nor what differs by a space", async () => {
    const text = fresh();
    await register(text);
    for (const query of ["{ __schema { types { name } } }", "{ __typename }", `${text} `])
      expect(await send({ query }, { key })).toMatchObject({ status: 403, code: "PERMISSION_DENIED" });
  });

  it("does not run what another key has sent as an automatic persisted query", async () => {
    const text = fresh();
    await send({ query: text, extensions: persistedQuery(text) });
    expect(await send({ extensions: persistedQuery(text) })).toMatchObject({ data: answer });
    expect(await send({ extensions: persistedQuery(text) }, { key })).toMatchObject({
      code: "PERMISSION_DENIED",
    });
  });

  it("runs nothing that is registered elsewhere", async () => {
    const other = await api.newEnvironment();
    const documentId = await register(fresh(), other.environmentId);
    expect(await send({ documentId }, { key: other.key })).toMatchObject({ status: 200 });
    expect(await send({ documentId }, { key })).toMatchObject({ code: "PERMISSION_DENIED" });
  });

  it("keeps to its scopes and limits", async () => {
    const { environmentId, database } = api;
    const wanted = { environmentId, name: "test", scopes: ["events:read"], documentsOnly: true };
    const narrow = (await createKey(database.prisma, wanted)).key;
    const documentId = await register(`query c${Date.now()} { customers { totalCount } }`);
    const { data, message } = await send({ documentId }, { key: narrow });
    expect(data).toEqual({ customers: null });
    expect(message).toBe("This key lacks the scope customers:read.");
  });
});
