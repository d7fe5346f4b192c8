import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Store, openStore } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const benefit = { key: "reports" };

async function storeWith(type = "BOOLEAN"): Promise<Store & { readonly customer: { readonly id: string } }> {
  const store = await openStore(api);
  await store.done("createBenefit", { ...benefit, name: "Reports", type });
  return { ...store, customer: { id: store.customerId } };
}

describe("grantEntitlement", () => {
  test("gives a benefit until it expires, by the customer's clock", async () => {
    const store = await storeWith();
    const { customer } = store;
    const input = {
      customer,
      benefit,
      reason: "Beta",
      expiresAt: "2026-06-15T00:00:00Z",
      metadata: { by: "sales" },
    };
    const granted = await store.done("grantEntitlement", input);
    expect(granted).toMatchObject({
      created: true,
      changed: true,
      grant: {
        effect: "ALLOW",
        reason: "Beta",
        metadata: { by: "sales" },
        grantedAt: "2026-06-01T00:00:00.000Z",
        customer,
        benefit,
      },
    });
    expect(await store.check("reports")).toMatchObject({
      entitled: true,
      status: "ACTIVE",
      source: { kind: "GRANT", grant: { id: granted.grant.id }, subscription: null },
    });
    await store.setNow("2026-06-15T00:00:00.000Z");
    expect(await store.check("reports")).toMatchObject({
      entitled: false,
      reason: "EXPIRED",
      status: "CANCELED",
    });
    expect(await entitlements(store)).toEqual([]);
    expect(await entitlements(store, "filter: { includeExpired: true }")).toEqual([["reports", "EXPIRED"]]);
    // Granted again, it begins anew, without the old end.
    const again = await store.done("grantEntitlement", { customer, benefit });
    expect(again).toMatchObject({
      created: true,
      grant: { id: granted.grant.id, expiresAt: null, grantedAt: "2026-06-15T00:00:00.000Z", version: 2 },
    });
    expect(await entitlements(store)).toEqual([["reports", "ENTITLED"]]);
  });

  test("twice changes what is sent, and is one grant, also at once", async () => {
    const store = await storeWith();
    const { customer } = store;
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => store.done("grantEntitlement", { customer, benefit })),
    );
    expect(new Set(answers.map(({ grant }) => grant.id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    const changed = await store.done("grantEntitlement", {
      customer,
      benefit,
      reason: "Longer",
      expectedVersion: 1,
    });
    expect(changed).toMatchObject({ created: false, changed: true, grant: { reason: "Longer", version: 2 } });
    expect(await store.done("grantEntitlement", { customer, benefit })).toMatchObject({
      changed: false,
      grant: { reason: "Longer" },
    });
    expect(
      await store.act("grantEntitlement", { customer, benefit, reason: "x", expectedVersion: 1 }),
    ).toMatchObject({
      grant: null,
      userErrors: [{ __typename: "VersionMismatch" }],
    });
    expect(await store.told()).toEqual(["benefit.created", "entitlement.granted", "entitlement.updated"]);
  });

  test.each([
    ["an unknown customer", { customer: { id: newId() } }, "NOT_FOUND", "customer"],
    ["an unknown benefit", { benefit: { key: "x" } }, "NOT_FOUND", "benefit"],
    ["an end in the past", { expiresAt: "2026-05-31T00:00:00Z" }, "INVALID", "expiresAt"],
    ["a limit of what is not counted", { limit: "5" }, "INVALID", "limit"],
    ["a reason that is too long", { reason: "x".repeat(501) }, "TOO_LONG", "reason"],
  ])("refuses %s", async (_what, input, code, path) => {
    const store = await storeWith();
    const { userErrors } = await store.act("grantEntitlement", {
      customer: store.customer,
      benefit,
      ...input,
    });
    expect(userErrors).toMatchObject([{ code, path: [path] }]);
    expect(await store.told()).toEqual(["benefit.created"]);
  });

  test("refuses seats, archived customers, and another tenant's customers and benefits", async () => {
    const store = await storeWith("SEATS");
    const { customer } = store;
    expect(await store.act("grantEntitlement", { customer, benefit })).toMatchObject({
      userErrors: [{ code: "INVALID" }],
    });
    const [mine, other] = [await storeWith(), await storeWith()];
    const foreign = { customer: other.customer, benefit };
    expect(await mine.act("grantEntitlement", foreign)).toMatchObject({
      userErrors: [{ code: "NOT_FOUND", path: ["customer"] }],
    });
    const theirs = await other.done("grantEntitlement", { customer: other.customer, benefit });
    expect(await mine.act("revokeEntitlementGrant", { grantId: theirs.grant.id })).toMatchObject({
      userErrors: [{ code: "NOT_FOUND" }],
    });
    await api.database.prisma.customer.updateMany({
      where: { id: mine.customerId },
      data: { status: "ARCHIVED", archivedAt: new Date() },
    });
    expect(await mine.act("grantEntitlement", { customer: mine.customer, benefit })).toMatchObject({
      userErrors: [{ code: "ILLEGAL_STATE" }],
    });
  });
});

describe("revoking", () => {
  test("a grant ends it, once, and leaves what a subscription gives", async () => {
    const store = await storeWith();
    const { customer } = store;
    const { grant } = await store.done("grantEntitlement", { customer, benefit });
    const revoked = await store.done("revokeEntitlementGrant", { grantId: grant.id, reason: "Over" });
    expect(revoked).toMatchObject({
      changed: true,
      grant: { revocationReason: "Over", revokedAt: "2026-06-01T00:00:00.000Z" },
    });
    expect(await store.done("revokeEntitlementGrant", { grantId: grant.id })).toMatchObject({
      changed: false,
    });
    expect(await store.check("reports")).toMatchObject({ entitled: false, reason: "NOT_GRANTED" });
    expect((await store.done("grantEntitlement", { customer, benefit })).grant.id).not.toBe(grant.id);
    expect(await store.told()).toEqual([
      "benefit.created",
      "entitlement.granted",
      "entitlement.revoked",
      "entitlement.granted",
    ]);
    for (const grantId of [newId(), "1"]) {
      expect(await store.act("revokeEntitlementGrant", { grantId })).toMatchObject({
        userErrors: [{ code: "NOT_FOUND", path: ["grantId"] }],
      });
    }
  });

  test("by key ends the grant where nothing else gives the benefit", async () => {
    const store = await storeWith();
    const { customer } = store;
    expect(await store.act("revokeEntitlement", { customer, benefit })).toMatchObject({
      userErrors: [{ code: "NOT_FOUND", path: ["benefit"] }],
    });
    const { grant } = await store.done("grantEntitlement", { customer, benefit });
    expect(await store.done("revokeEntitlement", { customer, benefit, reason: "No" })).toMatchObject({
      changed: true,
      grant: { id: grant.id, effect: "ALLOW", revocationReason: "No" },
    });
    expect(await store.check("reports")).toMatchObject({ reason: "NOT_GRANTED" });
  });

  test("by key denies what a subscription gives, until the denial is revoked or the benefit granted", async () => {
    const store = await openStore(api);
    const customer = { id: store.customerId };
    const priceId = await store.sell({ ...benefit, type: "BOOLEAN" });
    await store.subscribe({ items: [{ price: { id: priceId } }] });
    await store.done("grantEntitlement", { customer, benefit });
    const denied = await store.done("revokeEntitlement", { customer, benefit, reason: "Abuse" });
    expect(denied).toMatchObject({
      changed: true,
      grant: { effect: "DENY", reason: "Abuse", revokedAt: null },
    });
    expect(await store.done("revokeEntitlement", { customer, benefit })).toMatchObject({
      changed: false,
      grant: { id: denied.grant.id },
    });
    const out = {
      entitled: false,
      hasAccess: false,
      accessLevel: "NONE",
      status: "CANCELED",
      reason: "REVOKED",
    };
    expect(await store.check("reports")).toMatchObject({
      ...out,
      source: { kind: "GRANT", grant: { id: denied.grant.id } },
    });
    expect(await entitlements(store)).toEqual([["reports", "REVOKED"]]);
    await store.done("revokeEntitlementGrant", { grantId: denied.grant.id });
    expect(await store.check("reports")).toMatchObject({ entitled: true, source: { kind: "SUBSCRIPTION" } });
    await store.done("revokeEntitlement", { customer, benefit });
    expect(await store.done("grantEntitlement", { customer, benefit })).toMatchObject({
      created: true,
      grant: { effect: "ALLOW" },
    });
    expect(await store.check("reports")).toMatchObject({ entitled: true });
    const { entitlementGrants } = await store.read(
      "query ($id: ID!) { entitlementGrants(filter: { customerId: $id, revoked: false }) { nodes { effect } } }",
      { id: store.customerId },
    );
    expect(entitlementGrants.nodes).toEqual([{ effect: "ALLOW" }]);
    expect((await store.told()).slice(2)).toEqual(
      ["granted", "revoked", "revoked", "restored", "revoked", "granted"].map(
        (what) => `entitlement.${what}`,
      ),
    );
  });
});

test("entitlements are filtered by key, type and category, and stand in the order they are shown in", async () => {
  const store = await openStore(api);
  const customer = { id: store.customerId };
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
    await store.done("grantEntitlement", { customer, benefit: { key } });
  }
  const keys = async (args?: string) => (await entitlements(store, args)).map(([key]) => key).join("");
  expect(await keys()).toBe("abc");
  expect(await keys('filter: { category: "x" }')).toBe("ac");
  expect(await keys("filter: { type: [QUOTA] }")).toBe("a");
  expect(await keys('filter: { keys: ["c", "b"] }')).toBe("bc");
});

async function entitlements(store: Store, args = ""): Promise<[string, string][]> {
  const document = `query ($id: ID!) { customer(id: $id) { entitlements${args && `(${args})`} { key reason } } }`;
  const { customer } = await store.read(document, { id: store.customerId });
  return customer.entitlements.map(({ key, reason }: { key: string; reason: string }) => [key, reason]);
}
