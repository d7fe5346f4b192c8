import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { openStore } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const reports = { key: "reports", name: "Reports", type: "STATIC" };

describe("createBenefit", () => {
  test("creates one of every type, with what was said of it and the rest as usual", async () => {
    const store = await openStore(api);
    const meterId = await store.insert("Meter", {});
    const create = async (input: object) =>
      (await store.done("createBenefit", { name: "B", ...input })).benefit;
    const usual = {
      limit: null,
      resetPeriod: "BILLING_PERIOD",
      overageAllowed: false,
      config: {},
      metadata: {},
      active: true,
    };
    expect(await create({ key: "a", type: "BOOLEAN" })).toMatchObject({ ...usual, version: 1, meter: null });
    const config = { tier: "gold", rows: 10, beta: true };
    expect(await create({ key: "b", type: "STATIC", config })).toMatchObject({ ...usual, config });
    expect(
      await create({
        key: "c",
        type: "METERED",
        meterId,
        limit: "10.5",
        resetPeriod: "DAY",
        overageAllowed: true,
      }),
    ).toMatchObject({ limit: "10.5", resetPeriod: "DAY", overageAllowed: true, meter: { id: meterId } });
    expect(await create({ key: "d", type: "SEATS" })).toMatchObject({ limit: "1" });
    expect(await create({ key: "e", type: "SEATS", limit: null })).toMatchObject({ limit: null });
    expect(await create({ key: "f", type: "QUOTA", limit: "3" })).toMatchObject({ limit: "3" });
    expect(await store.told()).toEqual(Array(6).fill("benefit.created"));
  });

  test.each([
    ["no name", { name: "" }, "REQUIRED", "name"],
    ["a key with a space", { key: "a b" }, "INVALID", "key"],
    ["a limit of what is not counted", { limit: "1" }, "INVALID", "limit"],
    ["a span of what is not counted", { resetPeriod: "DAY" }, "INVALID", "resetPeriod"],
    ["a limit below 0", { type: "QUOTA", limit: "-1" }, "INVALID", "limit"],
    ["a limit that is no number", { type: "QUOTA", limit: "many" }, "INVALID", "limit"],
    ["METERED without a meter", { type: "METERED" }, "REQUIRED", "meterId"],
    ["an unknown meter", { type: "METERED", meterId: newId() }, "NOT_FOUND", "meterId"],
    ["a meter that is nothing", { type: "METERED", meterId: "1" }, "NOT_FOUND", "meterId"],
    ["a meter of what is not METERED", { meterId: newId() }, "INVALID", "meterId"],
    ["settings within settings", { config: { a: {} } }, "INVALID", "config,a"],
    ["an icon that is no address", { iconUrl: "icon" }, "INVALID", "iconUrl"],
  ])("refuses %s", async (_what, input, code, path) => {
    const store = await openStore(api);
    const { benefit, userErrors } = await store.act("createBenefit", { ...reports, ...input });
    expect(benefit).toBeNull();
    expect(userErrors.map((one: any) => [one.code, one.path.join()])).toEqual([[code, path]]);
    expect(await store.told()).toEqual([]);
  });

  test("takes no key twice, not even an archived one's or at once", async () => {
    const store = await openStore(api);
    const answers = await Promise.all([1, 2, 3].map(() => store.act("createBenefit", reports)));
    expect(answers.filter(({ benefit }) => benefit)).toHaveLength(1);
    await store.done("archiveBenefit", { benefit: { key: "reports" } });
    expect(await store.act("createBenefit", reports)).toMatchObject({
      userErrors: [{ code: "CONFLICT", path: ["key"] }],
    });
    expect(await (await openStore(api)).act("createBenefit", reports)).toMatchObject({ userErrors: [] });
  });
});

describe("a benefit", () => {
  test("is changed by what is sent, guarded by its version", async () => {
    const store = await openStore(api);
    await store.done("createBenefit", { ...reports, config: { rows: 1 }, metadata: { a: "1", b: "2" } });
    const benefit = { key: "reports" };
    const changed = await store.done("updateBenefit", {
      benefit,
      name: "More",
      config: { rows: 2 },
      metadata: { b: null },
      expectedVersion: 1,
    });
    expect(changed).toMatchObject({
      changed: true,
      benefit: { name: "More", config: { rows: 2 }, metadata: { a: "1" }, version: 2 },
    });
    expect(await store.done("updateBenefit", { benefit, name: "More" })).toMatchObject({
      changed: false,
      benefit: { version: 2 },
    });
    expect(await store.act("updateBenefit", { benefit, name: "X", expectedVersion: 1 })).toMatchObject({
      benefit: null,
      userErrors: [{ __typename: "VersionMismatch", currentVersion: 2 }],
    });
    expect(await store.act("updateBenefit", { benefit, limit: "1" })).toMatchObject({
      userErrors: [{ code: "INVALID", path: ["limit"] }],
    });
    expect(await store.act("updateBenefit", { benefit: { key: "x" }, name: "X" })).toMatchObject({
      userErrors: [{ code: "NOT_FOUND", path: ["benefit"] }],
    });
    expect(await store.told()).toEqual(["benefit.created", "benefit.updated"]);
  });

  test("that is archived stays with whoever has it, and cannot be given", async () => {
    const store = await openStore(api);
    const priceId = await store.sell({ key: "reports", type: "BOOLEAN" });
    await store.subscribe({ items: [{ price: { id: priceId } }] });
    const benefit = { key: "reports" };
    expect(await store.done("archiveBenefit", { benefit })).toMatchObject({
      changed: true,
      benefit: { active: false },
    });
    expect(await store.done("archiveBenefit", { benefit })).toMatchObject({ changed: false });
    expect(await store.check("reports")).toMatchObject({ entitled: true });
    const product = { id: await store.insert("Product", {}) };
    for (const [name, to] of [
      ["attachBenefit", { product }],
      ["grantEntitlement", { customer: { id: store.customerId } }],
    ] as const) {
      expect(await store.act(name, { benefit, ...to })).toMatchObject({
        userErrors: [{ code: "ILLEGAL_STATE", path: ["benefit"] }],
      });
    }
    expect(await store.done("restoreBenefit", { benefit })).toMatchObject({
      changed: true,
      benefit: { active: true },
    });
    expect(await store.done("attachBenefit", { benefit, product })).toMatchObject({ created: true });
  });

  test("is attached once, changed, and detached", async () => {
    const store = await openStore(api);
    await store.done("createBenefit", { key: "projects", name: "P", type: "QUOTA", limit: "1" });
    const productId = await store.insert("Product", { productKey: "pro" });
    const both = { benefit: { key: "projects" }, product: { productKey: "pro" } };
    expect(await store.done("attachBenefit", { ...both, limit: "5" })).toMatchObject({
      created: true,
      productBenefit: { limit: "5", unlimited: false, resetPeriod: null, overageAllowed: null, version: 1 },
    });
    expect(await store.done("attachBenefit", { ...both, limit: "5" })).toMatchObject({
      created: false,
      changed: false,
    });
    expect(await store.done("attachBenefit", { ...both, unlimited: true, expectedVersion: 1 })).toMatchObject(
      {
        changed: true,
        productBenefit: { limit: null, unlimited: true, version: 2 },
      },
    );
    for (const [wrong, code] of [
      [{ limit: "5", unlimited: true }, "INVALID"],
      [{ limit: "5", expectedVersion: 1 }, "VERSION_MISMATCH"],
      [{ product: { id: newId() } }, "NOT_FOUND"],
      [{ benefit: { id: newId() } }, "NOT_FOUND"],
    ] as const) {
      expect(await store.act("attachBenefit", { ...both, ...wrong })).toMatchObject({
        productBenefit: null,
        userErrors: [{ code }],
      });
    }
    const { product } = await store.read(
      "query ($id: ID!) { product(id: $id) { benefits { totalCount nodes { unlimited benefit { key products { nodes { product { id } } } } } } } }",
      { id: productId },
    );
    expect(product.benefits).toEqual({
      totalCount: 1,
      nodes: [
        {
          unlimited: true,
          benefit: { key: "projects", products: { nodes: [{ product: { id: productId } }] } },
        },
      ],
    });
    expect(await store.done("detachBenefit", both)).toMatchObject({ detached: true });
    expect(await store.done("detachBenefit", both)).toMatchObject({ detached: false });
    expect(await store.told()).toEqual([
      "benefit.created",
      ...["created", "updated", "deleted"].map((what) => `product_benefit.${what}`),
    ]);
  });

  test("is attached once by many at once", async () => {
    const store = await openStore(api);
    await store.done("createBenefit", reports);
    const product = { id: await store.insert("Product", {}) };
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => store.done("attachBenefit", { product, benefit: { key: "reports" } })),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
  });
});

test("lists are filtered, and sorted as benefits are shown", async () => {
  const store = await openStore(api);
  for (const [key, displayOrder, category] of [
    ["c", 3, "x"],
    ["a", 1, "x"],
    ["b", 2, "y"],
  ] as const) {
    await store.done("createBenefit", {
      key,
      name: key,
      type: key === "a" ? "QUOTA" : "BOOLEAN",
      displayOrder,
      category,
    });
  }
  const keys = async (args: string) =>
    (await store.read(`{ benefits(${args}) { nodes { key } } }`)).benefits.nodes
      .map((one: any) => one.key)
      .join("");
  expect(await keys("orderBy: { field: DISPLAY_ORDER }")).toBe("abc");
  expect(await keys('filter: { category: "x" }, orderBy: { field: DISPLAY_ORDER, direction: DESC }')).toBe(
    "ca",
  );
  expect(await keys("filter: { type: [QUOTA] }")).toBe("a");
  expect(await keys('filter: { key: "b" }')).toBe("b");
  await store.done("archiveBenefit", { benefit: { key: "b" } });
  expect(await keys("filter: { active: false }")).toBe("b");
});

test.each([
  ["createBenefit", "products:write"],
  ["attachBenefit", "products:write"],
  ["grantEntitlement", "entitlements:write"],
  ["revokeEntitlement", "entitlements:write"],
  ["assignSeats", "entitlements:write"],
  ["changeQuota", "entitlements:write"],
])("%s needs %s", async (name, scope) => {
  const [customerId] = await insert(api, "Customer", [{}]);
  const inputs: Record<string, object> = {
    createBenefit: { key: newId(), name: "X", type: "BOOLEAN" },
    attachBenefit: { product: { id: newId() }, benefit: { key: "x" } },
    assignSeats: { subscriptionItemId: newId(), people: [{ userId: "1" }] },
    changeQuota: { customer: { id: customerId }, benefit: { key: "x" }, change: { add: "1" } },
  };
  const input = inputs[name] ?? { customer: { id: customerId }, benefit: { key: "x" } };
  const type = name.replace(/^./, (letter) => letter.toUpperCase());
  const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) { userErrors { code } } }`;
  const denied = await api.graphql(
    document,
    { input },
    { key: await api.keyWith("customers:write", "products:read", "entitlements:read") },
  );
  expect(denied.errors?.[0]).toMatchObject({ message: `This key lacks the scope ${scope}.` });
  expect((await api.graphql(document, { input }, { key: await api.keyWith(scope) })).errors).toBeUndefined();
});
