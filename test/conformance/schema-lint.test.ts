import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import plugin, { parser } from "@graphql-eslint/eslint-plugin";
import { type ESLint, Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { schemaRules, undated } from "./schema-rules.ts";

const sdl = readFileSync(resolve(import.meta.dirname, "../../schema.graphql"), "utf8");

/** What the rules say of a schema, `line rule: message` for each finding. */
function lint(schema: string): string[] {
  const messages = new Linter().verify(
    schema,
    {
      files: ["**/*.graphql"],
      plugins: { "@graphql-eslint": plugin as unknown as ESLint.Plugin },
      languageOptions: { parser: parser as Linter.Parser, parserOptions: { graphQLConfig: { schema } } },
      rules: schemaRules,
    },
    { filename: "schema.graphql" },
  );
  return messages.map(({ line, ruleId, message }) => `${line} ${ruleId}: ${message}`);
}

describe("the rules of GraphQL ESLint", () => {
  it("find nothing in schema.graphql", () => {
    expect(lint(sdl)).toEqual([]);
  });

  it.each([
    ["no description", "require-description", "a: Int"],
    ["a name that is not in camelCase", "naming-convention", '"A." A_b: Int'],
    ["a prefix that says that it is read", "naming-convention", '"A." getA: Int'],
    ["a deprecation without a reason", "require-deprecation-reason", '"A." a: Int @deprecated'],
    ["an argument without a description", "require-description", '"A." a(b: Int): Int'],
    ["a connection that is none", "relay-connection-types", '"A." a: XConnection'],
  ])("find %s", (_name, rule, field) => {
    const schema = `"Reads." type Query { "B." b: Int ${field} } "Page." type XConnection { "N." n: Int }`;
    expect(lint(schema).filter((finding) => finding.includes(`/${rule}:`))).not.toEqual([]);
  });

  it("find a deprecation that does not say until when", () => {
    expect(undated(sdl)).toEqual([]);
    const deprecated = (reason: string) => `type Query { a: Int @deprecated(reason: "${reason}") }`;
    expect(undated(deprecated("Use b. Gone on 2027-01-31."))).toEqual([]);
    expect(undated(deprecated("Use b."))).toEqual(["Use b."]);
  });
});
