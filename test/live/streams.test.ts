import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { revokeKey } from "../../src/domains/access/index.ts";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";
import { type Watch, watch } from "./watch.ts";

let api: TestApi;
/** What other processes were told. */
const announced: string[] = [];
beforeAll(async () => {
  const announcements = {
    announce: (environmentId: string) => void announced.push(environmentId),
    listen: () => {},
    close: () => Promise.resolve(),
  };
  api = await startApi({ announcements });
});
afterAll(() => api.close());

const open: Watch[] = [];
afterAll(() => open.forEach((stream) => stream.close()));

async function follow(query: string, variables = {}, key = api.key): Promise<Watch> {
  const stream = await watch(api, query, variables, key);
  open.push(stream);
  return stream;
}

const changes = `subscription ($after: String, $ids: [ID!]) {
  customerChanged(after: $after, ids: $ids) { cursor type occurredAt customer { id name } } }`;
const create = `mutation ($name: String!, $email: String!) {
  createCustomer(input: { name: $name, email: $email }) { customer { id } userErrors { message } } }`;

let count = 0;
async function createCustomer(name: string, environment: TestEnvironment = api): Promise<string> {
  count += 1;
  const { data } = await api.query(create, { name, email: `live${count}@example.org` }, environment.key);
  return data.createCustomer.customer.id as string;
}

describe("a live stream", () => {
  it("tells of changes as they are committed, with the object as it is", async () => {
    const stream = await follow(changes);
    const id = await createCustomer("Ada");
    const [created] = await stream.take(1);
    expect(created).toEqual({
      customerChanged: {
        cursor: expect.any(String) as string,
        type: "customer.created",
        occurredAt: expect.any(String) as string,
        customer: { id, name: "Ada" },
      },
    });
    await api.query(
      'mutation ($id: ID!) { updateCustomer(input: { customer: { id: $id }, name: "Ada L." }) { customer { id } } }',
      { id },
    );
    expect(announced).toEqual([api.environmentId, api.environmentId]);
    const [updated] = await stream.take(1);
    expect(updated.customerChanged).toMatchObject({ type: "customer.updated", customer: { name: "Ada L." } });
  });

  it("tells of what a keyed request did", async () => {
    const stream = await follow(changes);
    announced.length = 0;
    const response = await fetch(`${api.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": api.key, "idempotency-key": "live" },
      body: JSON.stringify({ query: create, variables: { name: "Keyed", email: "keyed@example.org" } }),
    });
    expect(response.status).toBe(200);
    const [created] = await stream.take(1);
    expect(created.customerChanged.customer.name).toBe("Keyed");
    expect(announced).toEqual([api.environmentId]);
  });

  it("goes on after a cursor: nothing is missed, and nothing comes twice", async () => {
    const { data } = await api.query("{ latestEventCursor }");
    const made = Promise.all(Array.from({ length: 60 }, (_, index) => createCustomer(`Many ${index}`)));
    const seen: string[] = [];
    let after = data.latestEventCursor as string;
    while (seen.length < 60) {
      const stream = await follow(changes, { after });
      for (const { customerChanged } of await stream.take(Math.min(7, 60 - seen.length))) {
        seen.push(customerChanged.customer.id);
        after = customerChanged.cursor;
      }
      stream.close();
    }
    expect(seen.toSorted()).toEqual((await made).toSorted());
    const last = await follow(changes, { after });
    const next = await createCustomer("The next");
    expect((await last.take(1))[0].customerChanged.customer.id).toBe(next);
  });

  it("can be narrowed to some objects", async () => {
    const [, second] = [await createCustomer("One"), await createCustomer("Two")];
    const stream = await follow(changes, { ids: [second.toUpperCase()] });
    await createCustomer("Three");
    await api.query(
      'mutation ($id: ID!) { updateCustomer(input: { customer: { id: $id }, name: "Second" }) { customer { id } } }',
      { id: second },
    );
    const [first] = await stream.take(1);
    expect(first.customerChanged.customer).toEqual({ id: second, name: "Second" });
  });

  it("tells nobody what happens in another environment", async () => {
    const other = await api.newEnvironment();
    const [mine, theirs] = [await follow(changes), await follow(changes, {}, other.key)];
    await createCustomer("Theirs", other);
    const own = await createCustomer("Mine");
    expect((await mine.take(1))[0].customerChanged.customer.id).toBe(own);
    expect((await theirs.take(1))[0].customerChanged.customer.name).toBe("Theirs");
    // A cursor is a place, and no right to see what is there.
    const { data } = await api.query("{ latestEventCursor }");
    await createCustomer("Theirs again", other);
    const later = await createCustomer("Mine again");
    const stream = await follow(changes, { after: data.latestEventCursor });
    expect((await stream.take(1))[0].customerChanged.customer.id).toBe(later);
  });
});

describe("events", () => {
  const events = `subscription ($types: [String!]) { events(types: $types) {
    id cursor type objectType objectId data previousAttributes requestId createdAt } }`;

  it("are told with all that was written of them", async () => {
    const stream = await follow(events, { types: ["customer.updated"] });
    const id = await createCustomer("Before");
    await api.query(
      'mutation ($id: ID!) { updateCustomer(input: { customer: { id: $id }, name: "After" }) { customer { id } } }',
      { id },
    );
    const [{ events: event }] = await stream.take(1);
    expect(event).toMatchObject({ type: "customer.updated", objectType: "customer", objectId: id });
    expect(event.data).toMatchObject({ id, name: "After" });
    expect(event.data).not.toHaveProperty("environmentId");
    expect(event.previousAttributes).toEqual({ name: "Before" });
    expect(event.requestId).toEqual(expect.any(String));
  });

  it("are those that the key may read", async () => {
    const key = await api.keyWith("events:read", "products:read", "customers:write");
    const [all, some] = [await follow(events, {}, key), await follow(events, { types: ["product.*"] }, key)];
    await createCustomer("Unseen");
    await api.query(
      `mutation { createProduct(input: { name: "Seen", kind: ONE_TIME, productKey: "seen" }) { product { id } userErrors { message } } }`,
    );
    expect((await all.take(1))[0].events.type).toBe("product.created");
    expect((await some.take(1))[0].events.type).toBe("product.created");
  });
});

describe("refused is", () => {
  const refusal = async (query: string, variables = {}, key = api.key) => {
    const stream = await follow(query, variables, key);
    const first = await stream.next();
    expect(await stream.next()).toBeUndefined();
    expect(first?.errors).toHaveLength(1);
    return first!.errors![0]!;
  };
  const events =
    "subscription ($types: [String!], $after: String) { events(types: $types, after: $after) { id } }";

  it.each([
    ["a key without the scope", "subscription { invoiceChanged { cursor } }", {}, "PERMISSION_DENIED"],
    ["a type that the key may not read", events, { types: ["invoice.paid"] }, "PERMISSION_DENIED"],
    ["what is no type", events, { types: ["*"] }, "INVALID_REQUEST"],
    ["a mistyped type", events, { types: ["invoice.payed"] }, "INVALID_REQUEST"],
    ["a mistyped object", events, { types: ["invoices.*"] }, "INVALID_REQUEST"],
    ["a part of a type", events, { types: ["usage.threshold.*"] }, "INVALID_REQUEST"],
    ["what is no cursor", events, { after: "x" }, "INVALID_REQUEST"],
    ["a cursor of a list", events, { after: btoa('["CREATED_AT","1","2"]') }, "INVALID_REQUEST"],
    ["a text that cannot be stored", events, { after: "\u0000" }, "INVALID_REQUEST"],
    [
      "two live fields",
      "subscription { customerChanged { cursor } invoiceChanged { cursor } }",
      {},
      "INVALID_REQUEST",
    ],
  ])("%s", async (_what, query, variables, code) => {
    const key = await api.keyWith("events:read", "customers:read");
    const { extensions, message } = await refusal(query, variables, key);
    expect({ code: extensions.code, message }).toEqual({ code, message: expect.any(String) as string });
  });

  it("an answer that is not a stream", async () => {
    const { status, errors } = await api.graphql("subscription { customerChanged { cursor } }");
    expect(status).toBe(200);
    expect(errors?.[0]).toMatchObject({
      message: "Ask for a live stream with the header accept: text/event-stream.",
      extensions: { code: "INVALID_REQUEST" },
    });
  });

  it("a stream more than a key may have open", async () => {
    const key = await api.keyWith("customers:read");
    const streams = await Promise.all(Array.from({ length: 100 }, () => follow(changes, {}, key)));
    expect((await refusal(changes, {}, key)).extensions.code).toBe("RATE_LIMIT_EXCEEDED");
    streams.pop()?.close();
    let again: Awaited<ReturnType<Watch["next"]>>;
    do {
      const stream = await follow(changes, {}, key);
      const first = stream.next();
      await createCustomer("Room again");
      again = await first;
    } while (again?.errors);
    expect(again?.data).toBeDefined();
    streams.forEach((stream) => stream.close());
  });

  it("who has a key no more, at once", async () => {
    const key = await api.keyWith("customers:read");
    const stream = await follow(changes, {}, key);
    const { id } = await api.database.prisma.apiKey.findFirstOrThrow({ where: { lastFour: key.slice(-4) } });
    await revokeKey(api.database.prisma, id);
    const told = await stream.next();
    expect(told?.errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    expect(await stream.next()).toBeUndefined();
  });
});
