import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverUrl } from "../kit/database.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Proxy, startProxy } from "../kit/proxy.ts";

describe.skipIf(!serverUrl)("while the database is away", () => {
  let api: TestApi;
  let proxy: Proxy;
  beforeAll(async () => {
    proxy = await startProxy(new URL(serverUrl ?? ""));
    api = await startApi({ route: proxy.route });
  });
  afterAll(async () => {
    proxy.mend();
    await api.close();
    await proxy.close();
  });

  const list = "{ customers(first: 1) { nodes { id } } }";

  it("every request is answered 503 with a code and Retry-After, and the next ones well", async () => {
    expect((await api.graphql(list)).status).toBe(200);
    proxy.cut();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.graphql(list)));
    for (const { status, headers, errors, data } of answers) {
      expect(status).toBe(503);
      expect(headers.get("retry-after")).toBe("1");
      expect(data).toBeUndefined();
      expect(errors).toMatchObject([{ extensions: { code: "SERVICE_UNAVAILABLE", retryAfter: 1 } }]);
    }
    proxy.mend();
    expect((await api.graphql(list)).status).toBe(200);
  });

  it("a mutation without a key is answered 503 as well, of one field or of several", async () => {
    const create = (email: string) => `createCustomer(input: { email: "${email}" }) { created }`;
    proxy.cut();
    const one = await api.graphql(`mutation { ${create("one@a.example")} }`);
    const two = await api.graphql(`mutation { a: ${create("two@a.example")} b: ${create("b@a.example")} }`);
    proxy.mend();
    for (const { status, headers, errors, data } of [one, two]) {
      expect(status).toBe(503);
      expect(headers.get("retry-after")).toBe("1");
      expect(data).toBeUndefined();
      expect(errors?.[0]).toMatchObject({ extensions: { code: "SERVICE_UNAVAILABLE", retryAfter: 1 } });
    }
  });

  it("a keyed mutation that fails can be sent again, and takes effect once", async () => {
    const create = `mutation { createCustomer(input: { email: "away@a.example" }) { created } }`;
    const send = () =>
      fetch(`${api.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-api-key": api.key, "idempotency-key": "away-1" },
        body: JSON.stringify({ query: create }),
      });
    proxy.cut();
    expect((await send()).status).toBe(503);
    proxy.mend();
    expect(await (await send()).json()).toMatchObject({ data: { createCustomer: { created: true } } });
    expect(await (await send()).json()).toMatchObject({ extensions: { idempotency: { replayed: true } } });
    expect(await api.database.prisma.customer.count({ where: { email: "away@a.example" } })).toBe(1);
  });
});

describe.skipIf(!serverUrl)("a pool of connections that is taken", () => {
  it("answers every request, in turn or with 503", async () => {
    const api = await startApi();
    const held = await Promise.all(
      Array.from({ length: api.database.pool.options.max }, () => api.database.pool.connect()),
    );
    const requests = Array.from({ length: 700 }, () =>
      api.graphql("{ customers(first: 1) { nodes { id } } }"),
    );
    const tooMany = await Promise.race(requests);
    expect(tooMany).toMatchObject({ status: 503, errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }] });
    for (const client of held) client.release();
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(400);
    await api.close();
  });
});
