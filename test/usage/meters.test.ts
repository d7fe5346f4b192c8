import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Merchant, newMerchant } from "../catalog/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
let merchant: Merchant;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  merchant = await newMerchant(api);
});
afterAll(() => api.close());

const fields = "id name description eventName aggregation uniqueKey unitName status metadata version";
const create = (input: object) => merchant.mutate("createMeter", input, `meter { ${fields} }`);
const change = (name: string, input: object) => merchant.mutate(name, input, `changed meter { ${fields} }`);
const calls = { name: "Calls", eventName: "api.call" };
const types = async () => (await merchant.events()).map(({ type }) => type);

describe("createMeter", () => {
  it("creates a meter that counts, unless it says otherwise, and tells of it", async () => {
    const { meter, userErrors } = await create(calls);
    expect(userErrors).toEqual([]);
    expect(meter).toMatchObject({
      ...calls,
      aggregation: "COUNT",
      uniqueKey: null,
      status: "ACTIVE",
      version: 1,
    });
    expect(await types()).toEqual(["meter.created"]);
  });

  it("keeps what describes it", async () => {
    const input = {
      name: "Members",
      eventName: "visit",
      aggregation: "COUNT_UNIQUE",
      uniqueKey: "member",
      description: "Who came.",
      unitName: "member",
      metadata: { team: "gym" },
    };
    expect((await create(input)).meter).toMatchObject(input);
  });

  it.each([
    ["no name", { ...calls, name: "" }, "REQUIRED", ["name"]],
    ["no event name", { ...calls, eventName: "" }, "REQUIRED", ["eventName"]],
    ["COUNT_UNIQUE of nothing", { ...calls, aggregation: "COUNT_UNIQUE" }, "REQUIRED", ["uniqueKey"]],
    ["a property that nothing counts", { ...calls, uniqueKey: "user" }, "INVALID", ["uniqueKey"]],
    ["metadata that are no texts", { ...calls, metadata: { a: 1 } }, "INVALID", ["metadata", "a"]],
  ])("refuses %s, and makes nothing", async (_what, input, code, path) => {
    expect(await create(input)).toMatchObject({ meter: null, userErrors: [{ code, path }] });
    expect(await types()).toEqual([]);
  });

  it("refuses a name of events that another meter has, archived or not", async () => {
    await create(calls);
    const taken = { meter: null, userErrors: [{ code: "CONFLICT", path: ["eventName"] }] };
    expect(await create({ ...calls, name: "Other" })).toMatchObject(taken);
    await change("archiveMeter", { meter: { eventName: calls.eventName } });
    expect(await create({ ...calls, name: "Other" })).toMatchObject(taken);
  });

  it("lets one of several who want the same name at once have it", async () => {
    const payloads = await Promise.all(Array.from({ length: 4 }, () => create(calls)));
    expect(payloads.filter(({ meter }) => meter)).toHaveLength(1);
    expect(payloads.flatMap(({ userErrors }) => userErrors.map(({ code }: any) => code))).toEqual(
      Array.from({ length: 3 }, () => "CONFLICT"),
    );
  });
});

describe("updateMeter", () => {
  it("changes labels, merges metadata, and tells what was there before", async () => {
    const { meter } = await create({ ...calls, unitName: "call", metadata: { a: "1", b: "2" } });
    const payload = await change("updateMeter", {
      meter: { id: meter.id },
      name: "API calls",
      unitName: null,
      metadata: { b: null, c: "3" },
    });
    expect(payload).toMatchObject({
      changed: true,
      meter: { name: "API calls", unitName: null, metadata: { a: "1", c: "3" }, version: 2 },
    });
    const [, updated] = await merchant.events();
    expect(updated).toMatchObject({
      type: "meter.updated",
      previousAttributes: { name: "Calls", unitName: "call", metadata: { a: "1", b: "2" } },
    });
  });

  it("of nothing writes nothing", async () => {
    const { meter } = await create(calls);
    const payload = await change("updateMeter", { meter: { id: meter.id }, name: calls.name });
    expect(payload).toMatchObject({ changed: false, meter: { version: 1 } });
    expect(await types()).toEqual(["meter.created"]);
  });

  it.each([
    ["a meter that is not there", { meter: { eventName: "none" } }, "NOT_FOUND", ["meter"]],
    ["an id that is none", { meter: { id: "none" } }, "NOT_FOUND", ["meter"]],
    [
      "another version",
      { meter: { eventName: calls.eventName }, expectedVersion: 7 },
      "VERSION_MISMATCH",
      ["expectedVersion"],
    ],
    ["an empty name", { meter: { eventName: calls.eventName }, name: "" }, "REQUIRED", ["name"]],
  ])("refuses %s", async (_what, input, code, path) => {
    await create(calls);
    expect(await change("updateMeter", input)).toMatchObject({ meter: null, userErrors: [{ code, path }] });
  });

  it("finds no meter of another environment", async () => {
    const { meter } = await create(calls);
    merchant = await newMerchant(api);
    const { userErrors } = await change("updateMeter", { meter: { id: meter.id }, name: "Mine" });
    expect(userErrors).toMatchObject([{ code: "NOT_FOUND" }]);
  });
});

describe("archiveMeter and restoreMeter", () => {
  it("go there and back, each once", async () => {
    const { meter } = await create(calls);
    const reference = { meter: { id: meter.id } };
    expect(await change("archiveMeter", reference)).toMatchObject({
      changed: true,
      meter: { status: "ARCHIVED" },
    });
    expect(await change("archiveMeter", reference)).toMatchObject({ changed: false });
    expect(await change("restoreMeter", reference)).toMatchObject({
      changed: true,
      meter: { status: "ACTIVE" },
    });
    expect(await types()).toEqual(["meter.created", "meter.archived", "meter.restored"]);
  });
});
