import { isDeepStrictEqual } from "node:util";
import { decimal } from "../../src/kit/decimal.ts";

/**
 * What `actual` has otherwise than `expected` says, one line each. Only what is expected is looked at: numbers by their
 * value, however they are written, and instants by the moment.
 */
export function differences(expected: unknown, actual: unknown, path = ""): string[] {
  if (isObject(expected) && isObject(actual)) {
    return Object.keys(expected).flatMap((key) =>
      differences(expected[key], actual[key], path ? `${path}.${key}` : key),
    );
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((value, index) => differences(value, actual[index], `${path}[${index}]`));
  }
  const same = isDeepStrictEqual(comparable(expected), comparable(actual));
  return same ? [] : [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === "[object Object]" && !isNumber(value);
}

function isNumber(value: unknown): value is string | number | bigint {
  try {
    decimal(value as string);
    return typeof value !== "boolean";
  } catch {
    return false;
  }
}

function comparable(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === "boolean") return value;
  if (value instanceof Date) return value.getTime();
  if (isNumber(value)) return decimal(value).toFixed();
  if (typeof value === "string" && /T\d\d:/.test(value)) return Date.parse(value);
  return typeof value === "object" && !Array.isArray(value) ? String(value as { toString(): string }) : value;
}

function show(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (isNumber(value)) return decimal(value).toFixed();
  if (value === undefined) return "nothing";
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}
