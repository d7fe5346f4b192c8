import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "graphql";
import { afterAll, describe, expect, it } from "vitest";
import { supergraphOf } from "../../src/commands/supergraph.ts";

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@shareable"])`;

/** A subgraph with what others are composed with. */
const sound = `${link}
  type Query { customers: [Customer!]! }
  type Customer @key(fields: "id") { id: ID! email: String spent: Money }
  "An amount."
  type Money @shareable { amount: Int! }`;

const composed = (other: string) =>
  supergraphOf(
    [sound, other].map((sdl, index) => ({ name: `s${index}`, url: "http://s", typeDefs: parse(sdl) })),
  );

const guild = expect.stringContaining("(the Guild's composer)") as string;
const apollo = expect.stringContaining("(Apollo's composer)") as string;

describe("a supergraph", () => {
  it("is made of parts that fit", () => {
    const { sdl, problems } = composed(`${link}
      type Query { points: Int }
      type Customer @key(fields: "id") { id: ID! points: Int }
      "An amount."
      type Money @shareable { amount: Int! }`);
    expect(problems).toEqual([]);
    expect(parse(sdl ?? "").definitions.length).toBeGreaterThan(5);
  });

  it.each([
    [
      "a field has two owners",
      `type Query { a: Int } type Customer @key(fields: "id") { id: ID! email: String }`,
    ],
    ["a field has two types", `type Query { a: Money } type Money @shareable { amount: String! }`],
    [
      "a field cannot be reached",
      `type Query { a: Int } type Customer @key(fields: "number") { number: ID! points: Int }`,
    ],
  ])("is none where %s: either composer says so", (_, sdl) => {
    const { problems, ...rest } = composed(`${link} ${sdl}`);
    expect(problems).toEqual(expect.arrayContaining([guild, apollo]));
    expect(rest).toEqual({});
  });

  it.each([
    [
      "two descriptions",
      `type Query { a: Money } "Money." type Money @shareable { amount: Int! }`,
      "INCONSISTENT_DESCRIPTION",
    ],
    [
      "a type that is null in one part only",
      `type Query { a: Money } "An amount." type Money @shareable { amount: Int }`,
      "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE",
    ],
  ])("is none where a hint tells of %s", (_what, sdl, code) => {
    const { problems, ...rest } = composed(`${link} ${sdl}`);
    expect(problems).toEqual([expect.stringContaining(code)]);
    expect(rest).toEqual({});
  });
});

describe("npm run compose", () => {
  const folder = mkdtempSync(join(tmpdir(), "billgraph-compose-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("fails, and writes nothing, where one part does not fit ours", () => {
    const [partner, out] = [join(folder, "partner.graphql"), join(folder, "supergraph.graphql")];
    writeFileSync(
      partner,
      `${link} type Query { a: Int } type Customer @key(fields: "id") { id: ID! email: String }`,
    );
    const program = resolve(import.meta.dirname, "../../src/commands/compose.ts");
    const args = [program, "--out", out, "--with", `partner,http://partner.example,${partner}`];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/Customer\.email.*the Guild's composer[^]*Customer\.email.*Apollo's composer/);
    expect(existsSync(out)).toBe(false);
  });
});
