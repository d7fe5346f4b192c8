import { afterAll, beforeAll, expect, test } from "vitest";
import { findEnvironment, findOrMakeEnvironment, makeEnvironment } from "../../src/commands/environments.ts";
import { demoEnvironments, demoMerchant } from "../../src/demo/merchant.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestDatabase, openTestDatabase } from "../kit/database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

const find = (livemode: boolean, merchant?: string) =>
  findOrMakeEnvironment(database.prisma, { livemode, merchant });

test("a key finds its environment: the only one, the merchant's, the demo's", async () => {
  await expect(find(false)).rejects.toThrow(/There is no sandbox environment\. Make one with --merchant/);

  const acme = await find(false, "Acme");
  expect(acme).toMatchObject({ merchantName: "Acme", livemode: false });
  expect(await find(false)).toEqual(acme);
  expect(await find(false, "Acme")).toEqual(acme);

  const live = await find(true, "Acme");
  expect(live).toMatchObject({ merchantId: acme.merchantId, livemode: true });
  expect(live.id).not.toBe(acme.id);

  const other = await find(false, "Other");
  expect(other.merchantId).not.toBe(acme.merchantId);
  await expect(find(false)).rejects.toThrow(
    new RegExp(`several sandbox[^]*${acme.id}  Acme[^]*${other.id}  Other`),
  );
  expect(await find(true)).toEqual(live);

  const demo = {
    id: demoEnvironments.sandbox,
    merchantId: demoMerchant.id,
    merchantName: demoMerchant.name,
    livemode: false,
  };
  await database.prisma.environment.create({ data: demo });
  expect(await find(false)).toMatchObject(demo);
  expect(await find(false, "Acme")).toEqual(acme);
});

test("a second merchant of the same name is another one", async () => {
  const make = (livemode: boolean) => makeEnvironment(database.prisma, { livemode, merchant: "Twin" });
  const [first, second] = [await make(false), await make(false)];
  expect(second.merchantId).not.toBe(first.merchantId);
  await expect(find(false, "Twin")).rejects.toThrow(/several sandbox/);
  expect([first.merchantId, second.merchantId]).not.toContain((await make(true)).merchantId);
});

test("an environment is found by its id", async () => {
  const { id } = await find(false, "By id");
  expect(await findEnvironment(database.prisma, id)).toMatchObject({ merchantName: "By id" });
  await expect(findEnvironment(database.prisma, newId())).rejects.toThrow(
    /^--environment: there is no environment/,
  );
});
