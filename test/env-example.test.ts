import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { loadConfig } from "../src/config.ts";

const read = (file: string) => readFileSync(resolve(import.meta.dirname, "..", file), "utf8");
const example = parseEnv(read(".env.example").replaceAll(/^#(?=[A-Z_]+=)/gm, ""));

test(".env.example names the options that there are", () => {
  const options = [...read("src/config.ts").matchAll(/^ {2}([A-Z][A-Z_]*):/gm)].map(([, name]) => name);
  expect(options.length).toBeGreaterThan(5);
  expect(new Set(Object.keys(example))).toEqual(new Set(options));
});

test(".env.example shows the defaults", () => {
  expect(loadConfig(example)).toEqual(loadConfig({}));
});
