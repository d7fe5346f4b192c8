import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

interface LockedPackage {
  readonly link?: boolean;
  readonly integrity?: string;
}

/** The locked packages whose content npm would not check. */
function unchecked({ packages }: { readonly packages: Readonly<Record<string, LockedPackage>> }): string[] {
  return Object.entries(packages).flatMap(([path, { link, integrity }]) =>
    path === "" || link || integrity?.startsWith("sha512-") ? [] : [path],
  );
}

const files = ["package-lock.json", "bench/package-lock.json", "examples/federation/package-lock.json"];

describe.each(files)("%s", (file) => {
  it("holds the hash of every package, those of other platforms too", () => {
    const lock = JSON.parse(readFileSync(resolve(root, file), "utf8")) as Parameters<typeof unchecked>[0];
    expect(Object.keys(lock.packages).length).toBeGreaterThan(2);
    expect(unchecked(lock)).toEqual([]);
    expect(unchecked({ packages: { ...lock.packages, "node_modules/unknown": {} } })).toEqual([
      "node_modules/unknown",
    ]);
  });
});

it("no lock file is left out", () => {
  const found = globSync("**/package-lock.json", {
    cwd: root,
    exclude: (path) => /(?:^|\/)(?:node_modules|\.[^/]+)$/.test(path),
  });
  expect(found.toSorted()).toEqual(files.toSorted());
});
