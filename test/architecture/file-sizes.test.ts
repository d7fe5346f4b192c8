import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** The lines of each file below `src` that people write, shortest first. */
const sizes = globSync("src/**/*.{ts,js,css}", { cwd: root })
  .filter((file) => !file.startsWith("src/db/generated/"))
  .map((file) => ({ file, lines: readFileSync(resolve(root, file), "utf8").trimEnd().split("\n").length }))
  .toSorted((one, other) => one.lines - other.lines);

test("no source file has more than 300 lines", () => {
  expect(sizes.filter(({ lines }) => lines > 300)).toEqual([]);
});

test("the median source file has fewer than 100 lines", () => {
  expect(sizes[Math.floor(sizes.length / 2)]?.lines).toBeLessThan(100);
});
