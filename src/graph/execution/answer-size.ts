import type { ExecutionResult, GraphQLError } from "graphql";
import { requestError } from "../errors.ts";
import { quote } from "./leaf.ts";

/** Thrown where an answer becomes larger than it may be: nothing more of it is made. */
export class AnswerTooLarge extends Error {}

/** The bytes that an error takes beside its message, about. */
export const errorSize = 300;

/** What is told in place of an answer that is too large. */
export function answerTooLarge(most: number, mutates: boolean): GraphQLError {
  const effect = mutates ? " What the mutation did took effect." : "";
  const message = `The answer would have more than ${most} bytes. Ask for fewer rows or fields at once.${effect}`;
  return requestError("ANSWER_TOO_LARGE", message, {
    limit: { name: "answerBytes", most },
  });
}

/** The answer, if it is an object still and may be as large as it is as JSON; else what is told in its place. */
export function withinSize(result: ExecutionResult, most: number, mutates: boolean): ExecutionResult {
  try {
    const errors = result.errors?.reduce((sum, { message }) => sum + message.length + errorSize, 0) ?? 0;
    take(result.data, most - errors);
    return result;
  } catch (error) {
    if (error instanceof AnswerTooLarge) return { errors: [answerTooLarge(most, mutates)] };
    throw error;
  }
}

/** What is left of some bytes when a value has been written as JSON. Throws where nothing is. */
function take(value: unknown, bytes: number): number {
  let left = bytes;
  if (typeof value === "string") left -= Buffer.byteLength(quote(value));
  else if (typeof value !== "object" || value === null) left -= 4;
  else {
    const isList = Array.isArray(value);
    for (const [key, part] of Object.entries(value)) {
      left = take(part, left) - (isList ? 1 : key.length + 4);
      if (left < 0) break;
    }
  }
  if (left < 0) throw new AnswerTooLarge();
  return left;
}
