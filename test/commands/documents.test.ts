import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { executeCodegen } from "@graphql-codegen/cli";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import codegen from "../../codegen.ts";
import { type Outcome, type Stage, makeSharedStage } from "./program.ts";

let stage: Stage;
let folder: string;
let live: string;
beforeAll(async () => {
  stage = await makeSharedStage();
  folder = await mkdtemp(join(tmpdir(), "billgraph-documents-"));
  for (const mode of ["sandbox", "live"]) {
    const made = ["--merchant", "Acme", "--name", "x", "--scopes", "*", "--environment", mode];
    const { stderr } = await stage.run("keys", ["create", ...made]);
    live = /environment (\S+)\./.exec(stderr)?.[1] ?? "none";
  }
});
afterAll(async () => {
  await stage.remove();
  await rm(folder, { recursive: true });
});

const documents = (...args: string[]): Promise<Outcome> => stage.run("documents", args);
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const rows = () =>
  stage.look(({ prisma }) => prisma.persistedDocument.findMany({ include: { environment: true } }));
const empty = () => stage.look(({ prisma }) => prisma.persistedDocument.deleteMany());

async function file(name: string, content: string | object): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const viewer = "query Viewer {\n  viewer {\n    keyName\n  }\n}\n";
const both = "query A { viewer { keyId } } query B { viewer { livemode } }";
const unnamed = "{ viewer { livemode } }";

describe("add", () => {
  test("registers files as they are, once each", async () => {
    const files = [
      await file("viewer.graphql", viewer),
      await file("again.graphql", viewer),
      await file("unnamed.gql", unnamed),
    ];
    const added = await documents("add", ...files);
    expect(added).toMatchObject({
      code: 0,
      stdout: `sha256:${hashOf(viewer)}  Viewer\nsha256:${hashOf(unnamed)}\n`,
      stderr: expect.stringMatching(/^2 registered for Acme, environment \S+; 0 were/) as string,
    });
    const again = await documents("add", files[0]!);
    expect(again).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^0 registered.* 1 were/) as string,
    });
    const stored = await rows();
    const names = Object.fromEntries(stored.map(({ text, name }) => [text, name]));
    expect(names).toEqual({ [viewer]: "Viewer", [unnamed]: "" });
    expect(stored.every(({ environment }) => !environment.livemode)).toBe(true);
  });

  test("registers for the environment that is named, before or after the files", async () => {
    await empty();
    const path = await file("viewer.graphql", viewer);
    expect((await documents("add", "--environment", "live", path)).code).toBe(0);
    expect((await documents("add", await file("unnamed.gql", unnamed), "--environment", live)).code).toBe(0);
    expect((await rows()).map(({ environment }) => environment.livemode)).toEqual([true, true]);
  });

  test("reads what GraphQL Code Generator's client preset writes", async () => {
    await empty();
    const [[target, output]] = Object.entries(codegen.generates) as [[string, object]];
    const presetConfig = { fragmentMasking: false, persistedDocuments: true };
    const { result } = await executeCodegen({
      ...codegen,
      generates: { [target]: { ...output, presetConfig } },
      cwd: resolve(import.meta.dirname, "../.."),
    });
    const { content = "" } =
      result.find(({ filename }) => filename.endsWith("persisted-documents.json")) ?? {};
    const texts = Object.values(JSON.parse(content) as Record<string, string>);
    expect(texts.length).toBeGreaterThan(5);
    const { code, stderr } = await documents("add", await file("persisted-documents.json", content));
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/registered/) as string,
    });
    expect((await rows()).map(({ text }) => text).toSorted()).toEqual(texts.toSorted());
  });

  test("reads the manifest of Apollo's clients, and the file of Relay's compiler", async () => {
    await empty();
    const operation = { id: hashOf(viewer), name: "Viewer", type: "query", body: viewer };
    const format = "apollo-persisted-query-manifest";
    const apollo = await file("apollo.json", { format, version: 1, operations: [operation] });
    const relay = await file("relay.json", { [hashOf(both)]: both });
    expect((await documents("add", apollo, relay)).code).toBe(0);
    expect((await rows()).map(({ name }) => name).toSorted()).toEqual(["A,B", "Viewer"]);
  });

  test("refuses what cannot be registered, file by file, and registers nothing then", async () => {
    await empty();
    const wrong: [name: string, content: string | object, fault: RegExp][] = [
      ["syntax.graphql", "query {", /line 1: Syntax Error/],
      ["unknown.graphql", "{\n custmers }", /line 2: .*custmers/],
      ["fragment.graphql", "fragment a on Query { viewer { keyId } }", /: has no operation\./],
      ["md5.json", { d41d8cd98f00b204e9800998ecf8427e: viewer }, /d41d8.*not the SHA-256/],
      ["other.json", { [hashOf(both)]: viewer }, /not the SHA-256/],
      ["list.json", ["{ viewer { keyId } }"], /no object of documents by their hashes/],
      ["broken.json", "{", /JSON/],
    ];
    const files = [await file("good.graphql", viewer)];
    for (const [name, content] of wrong) files.push(await file(name, content));
    const { code, stdout, stderr } = await documents("add", ...files);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const faults = stderr.trimEnd().split("\n");
    expect(faults.pop()).toBe("Nothing was registered.");
    expect(faults.join("\n")).not.toContain("good.graphql");
    for (const [name, , fault] of wrong)
      expect(faults.find((line) => line.includes(`${name}:`) || line.includes(`${name} (`))).toMatch(fault);
    expect(await rows()).toEqual([]);
  });

  test.each<[string[], RegExp]>([
    [[], /^Say which files/],
    [["nowhere.graphql"], /nowhere\.graphql: ENOENT/],
    [["--environment", "moon", "x.graphql"], /^--environment: must be sandbox, live/],
    [["--nope", "x.graphql"], /^--nope: there is no such option/],
  ])("refuses %j", async (args, message) => {
    expect(await documents("add", ...args)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(message) as string,
    });
  });
});

describe("list and remove", () => {
  test("tell what is registered, and forget it", async () => {
    await empty();
    expect((await documents("list")).stdout).toMatch(/^No documents/);
    await documents("add", await file("viewer.graphql", viewer), await file("unnamed.gql", unnamed));
    const { stdout } = await documents("list");
    expect(stdout).toContain(`sha256:${hashOf(viewer)}  Viewer`);
    expect(stdout).toContain(`sha256:${hashOf(unnamed)}`);
    expect((await documents("list", "--environment", "live")).stdout).toMatch(/^No documents/);

    const unknown = await documents("remove", hashOf(viewer), hashOf(both));
    expect(unknown).toMatchObject({
      code: 1,
      stderr: `Not registered: ${hashOf(both)}. Nothing was removed.\n`,
    });
    expect(await documents("remove", `sha256:${hashOf(viewer)}`)).toMatchObject({ code: 0 });
    expect((await rows()).map(({ text }) => text)).toEqual([unnamed]);
  });
});

test("a key for registered documents only is made by --documents-only, and rotated to another such", async () => {
  const made = await stage.run(
    "keys",
    "create --merchant Acme --name x --scopes * --documents-only".split(" "),
  );
  const id = /Key (\S+) /.exec(made.stderr)?.[1] ?? "none";
  const rotated = await stage.run("keys", ["rotate", id]);
  const next = /Key (\S+) /.exec(rotated.stderr)?.[1] ?? "none";
  const keys = await stage.look(({ prisma }) =>
    prisma.apiKey.findMany({ where: { id: { in: [id, next] } } }),
  );
  expect(keys.map(({ documentsOnly }) => documentsOnly)).toEqual([true, true]);
  const { stdout } = await stage.run("keys", ["list"]);
  expect(stdout.split("\n").filter((line) => line.includes(" registered "))).toHaveLength(2);
});
