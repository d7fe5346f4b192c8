import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { type AuthenticatedKey, keyAuthenticator } from "../../src/domains/access/index.ts";
import { newId } from "../../src/kit/ids.ts";
import { serverUrl } from "../kit/database.ts";
import { type Outcome, type Stage, makeStage } from "./program.ts";

let stage: Stage;
let created: Outcome;
let key: string;
let owner: AuthenticatedKey | null;
let stored: string;

const keys = (...args: string[]): Promise<Outcome> => stage.run("keys", args);

beforeAll(async () => {
  stage = await makeStage();
  created = await keys(
    "create",
    "--merchant",
    "Acme",
    "--live",
    "--name",
    "till",
    "--scopes",
    "customers:read, meters:*",
  );
  key = created.stdout.trim();
  await stage.look(async (database) => {
    owner = await keyAuthenticator(reader(database, platform))(key);
    const rows = await reader(database, platform).query<{ row: string }>(
      Prisma.sql`SELECT to_jsonb(k)::text AS row FROM api_keys AS k`,
    );
    stored = rows.map(({ row }) => row).join("\n");
  });
});

afterAll(() => stage.remove());

describe("create", () => {
  test("makes a key, and the environment of a merchant who has none", () => {
    expect(created).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/live environment [^]* only time/),
    });
    const scopes = ["customers:read", "meters:*"];
    expect(owner).toMatchObject({ keyName: "till", merchantName: "Acme", livemode: true, scopes });
  });

  test("tells the key on standard output, and nothing else there", () => {
    expect(created.stdout).toMatch(/^rk_live_\S{51}\n$/);
    expect(created.stderr).not.toContain(key);
  });

  test("stores the hash of the key and no part of it but its end", () => {
    expect(stored).toContain(`"till"`);
    for (const part of [key, key.slice(8), key.slice(8, 24), key.slice(24, 40), key.slice(40, -4)]) {
      expect(stored).not.toContain(part);
    }
  });

  test.each<[string[], RegExp]>([
    [[], /^--name: .*\n--scopes: .*\n$/],
    [
      ["--name", "x", "--scopes", "*,customers:reed"],
      /^--scopes: customers:reed is none; there are \*, .*customers:read.*\n$/,
    ],
    [
      ["--name", "x", "--scopes", "*", "--environment", "prod"],
      /^--environment: must be sandbox, live, or the id/,
    ],
    [["--name", "x", "--scopes", "*", "--environment", newId()], /^--environment: there is no environment/],
    [["--name", "x", "--scopes", "*", "--live", "--sandbox"], /^Give one of/],
    [["--name", "x", "--scopes", "*", "--merchant", "A", "--environment", newId()], /^--merchant: /],
  ])("refuses %j", async (args, message) => {
    const { code, stdout, stderr } = await keys("create", ...args);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(message) });
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

test("list shows what a key may do and never the key, and revoke ends it", async () => {
  const list = async (): Promise<string | undefined> => {
    const { code, stdout } = await keys("list");
    expect(code).toBe(0);
    expect(stdout).not.toContain(key.slice(8));
    return stdout.split("\n").find((line) => line.startsWith(owner?.keyId ?? "?"));
  };
  const line = `till +Acme +${owner?.environmentId} +live +customers:read,meters:\\* +${key.slice(-4)} +\\d{4}-\\S+Z`;
  expect(await list()).toMatch(new RegExp(`  ${line}$`));
  const revoked = await keys("revoke", owner?.keyId ?? "");
  expect(revoked).toMatchObject({ code: 0, stdout: expect.stringMatching(/till .* is revoked since/) });
  expect(await stage.look(async (database) => keyAuthenticator(reader(database, platform))(key))).toBeNull();
  expect(await list()).toMatch(new RegExp(`  ${line} +\\d{4}-\\S+Z$`));
});

test.each<[string[], RegExp]>([
  [["revoke"], /by its id/],
  [["revoke", "all"], /by its id/],
  [["revoke", newId()], /no key with the id/],
  [["list", "mine"], /^mine: there is no such option/],
  [["destroy"], /^destroy: there is no such command/],
  [[], /npm run keys -- create/],
])("%j is refused", async (args, message) => {
  expect(await keys(...args)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(message) });
});

test("--help tells how", async () => {
  expect(await keys("create", "--help")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/--scopes/),
  });
});

test.skipIf(serverUrl)("a data folder that a server holds is said to be in use", async () => {
  const { code, stderr } = await stage.look(() => keys("list"));
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/in use by another process/) });
});
