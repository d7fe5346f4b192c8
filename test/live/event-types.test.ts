import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { eventTypes, wrongWithType } from "../../src/domains/events/types.ts";

const domains = resolve(import.meta.dirname, "../../src/domains");

/** The types that domains tell events of, as their files write them; ends that are computed are left out. */
function typesInUse(): Set<string> {
  const subjects = [...new Set(eventTypes.map((type) => type.split(".")[0]))].join("|");
  const literal = new RegExp(`"((?:${subjects})(?:\\.[a-z_]+)+)"`, "g");
  const files = globSync("**/*.ts", { cwd: domains, exclude: (path) => path.startsWith("events/") });
  const texts = files.map((file) => readFileSync(resolve(domains, file), "utf8"));
  return new Set(texts.flatMap((text) => [...text.matchAll(literal)].map(([, type = ""]) => type)));
}

it("knows every type that a domain tells events of", () => {
  const used = typesInUse();
  expect(used.size).toBeGreaterThan(70);
  expect([...used].filter((type) => !eventTypes.includes(type))).toEqual([]);
});

it("knows no type that nothing tells", () => {
  const used = typesInUse();
  const computed = /^credit_purchase\./;
  expect(eventTypes.filter((type) => !used.has(type) && !computed.test(type))).toEqual([]);
});

it("says what there is in place of a mistyped one", () => {
  expect(wrongWithType("invoice.paid")).toBeNull();
  expect(wrongWithType("invoice.*")).toBeNull();
  expect(wrongWithType("invoice.payed")).toMatch(/invoice\.\*, .*invoice\.paid/);
  expect(wrongWithType("invoices.paid")).toMatch(/customer, .*invoice, /);
  expect(wrongWithType("constructor.name")).not.toBeNull();
});
