import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { keyAuthenticator } from "../../src/domains/access/index.ts";
import { newId } from "../../src/kit/ids.ts";
import { type Outcome, type Stage, makeStage } from "./program.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await makeStage();
});

afterAll(() => stage.remove());

const seed = (...args: string[]): Promise<Outcome> => stage.run("seed", args);

test("makes an environment, tells what was loaded and how long it took, and gives a key to it", async () => {
  const sizes = [
    "--customers",
    "20",
    "--events",
    "300",
    "--invoices-per-customer",
    "3",
    "--as-of",
    "2026-03-31",
  ];
  const { code, stdout, stderr } = await seed(...sizes, "--seed", "5", "--merchant", "Acme");
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/usage events +\d+\.\d s\n/) });
  expect(stdout).toMatch(/^customers +20$/m);
  expect(stdout).toMatch(/^usage events +300$/m);
  expect(stdout).toMatch(/^invoices +60$/m);
  const key = stdout.trimEnd().split("\n").at(-1) ?? "";
  await stage.look(async (database) => {
    const owner = await keyAuthenticator(reader(database, platform))(key);
    expect(owner).toMatchObject({ merchantName: "Acme", livemode: false, scopes: ["*"] });
    const where = { environmentId: owner?.environmentId ?? "" };
    expect(await database.prisma.customer.count({ where })).toBe(20);
  });
});

test("fills an empty environment, once", async () => {
  const environment = newId();
  const data = { id: environment, merchantId: newId(), merchantName: "Empty", livemode: true };
  await stage.look(({ prisma }) => prisma.environment.create({ data }));
  const args = ["--environment", environment, "--customers", "5", "--events", "10"];
  expect(await seed(...args)).toMatchObject({ code: 0, stdout: expect.not.stringMatching(/rk_/) });
  const { code, stderr } = await seed(...args);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/has data already/) });
  expect(stderr).not.toMatch(/^\s+at |may have a part/m);
});

test("one that is interrupted says so, and can be run again", async () => {
  const args = ["--customers", "30", "--merchant", "Interrupted"];
  const { code, stdout, stderr } = await stage.run("seed", [...args, "--events", "100000000"], {
    interruptAt: "subscriptions  ",
  });
  expect({ code, stdout, stderr }).toEqual({
    code: 130,
    stdout: "",
    stderr: expect.stringMatching(/a part of the data/),
  });
  expect(await seed(...args, "--events", "10")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^customers +30$/m),
  });
});

describe("bad options", () => {
  test("are all named at once, before anything is done", async () => {
    const bad = [
      "--customers",
      "many",
      "--events",
      "-5",
      "--as-of",
      "2026-02-30",
      "--seed",
      "1.5",
      "--merchant",
      "",
    ];
    const { code, stdout, stderr } = await seed(...bad, "--colour", "red", "--environment", "x");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const named = stderr
      .trimEnd()
      .split("\n")
      .map((line) => line.split(":")[0]);
    expect(new Set(named)).toEqual(
      new Set(["--as-of", "--colour", "--customers", "--environment", "--events", "--merchant", "--seed"]),
    );
  });

  test.each<[string[], RegExp]>([
    [["--customers", "0"], /^--events: events need customers/],
    [["--customers"], /^--customers: must be a whole number/],
    [["--invoices-per-customer", "1001"], /^--invoices-per-customer: must be a whole number from 0 to 1000/],
    [["--environment", newId()], /^--environment: there is no environment/],
    [["--environment", newId(), "--merchant", "x"], /^--merchant: /],
    [["200"], /^200: there is no such option/],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await seed(...args);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(message) });
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
