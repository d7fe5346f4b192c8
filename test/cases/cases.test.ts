import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type Case, checkCases } from "./check.ts";
import { differences } from "./compare.ts";
import { kinds } from "./kinds.ts";

const file = resolve(import.meta.dirname, "own.json");
const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];

test.each(cases)("$kind: $description", (one) => {
  const { failures, skipped } = checkCases([one]);
  expect(failures.flatMap((failure) => failure.differences)).toEqual([]);
  expect(skipped.size).toBe(0);
});

test("every kind has a case", () => {
  const covered = new Set(cases.map(({ kind }) => kind));
  expect([...kinds.keys()].filter((kind) => !covered.has(kind))).toEqual([]);
});

describe("a runner", () => {
  const rounding = {
    kind: "rounding.currency",
    description: "",
    input: { amount: "2.345", currency: "USD" },
  };

  test("tells a wrong value from the right one, however it is written", () => {
    expect(checkCases([{ ...rounding, expected: { amount: "2.350" } }]).passed).toBe(1);
    const { failures } = checkCases([{ ...rounding, expected: { amount: "2.34" } }]);
    expect(failures[0]?.differences).toEqual(["amount: expected 2.34, got 2.35"]);
  });

  test("fails a case whose computation throws or leaves something out", () => {
    const broken = { ...rounding, input: { amount: "much", currency: "USD" }, expected: { amount: "1" } };
    const missing = { ...rounding, expected: { amount: "2.35", words: "two" } };
    expect(checkCases([broken, missing]).failures.length).toBe(2);
  });

  test("counts kinds that it does not know apart", () => {
    const { passed, failures, skipped } = checkCases([{ ...rounding, kind: "weather.rain", expected: {} }]);
    expect([passed, failures.length, skipped.get("weather.rain")]).toEqual([0, 0, 1]);
  });
});

describe("comparing", () => {
  test("lists of another length, other instants and null differ", () => {
    expect(differences([1, 2], [1])).toHaveLength(1);
    expect(
      differences({ at: "2027-01-01T00:00:00Z" }, { at: new Date("2027-01-02T00:00:00Z") }),
    ).toHaveLength(1);
    expect(differences({ value: null }, { value: "0" })).toHaveLength(1);
    expect(
      differences({ at: "2027-01-01T01:00:00+01:00" }, { at: new Date("2027-01-01T00:00:00Z") }),
    ).toEqual([]);
  });
});
