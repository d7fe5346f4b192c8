import { expect } from "vitest";
import type { Answer } from "../../kit/api.ts";
import type { GatewayAnswer } from "./stack.ts";

type AnyAnswer = Pick<Answer, "data" | "errors"> | GatewayAnswer;

/** Expects of a gateway what the whole graph answered. */
export function expectSameAnswer(gateway: string, answered: GatewayAnswer, whole: AnyAnswer): void {
  const compared = isRefusal(whole) ? refusal : shown;
  expect({ gateway, ...compared(answered) }).toEqual({ gateway, ...compared(whole) });
}

/** Whether a request was refused as a whole: nothing of it was run. */
const isRefusal = ({ data, errors = [] }: AnyAnswer): boolean => data === undefined && errors.length > 0;

/**
 * What has to be the same of an answer: the data as a text, and which error each field has. Gateways leave out at which row of
 * a list an error is, and answer with null for each field where all fields are refused.
 */
function shown({ data, errors = [] }: AnyAnswer) {
  const nothing = isNothing(data);
  const fields = ({ path = [] }: { path?: readonly (string | number)[] }): string =>
    nothing ? "" : path.filter((part) => typeof part === "string").join(".");
  const told = errors.map((error) => `${fields(error)}: ${String(error.extensions["code"])}`);
  const refused = nothing && errors.length > 0;
  return { data: refused ? null : JSON.stringify(data), errors: [...new Set(told)].toSorted() };
}

/**
 * What has to be the same of a request that is refused as a whole: the errors with their codes, which name the field and
 * the argument, and that there is nothing in such a field. Subgraphs refuse their own parts only, so a gateway may have
 * fetched what leads there.
 */
function refusal({ data, errors = [] }: AnyAnswer) {
  const told = errors.map(({ message, extensions }) => `${String(extensions["code"])}: ${message}`);
  const given = errors.flatMap(({ message }) => {
    const field = /^(\w+): /.exec(message)?.[1];
    return (field ? valuesOf(field, data) : [data]).filter((value) => !isNothing(value));
  });
  return { errors: [...new Set(told)].toSorted(), given };
}

/** Whether there is nothing, or an object of which nothing is there. */
function isNothing(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value == null;
  return !Array.isArray(value) && Object.values(value).every((part) => part === null);
}

/** All values of a field, wherever it is. */
function valuesOf(field: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => (name === field ? [part] : valuesOf(field, part)));
}
