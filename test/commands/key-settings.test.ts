import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { keyAuthenticator } from "../../src/domains/access/index.ts";
import { newId } from "../../src/kit/ids.ts";
import { type Outcome, type Stage, makeSharedStage } from "./program.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await makeSharedStage();
});
afterAll(() => stage.remove());

const keys = (...args: string[]): Promise<Outcome> => stage.run("keys", args);
const create = (...args: string[]) =>
  keys("create", "--merchant", "Acme", "--name", "x", "--scopes", "*", ...args);
const rowOf = (id: string) => stage.look(({ prisma }) => prisma.apiKey.findFirstOrThrow({ where: { id } }));
const idIn = ({ stderr }: Outcome) => /Key (\S+) /.exec(stderr)?.[1] ?? "none";

describe("create", () => {
  test("makes a key with rules", async () => {
    const rules = ["--expires", "90d", "--allow", "10.0.0.0/8, 2001:db8::1", "--rate", "30", "--burst", "40"];
    const row = await rowOf(idIn(await create(...rules, "--version", "2026-01-15")));
    expect(row).toMatchObject({
      allowedAddresses: ["10.0.0.0/8", "2001:db8::1/128"],
      requestsPerMinute: 30,
      burst: 40,
      apiVersion: "2026-01-15",
    });
    const days = ((row.expiresAt?.getTime() ?? 0) - row.createdAt.getTime()) / 86_400_000;
    expect(days).toBeCloseTo(90, 3);
  });

  test("makes a key without rules", async () => {
    const row = await rowOf(idIn(await create()));
    expect(row).toMatchObject({
      allowedAddresses: [],
      requestsPerMinute: null,
      burst: null,
      expiresAt: null,
      lastUsedAt: null,
      apiVersion: "2026-05-01",
    });
  });

  test.each<[string[], RegExp]>([
    [["--expires", "soon"], /^--expires: must be a length of time/],
    [["--expires", "0d"], /lifetimeMs must be/],
    [["--allow", "10.0.0.0/8,office"], /^office is neither an address nor a network/],
    [["--rate", "0"], /^--rate: /],
    [["--burst", "many"], /^--burst: /],
    [["--version", "2026-05-02"], /There is no version 2026-05-02/],
  ])("refuses %j", async (args, message) => {
    expect(await create(...args)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(message) as string,
    });
  });
});

describe("rotate", () => {
  test("tells the new key and until when the old one works, and list shows that", async () => {
    const id = idIn(await create());
    const rotated = await keys("rotate", id, "--overlap", "2h");
    expect(rotated).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`takes the place of ${id}`) as string,
    });
    const key = rotated.stdout.trim();
    const owner = await stage.look(async (database) => keyAuthenticator(reader(database, platform))(key));
    expect(owner).toMatchObject({ keyId: idIn(rotated), keyName: "x" });
    const old = await rowOf(id);
    expect(((old.expiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000).toBeCloseTo(2, 1);
    const { stdout } = await keys("list");
    expect(stdout.split("\n", 1)[0]).toMatch(/ expires +last used +revoked$/);
    const shown = old.expiresAt?.toISOString().slice(0, 19);
    expect(stdout.split("\n").find((line) => line.startsWith(id))).toContain(`${shown}Z`);
  });

  test.each<[string[], RegExp]>([
    [[], /by its id/],
    [["x"], /by its id/],
    [[newId()], /no key with the id/],
    [[newId(), "--overlap", "8d"], /between nothing and 7 days/],
    [[newId(), "--overlap", "long"], /^--overlap: must be a length of time/],
  ])("refuses %j", async (args, message) => {
    expect(await keys("rotate", ...args)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(message) as string,
    });
  });
});
