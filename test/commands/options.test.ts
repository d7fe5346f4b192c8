import { describe, expect, test } from "vitest";
import { z } from "zod";
import { UsageError, flag, readOptions } from "../../src/commands/command-line.ts";
import { formatTable } from "../../src/commands/table.ts";

const options = {
  name: z.string("say what it is called").min(1, "say what it is called"),
  count: z.string().regex(/^\d+$/, "must be a whole number").transform(Number).optional(),
  live: flag,
};

/** What is said of arguments that are wrong. */
function complaints(...args: string[]): string[] {
  try {
    readOptions(args, options);
  } catch (error) {
    if (error instanceof UsageError) return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("options", () => {
  test("are read, with a space or an equals sign before the value", () => {
    expect(readOptions(["--name", "a b", "--count=12", "--live"], options)).toEqual({
      name: "a b",
      count: 12,
      live: true,
    });
    expect(readOptions(["--name=x"], options)).toEqual({ name: "x" });
  });

  test("may have a value that begins with a dash", () => {
    expect(readOptions(["--name", "-5"], options)).toEqual({ name: "-5" });
  });

  test.each<[string[], string[]]>([
    [[], ["--name: say what it is called."]],
    [["--name"], ["--name: say what it is called."]],
    [["--name", ""], ["--name: say what it is called."]],
    [["--name", "x", "--live=yes"], ["--live: takes no value."]],
    [
      ["--name", "x", "--color", "red"],
      ["--color: there is no such option. There are: --name, --count, --live."],
    ],
    [["--name", "x", "-c"], ["-c: there is no such option. There are: --name, --count, --live."]],
    [
      ["--name", "x", "--toString"],
      ["--toString: there is no such option. There are: --name, --count, --live."],
    ],
    [["--name", "x", "y"], ["y: there is no such option. There are: --name, --count, --live."]],
  ])("%j are refused", (args, expected) => {
    expect(complaints(...args)).toEqual(expected);
  });

  test("that are wrong are all named at once", () => {
    expect(complaints("--count", "few", "--color=red").map((line) => line.split(":")[0])).toEqual([
      "--color",
      "--name",
      "--count",
    ]);
  });
});

test("tables have aligned columns, and a heading", () => {
  expect(
    formatTable([
      { id: "1", name: "a long one" },
      { id: "23", name: "b", end: "x" },
    ]),
  ).toBe(["id  name        end", "1   a long one", "23  b           x"].join("\n"));
});
