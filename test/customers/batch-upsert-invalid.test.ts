import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Tenant, documentOf, newTenant, post } from "./support.ts";

let api: TestApi;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  tenant = await newTenant(api);
});
afterAll(() => api.close());

const long = (length: number) => "x".repeat(length);
const document = documentOf("upsertCustomersByExternalId");
const keys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));

/** How many customers and events the tenant has. */
async function written(): Promise<{ customers: number; events: number }> {
  const where = { environmentId: tenant.environmentId };
  const { customer, event } = api.database.prisma;
  return { customers: await customer.count({ where }), events: await event.count({ where }) };
}

describe("a bad row", () => {
  it.each<[string, object, string, string[], RegExp]>([
    ["an empty id", { externalId: "" }, "REQUIRED", ["externalId"], /^externalId must not be empty\.$/],
    ["an over-long id", { externalId: long(256) }, "TOO_LONG", ["externalId"], /at most 255 characters/],
    ["no e-mail address", { email: undefined }, "REQUIRED", ["email"], /needs an e-mail address/],
    ["an e-mail address that is null", { email: null }, "REQUIRED", ["email"], /^email must not be empty\.$/],
    ["an empty e-mail address", { email: "" }, "REQUIRED", ["email"], /^email must not be empty\.$/],
    ["a blank e-mail address", { email: "  " }, "INVALID", ["email"], /must be an e-mail address/],
    ["no domain", { email: "john@" }, "INVALID", ["email"], /such as john@example.com\.$/],
    ["two @", { email: "john@x@a.example" }, "INVALID", ["email"], /must be an e-mail address/],
    ["a line in an e-mail address", { email: "j@a.example\nb@a.example" }, "INVALID", ["email"], /e-mail/],
    ["a long e-mail address", { email: `${long(250)}@a.example` }, "TOO_LONG", ["email"], /at most 254/],
    ["a long name", { name: long(256) }, "TOO_LONG", ["name"], /^name must have at most 255 characters\.$/],
    ["a long phone", { phone: long(41) }, "TOO_LONG", ["phone"], /at most 40/],
    ["a long company", { companyName: long(256) }, "TOO_LONG", ["companyName"], /at most 255/],
    ["a long tax number", { taxId: long(101) }, "TOO_LONG", ["taxId"], /at most 100/],
    ["a long reference", { merchantRefId: long(256) }, "TOO_LONG", ["merchantRefId"], /at most 255/],
    [
      "1 MB of notes",
      { notes: long(1_000_000) },
      "TOO_LONG",
      ["notes"],
      /^notes must have at most 5000 characters\.$/,
    ],
    ["a login that is no UUID", { authUserId: "me" }, "INVALID", ["authUserId"], /must be a UUID/],
    ["a long line 1", { address: { line1: long(256) } }, "TOO_LONG", ["address", "line1"], /at most 255/],
    ["a long line 2", { address: { line2: long(256) } }, "TOO_LONG", ["address", "line2"], /at most 255/],
    ["a long city", { address: { city: long(101) } }, "TOO_LONG", ["address", "city"], /at most 100/],
    ["a long state", { address: { state: long(101) } }, "TOO_LONG", ["address", "state"], /at most 100/],
    ["a long region", { address: { region: long(101) } }, "TOO_LONG", ["address", "region"], /at most 100/],
    [
      "a long postal code",
      { address: { postalCode: long(21) } },
      "TOO_LONG",
      ["address", "postalCode"],
      /at most 20/,
    ],
    [
      "a country of three letters",
      { address: { country: "USA" } },
      "INVALID",
      ["address", "country"],
      /alpha-2/,
    ],
    [
      "a country that is none",
      { address: { country: "XX" } },
      "INVALID",
      ["address", "country"],
      /such as US/,
    ],
    [
      "the ß, which is SS in capitals",
      { address: { country: "ß" } },
      "INVALID",
      ["address", "country"],
      /alpha-2/,
    ],
    ["a tax country that is none", { taxIdCountry: "EU" }, "INVALID", ["taxIdCountry"], /alpha-2/],
    ["a time zone that is none", { timezone: "Mars/Olympus" }, "INVALID", ["timezone"], /Europe\/Berlin/],
    ["an offset as time zone", { timezone: "+01:00" }, "INVALID", ["timezone"], /IANA/],
    [
      "a date without time",
      { externalUpdatedAt: "2026-01-01" },
      "INVALID",
      ["externalUpdatedAt"],
      /RFC 3339/,
    ],
    [
      "a time without offset",
      { externalUpdatedAt: "2026-01-01T00:00:00" },
      "INVALID",
      ["externalUpdatedAt"],
      /offset/,
    ],
    [
      "a day that is none",
      { externalUpdatedAt: "2026-02-29T00:00:00Z" },
      "INVALID",
      ["externalUpdatedAt"],
      /date/,
    ],
    ["a number as a date", { externalUpdatedAt: 1_767_225_600 }, "INVALID", ["externalUpdatedAt"], /date/],
    ["an empty date", { externalUpdatedAt: "" }, "INVALID", ["externalUpdatedAt"], /date/],
    [
      "metadata that is a text",
      { metadata: "text" },
      "INVALID",
      ["metadata"],
      /^metadata must be a JSON object\.$/,
    ],
    ["metadata that is a list", { metadata: ["a"] }, "INVALID", ["metadata"], /must be a JSON object/],
    ["a number in metadata", { metadata: { a: 5 } }, "INVALID", ["metadata", "a"], /^a must be a text\.$/],
    ["an object in metadata", { metadata: { a: {} } }, "INVALID", ["metadata", "a"], /^a must be a text\.$/],
    ["51 keys", { metadata: keys(51) }, "TOO_LONG", ["metadata"], /^metadata must have at most 50 keys\.$/],
    [
      "a long key",
      { metadata: { [long(41)]: "" } },
      "TOO_LONG",
      ["metadata", long(41)],
      /at most 40 characters/,
    ],
    ["an empty key", { metadata: { "": "x" } }, "REQUIRED", ["metadata", ""], /must not be empty/],
    ["a long value", { metadata: { a: long(501) } }, "TOO_LONG", ["metadata", "a"], /at most 500/],
    [
      "a list as custom field",
      { customFields: { a: [] } },
      "INVALID",
      ["customFields", "a"],
      /a text, a number/,
    ],
    [
      "a long custom field",
      { customFields: { a: long(501) } },
      "TOO_LONG",
      ["customFields", "a"],
      /at most 500/,
    ],
    [
      "a long __proto__",
      { metadata: JSON.parse(`{"__proto__":"${long(501)}"}`) as object },
      "TOO_LONG",
      ["metadata", "__proto__"],
      /500/,
    ],
    ["NUL in an id", { externalId: "a\0b" }, "INVALID", ["externalId"], /NUL/],
    ["NUL in a name", { name: "a\0b" }, "INVALID", ["name"], /^name must not contain the NUL character\.$/],
    ["NUL in a city", { address: { city: "\0" } }, "INVALID", ["address", "city"], /NUL/],
    ["NUL in a key", { metadata: { "a\0": "x" } }, "INVALID", ["metadata", "a\0"], /NUL/],
    ["NUL in a value", { customFields: { a: "\0" } }, "INVALID", ["customFields", "a"], /NUL/],
  ])(
    "%s fails with its code and path, and leaves the others alone",
    async (_name, bad, code, path, message) => {
      const rows = ["one", "two", "bad", "three"].map((name, index) => ({
        externalId: `E-${index}`,
        email: `${name}@a.example`,
        ...(name === "bad" && bad),
      }));
      const payload = await tenant.upsert(rows);
      expect(payload).toMatchObject({ created: 3, updated: 0, skipped: 0, failed: 1, userErrors: [] });
      const [, , failed] = payload.results;
      expect(failed).toMatchObject({ index: 2, outcome: "FAILED", customer: null, warnings: [] });
      expect(failed.userErrors).toMatchObject([
        {
          __typename: "InputError",
          code,
          path: ["customers", "2", ...path],
          docUrl: `/docs/errors#${code.toLowerCase()}`,
        },
      ]);
      expect(failed.userErrors[0].message).toMatch(message);
      expect(failed.userErrors[0].message.length).toBeLessThan(200);
      expect(await written()).toEqual({ customers: 3, events: 3 });
    },
  );

  it("leaves a customer that it would have changed as it was", async () => {
    await tenant.upsert([{ externalId: "E", email: "e@a.example", name: "Eve", metadata: keys(50) }]);
    const payload = await tenant.upsert([
      { externalId: "E", name: "Changed", address: { country: "XX" } },
      { externalId: "E", name: "Changed", metadata: { one: "more" } },
    ]);
    expect(payload).toMatchObject({ failed: 2 });
    expect(payload.results[1].userErrors).toMatchObject([
      { code: "TOO_LONG", path: ["customers", "1", "metadata"] },
    ]);
    expect(await tenant.find("E")).toMatchObject({ name: "Eve", version: 1 });
    const swapped = await tenant.upsert([{ externalId: "E", metadata: { k0: null, one: "more" } }]);
    expect(swapped).toMatchObject({ updated: 1 });
  });

  it("has an error for each thing that is wrong", async () => {
    const { results } = await tenant.upsert([
      { externalId: "", email: "x", name: "\0", address: { country: "1" } },
    ]);
    const paths = results[0].userErrors.map(({ path }: { path: string[] }) => path.slice(2).join("."));
    expect(paths.toSorted()).toEqual(["address.country", "email", "externalId", "name"]);
  });

  it("tells half a surrogate pair, which JSON can carry", async () => {
    const row = (index: number, fields: string) =>
      `{"externalId":"E-${index}","email":"e${index}@a.example"${fields}}`;
    const rows = [
      row(0, ""),
      row(1, String.raw`,"name":"a\ud800"`),
      row(2, String.raw`,"metadata":{"\udc00":"x"}`),
      row(3, String.raw`,"customFields":{"a":"\ud83d"}`),
      row(4, String.raw`,"name":"a\ud83c\udf89"`),
      String.raw`{"externalId":"\udfff","email":"e5@a.example"}`,
    ];
    const variables = `{"input":{"source":"practicehub","customers":[${rows.join(",")}]}}`;
    const answer = await post(
      api,
      tenant.key,
      `{"query":${JSON.stringify(document)},"variables":${variables}}`,
    );
    const { results, created, failed } = answer.data.upsertCustomersByExternalId;
    expect({ created, failed }).toEqual({ created: 2, failed: 4 });
    const paths = results.map(({ userErrors }: { userErrors: { path: string[] }[] }) =>
      userErrors[0]?.path.slice(2),
    );
    expect(paths).toEqual([
      undefined,
      ["name"],
      ["metadata", "\udc00"],
      ["customFields", "a"],
      undefined,
      ["externalId"],
    ]);
    expect(results[1].userErrors[0]).toMatchObject({
      code: "INVALID",
      message: expect.stringContaining("surrogate") as string,
    });
    expect(results[5].externalId).toBeNull();
    expect(await tenant.find("E-4")).toMatchObject({ name: "a🎉" });
  });
});

describe("a bad request", () => {
  it.each<[string, object, string, string[]]>([
    ["no row", { source: "s", customers: [] }, "REQUIRED", ["customers"]],
    [
      "101 rows",
      { source: "s", customers: Array.from({ length: 101 }, (_, index) => ({ externalId: `${index}` })) },
      "TOO_MANY",
      ["customers"],
    ],
    ["an empty source", { source: "", customers: [{ externalId: "1" }] }, "REQUIRED", ["source"]],
    ["a long source", { source: long(65), customers: [{ externalId: "1" }] }, "TOO_LONG", ["source"]],
    ["NUL in the source", { source: "a\0", customers: [{ externalId: "1" }] }, "INVALID", ["source"]],
  ])("%s is refused with an error of its own", async (_name, input, code, path) => {
    const payload = await tenant.mutate("upsertCustomersByExternalId", input);
    expect(payload).toMatchObject({ results: null, created: 0, updated: 0, skipped: 0, failed: 0 });
    expect(payload.userErrors).toMatchObject([{ __typename: "InputError", code, path }]);
    expect(await written()).toEqual({ customers: 0, events: 0 });
  });

  it("takes a hundred rows", async () => {
    const customers = Array.from({ length: 100 }, (_, index) => ({
      externalId: `${index}`,
      email: `${index}@a.example`,
    }));
    expect(await tenant.upsert(customers)).toMatchObject({ created: 100, userErrors: [] });
  });

  const good = { externalId: "1", email: "good@a.example" };
  it.each<[string, unknown]>([
    ["a number as e-mail address", { source: "s", customers: [good, { externalId: "2", email: 5 }] }],
    ["a number as id", { source: "s", customers: [good, { externalId: 2 }] }],
    ["no id", { source: "s", customers: [good, { email: "x@a.example" }] }],
    ["a field that is none", { source: "s", customers: [good, { externalId: "2", mail: "x@a.example" }] }],
    ["an address that is a text", { source: "s", customers: [good, { externalId: "2", address: "Main 1" }] }],
    ["a row that is null", { source: "s", customers: [good, null] }],
    ["no source", { customers: [good] }],
    ["no input", undefined],
  ])("%s is refused by GraphQL, with nothing changed", async (_name, input) => {
    const body = { query: document, variables: { input } };
    const answer = await post(api, tenant.key, body, { accept: "application/graphql-response+json" });
    expect(answer.status).toBe(400);
    expect(answer.data).toBeUndefined();
    const requestId = answer.headers.get("x-request-id");
    expect(answer.errors[0].extensions).toEqual({
      code: "INVALID_REQUEST",
      type: "invalid_request_error",
      requestId,
    });
    expect(await written()).toEqual({ customers: 0, events: 0 });
  });
});
