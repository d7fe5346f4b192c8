import { describe, expect, it } from "vitest";
import type { GatewayAnswer } from "./support/stack.ts";
import { expectSameAnswer } from "./support/same-answer.ts";

/** An error as it stands in an answer. */
const error = (code: string, message: string, ...path: (string | number)[]) => ({
  message,
  extensions: { code },
  ...(path.length && { path }),
});
const isSame = (answered: GatewayAnswer, whole: GatewayAnswer): boolean => {
  try {
    expectSameAnswer("a gateway", answered, whole);
    return true;
  } catch {
    return false;
  }
};

describe("of an answer with data, a gateway's is the same", () => {
  const data = { customers: { nodes: [{ email: "a", balance: null }] } };
  const denied = error("PERMISSION_DENIED", "no", "customers", "nodes", 0, "balance");
  const whole = { data, errors: [denied] };

  it("when its data is, to the order of fields, and each field's error", () => {
    expect(isSame(structuredClone(whole), whole)).toBe(true);
    expect(
      isSame({ data, errors: [error("PERMISSION_DENIED", "no", "customers", "nodes", "balance")] }, whole),
    ).toBe(true);
  });

  it.each<[string, GatewayAnswer]>([
    ["another value", { ...whole, data: { customers: { nodes: [{ email: "b", balance: null }] } } }],
    [
      "another order of fields",
      { ...whole, data: { customers: { nodes: [{ balance: null, email: "a" }] } } },
    ],
    ["a row more", { ...whole, data: { customers: { nodes: [...data.customers.nodes, null] } } }],
    ["no error", { data }],
    ["another code", { data, errors: [error("INTERNAL_ERROR", "no", "customers", "nodes", 0, "balance")] }],
    [
      "an error elsewhere",
      { data, errors: [error("PERMISSION_DENIED", "no", "customers", "nodes", 0, "email")] },
    ],
    ["nothing", { errors: [denied] }],
  ])("and not with %s", (_, answered) => {
    expect(isSame(answered, whole)).toBe(false);
  });
});

describe("of a request that is refused as a whole, a gateway's answer is the same", () => {
  const message = "invoices: first must be between 1 and 100, not 0.";
  const whole = { errors: [error("INVALID_REQUEST", message)] };
  const refused = error("INVALID_REQUEST", message, "customers", "nodes", "invoices");
  const rows = (...invoices: unknown[]) => ({
    customers: { nodes: invoices.map((one) => ({ id: "1", invoices: one })) },
  });

  it("when it has no data, or all but the refused part", () => {
    expect(isSame(whole, whole)).toBe(true);
    expect(isSame({ data: null, errors: [refused] }, whole)).toBe(true);
    expect(isSame({ data: { invoices: null }, errors: whole.errors }, whole)).toBe(true);
    expect(isSame({ data: rows(null, null), errors: [refused, refused] }, whole)).toBe(true);
    expect(isSame({ data: rows(null), errors: whole.errors }, whole)).toBe(true);
  });

  it.each<[string, GatewayAnswer]>([
    ["data of the refused field", { data: rows(null, { nodes: [] }), errors: [refused] }],
    [
      "data of the refused field, and an error of no field",
      { data: rows({ totalCount: 1 }), errors: whole.errors },
    ],
    ["no error", { data: rows(null) }],
    ["another code", { data: rows(null), errors: [error("INTERNAL_ERROR", message, "customers")] }],
    [
      "an error about another argument",
      { data: rows(null), errors: [{ ...refused, message: message.replace("first", "last") }] },
    ],
    [
      "an error more",
      {
        data: rows(null),
        errors: [refused, error("INVALID_REQUEST", "more", "customers", "nodes", "invoices")],
      },
    ],
  ])("and not with %s", (_, answered) => {
    expect(isSame(answered, whole)).toBe(false);
  });

  it("and not with any data where the errors name no field", () => {
    const costly = {
      errors: [error("INVALID_REQUEST", "The operation has a cost of 200000; at most 100000 will do.")],
    };
    expect(isSame({ ...costly, data: { customers: null } }, costly)).toBe(true);
    expect(isSame({ ...costly, data: rows(null) }, costly)).toBe(false);
  });
});
